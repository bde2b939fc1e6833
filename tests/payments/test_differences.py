"""What does not agree between the processor and the books is found without anybody asking, and told once."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from makegood.gateways.models import BalanceEvent, Gateway, SandboxCharge
from makegood.gateways.services.balance import look_at_balance
from makegood.gateways.services.events import handle_events
from makegood.kit.clock import now
from makegood.notifications.models import Notification
from makegood.payments.models import ClearingDifference, Payment
from makegood.payments.reconciling import reconcile
from makegood.payments.selectors_attention import find_attention
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership
from tests.payments.test_events import outcomes
from tests.support import movements, records, sandbox
from tests.support.answers import CommandLine, Verified
from tests.support.billing import on_day
from tests.support.returns import charge, dispute, parts_of

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


@pytest.fixture
def today(clerk: Membership) -> Iterator[date]:
    """Noon of the provider's day after this one."""
    day = today_of(clerk.provider) + timedelta(days=1)
    with on_day(day):
        yield day


@pytest.fixture
def gateway(clerk: Membership, today: date) -> Gateway:
    records.add_person(clerk.provider, "manager")
    return sandbox.connect(clerk.provider)


def pay_by(clerk: Membership, outcome: str, number: str = "C1") -> Payment:
    customer = records.add_customer(clerk.provider, number)
    sandbox.add_method(customer, outcome)
    movements.owe(customer, 4000)
    return charge(clerk, customer)


def move(
    gateway: Gateway, kind: str, amount_minor: int, reference: str, charge: str = "", *, hours_ago: int = 12
) -> None:
    """Something moved the processor's balance, half a day ago if nobody says else."""
    at = now() - timedelta(hours=hours_ago)
    BalanceEvent.objects.create(
        provider=gateway.provider,
        gateway=gateway,
        reference=f"txn_{reference}",
        kind=kind,
        amount_minor=amount_minor,
        source=reference,
        charge=charge,
        happened_at=at,
        day=at.date(),
    )


def told() -> list[tuple[str, str]]:
    """Title and words of each notification about the clearing account, oldest first."""
    found = Notification.objects.filter(subject_type="clearing").order_by("id")
    return list(found.values_list("title", "body"))


def test_where_all_agrees_nobody_is_told(clerk: Membership, gateway: Gateway, assert_verified: Verified) -> None:
    pay_by(clerk, "card_succeeds")
    look_at_balance(gateway=gateway)
    assert told() == []
    assert not find_attention(clerk.provider)
    assert_verified()


def test_a_dispute_whose_event_never_came_is_told_once_until_it_agrees(
    clerk: Membership, gateway: Gateway, today: date, assert_verified: Verified
) -> None:
    payment = pay_by(clerk, "card_disputed")
    for later in (3, 4):
        with on_day(today + timedelta(days=later)):
            look_at_balance(gateway=gateway)
            of_payment = f"{payment.gateway_reference} of payment {payment.pk}"
            said = f"Dispute {of_payment}: $0.00 booked, -$40.00 at the processor. Look at the clearing account."
            assert told() == [("1 difference between the processor and the books", said)]
            assert find_attention(clerk.provider).differences == 1
    with on_day(today + timedelta(days=5)):
        handle_events(gateway=gateway)
        look_at_balance(gateway=gateway)
        assert find_attention(clerk.provider).differences == 0
    assert ClearingDifference.objects.get().settled_at is not None
    assert len(told()) == 1
    assert_verified()


def test_a_dispute_whose_message_never_comes_is_asked_about_and_booked(
    clerk: Membership, gateway: Gateway, today: date, assert_verified: Verified
) -> None:
    payment = pay_by(clerk, "card_disputed")
    SandboxCharge.objects.update(next_event_at=None)
    with on_day(today + timedelta(days=3)):
        look_at_balance(gateway=gateway)
        difference = reconcile(clerk.provider, today, today + timedelta(days=3)).differences[0]
        assert (difference.kind, difference.match, difference.payment_id) == ("dispute", "not_booked", payment.pk)
        assert "The processor is asked about it by itself" in difference.to_do
        look_at_balance(gateway=gateway)
        assert handle_events(gateway=gateway) == 1
        assert parts_of(payment) == {"state": "disputed", "returned": 4000}
        look_at_balance(gateway=gateway)
        assert find_attention(clerk.provider).differences == 0
    assert outcomes(gateway)[0][0] == "handled"
    assert len(told()) == 1
    assert_verified()


def test_a_dispute_of_a_charge_that_is_not_ours_stays_a_difference(
    clerk: Membership, gateway: Gateway, today: date
) -> None:
    move(gateway, "dispute", -900, "dp_elsewhere", "ch_elsewhere")
    look_at_balance(gateway=gateway)
    handle_events(gateway=gateway)
    assert [title for title, _ in told()] == ["1 difference between the processor and the books"]
    assert outcomes(gateway)[0][0] == "ignored"


@pytest.mark.parametrize(("state", "became"), [("lost", "returned"), ("won", "succeeded"), ("warning", "succeeded")])
def test_a_dispute_of_which_the_beginning_was_never_told(
    state: str, became: str, clerk: Membership, gateway: Gateway, assert_verified: Verified
) -> None:
    payment = pay_by(clerk, "card_succeeds")
    dispute(payment, 4000, state)
    assert parts_of(payment)["state"] == became
    assert payment.returned_minor == (4000 if state == "lost" else 0)
    assert_verified()


def test_what_differs_anew_is_told_by_itself(clerk: Membership, gateway: Gateway, today: date) -> None:
    move(gateway, "charge", 700, "ch_elsewhere", "ch_elsewhere")
    look_at_balance(gateway=gateway)
    for number in range(4):
        move(gateway, "refund", -100 - number, f"re_{number}")
    look_at_balance(gateway=gateway)
    assert [title for title, _ in told()] == [
        "1 difference between the processor and the books",
        "4 differences between the processor and the books",
    ]
    assert told()[1][1].startswith("Refund re_0: $0.00 booked, -$1.00 at the processor. Refund re_1: ")
    assert told()[1][1].endswith("And 1 more. Look at the clearing account.")
    assert find_attention(clerk.provider).differences == 5


def test_what_moved_just_now_has_time_to_be_handled(clerk: Membership, gateway: Gateway, today: date) -> None:
    move(gateway, "refund", -100, "re_1", hours_ago=5)
    look_at_balance(gateway=gateway)
    assert told() == []
    with on_day(today + timedelta(days=1)):
        look_at_balance(gateway=gateway)
    assert len(told()) == 1


def test_what_lies_too_far_back_is_not_looked_at_any_more(clerk: Membership, gateway: Gateway, today: date) -> None:
    move(gateway, "refund", -100, "re_1")
    look_at_balance(gateway=gateway)
    with on_day(today + timedelta(days=32)):
        look_at_balance(gateway=gateway)
        assert find_attention(clerk.provider).differences == 0


def test_another_providers_differences_are_not_told(clerk: Membership, gateway: Gateway, today: date) -> None:
    other = sandbox.connect(records.add_provider("south"))
    move(gateway, "refund", -100, "re_1")
    look_at_balance(gateway=other)
    assert told() == []
    look_at_balance(gateway=gateway)
    assert find_attention(other.provider).differences == 0


def test_the_command_that_fetches_tells_of_what_differs_too(
    clerk: Membership, gateway: Gateway, today: date, makegood_cli: CommandLine
) -> None:
    move(gateway, "refund", -100, "re_1")
    assert makegood_cli("payments", "reconcile", "--from", str(today), "--to", str(today)).returncode == 1
    assert [title for title, _ in told()] == ["1 difference between the processor and the books"]
    assert find_attention(clerk.provider).differences == 1
