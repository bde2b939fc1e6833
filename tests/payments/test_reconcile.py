"""The clearing account beside the processor's balance."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from makegood.gateways.models import BalanceEvent, Gateway
from makegood.gateways.selectors import list_gateways_to_reconcile
from makegood.gateways.services.balance import fetch_balance
from makegood.gateways.services.events import handle_events
from makegood.gateways.services.gateways import disconnect_gateway
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.payments.models import Payment
from makegood.payments.reconciling import Match, Reconciliation, reconcile
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership, Provider
from makegood.providers.selectors import list_staff
from tests.support import movements, records, sandbox
from tests.support.answers import CommandLine, Verified, read_json
from tests.support.billing import on_day
from tests.support.collecting import through_stripe
from tests.support.refunding import refund, work_transfers
from tests.support.returns import charge

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


@pytest.fixture
def today(clerk: Membership) -> Iterator[date]:
    """Noon of the provider's day after this one."""
    day = today_of(clerk.provider) + timedelta(days=1)
    with on_day(day):
        yield day


@pytest.fixture
def gateway(clerk: Membership, today: date) -> Gateway:
    return sandbox.connect(clerk.provider)


def pay_by(clerk: Membership, outcome: str, number: str, amount_minor: int = 4000) -> Payment:
    customer = records.add_customer(clerk.provider, number)
    sandbox.add_method(customer, outcome)
    movements.owe(customer, amount_minor)
    return charge(clerk, customer)


def compare(gateway: Gateway, day: date) -> Reconciliation:
    fetch_balance(gateway=gateway)
    return reconcile(gateway.provider, day, day)


def stand(found: Reconciliation) -> list[tuple[str, int | None, int | None, str]]:
    """Kind, what is booked, what the processor has, and how that stands."""
    return [(each.kind, each.booked_minor, each.moved_minor, each.match.value) for each in found.compared]


def test_what_was_charged_given_back_and_taken_back_agrees(
    clerk: Membership, gateway: Gateway, today: date, assert_verified: Verified
) -> None:
    pay_by(clerk, "card_succeeds", "C1")
    disputed = pay_by(clerk, "card_disputed", "C2", 3000)
    given_back = pay_by(clerk, "card_succeeds", "C3", 2000)
    refund(clerk, given_back.claims.get().invoice, 500)
    work_transfers(clerk.provider)
    found = compare(gateway, today)
    assert stand(found) == [
        ("charge", 4000, 4000, "agrees"),
        ("charge", 3000, 3000, "agrees"),
        ("charge", 2000, 2000, "agrees"),
        ("refund", -500, -500, "agrees"),
    ]
    assert found.holds
    totals = found.totals
    assert (totals.booked, totals.moved) == ({"charge": 9000, "refund": -500, "dispute": 0},) * 2
    assert (totals.clearing_moved_minor, totals.other_booked_minor) == (8500, 0)
    # Fees are the processor's, and not booked here.
    assert totals.processor_stood_minor == 8500 + totals.fee_minor
    assert totals.fee_minor < 0
    with on_day(today + timedelta(days=2)):
        handle_events(gateway=gateway)
        found = compare(gateway, today + timedelta(days=2))
    assert stand(found) == [("dispute", -3000, -3000, "agrees")]
    assert found.compared[0].payment_id == disputed.pk
    assert_verified()


def test_what_the_processor_has_and_nobody_booked(clerk: Membership, gateway: Gateway, today: date) -> None:
    pay_by(clerk, "card_disputed", "C1")
    with on_day(today + timedelta(days=2)):
        found = compare(gateway, today + timedelta(days=2))
        assert stand(found) == [("dispute", None, -4000, "not_booked")]
        assert not found.holds
        handle_events(gateway=gateway)
        assert compare(gateway, today + timedelta(days=2)).holds


def test_what_was_charged_without_makegood_is_found(clerk: Membership, gateway: Gateway, today: date) -> None:
    BalanceEvent.objects.create(
        provider=clerk.provider,
        gateway=gateway,
        reference="txn_1",
        kind="charge",
        amount_minor=700,
        fee_minor=20,
        source="ch_elsewhere",
        charge="ch_elsewhere",
        happened_at=now(),
        day=today,
    )
    found = compare(gateway, today)
    assert stand(found) == [("charge", None, 700, "not_booked")]
    assert found.differences[0].payment_id is None


def test_a_charge_under_way_is_no_difference(clerk: Membership, gateway: Gateway, today: date) -> None:
    pay_by(clerk, "ach_succeeds", "C1")
    with on_day(today + timedelta(days=4)):
        found = compare(gateway, today + timedelta(days=4))
    assert stand(found) == [("charge", None, 4000, "under_way")]
    assert found.holds


def test_what_was_booked_since_the_last_look_is_no_difference_and_after_it_is_one(
    clerk: Membership, gateway: Gateway, today: date
) -> None:
    pay_by(clerk, "card_succeeds", "C1")
    assert stand(reconcile(clerk.provider, today, today)) == [("charge", 4000, None, "not_looked_at")]
    Gateway.objects.filter(pk=gateway.pk).update(balance_until=now() + timedelta(minutes=1))
    assert stand(reconcile(clerk.provider, today, today)) == [("charge", 4000, None, "not_at_processor")]


def test_amounts_that_differ(clerk: Membership, gateway: Gateway, today: date) -> None:
    payment = pay_by(clerk, "card_succeeds", "C1")
    fetch_balance(gateway=gateway)
    BalanceEvent.objects.create(
        provider=clerk.provider,
        gateway=gateway,
        reference="txn_2",
        kind="charge",
        amount_minor=-1,
        charge=payment.gateway_reference,
        source=payment.gateway_reference,
        happened_at=now(),
        day=today + timedelta(days=1),
    )
    found = reconcile(clerk.provider, today, today)
    assert stand(found) == [("charge", 4000, 3999, "differs")]
    assert found.differences[0].difference_minor == 1


def test_pay_outs_of_the_processor_are_shown_and_not_booked(clerk: Membership, gateway: Gateway, today: date) -> None:
    BalanceEvent.objects.create(
        provider=clerk.provider,
        gateway=gateway,
        reference="txn_3",
        kind="pay_out",
        amount_minor=-5000,
        source="po_1",
        happened_at=now(),
        day=today,
    )
    found = compare(gateway, today)
    assert (found.totals.pay_out_minor, found.compared, found.holds) == (-5000, (), True)


def test_it_is_fetched_once_a_day_and_nothing_twice(clerk: Membership, gateway: Gateway, today: date) -> None:
    pay_by(clerk, "card_succeeds", "C1")
    assert list(list_gateways_to_reconcile()) == [gateway]
    assert fetch_balance(gateway=gateway) == 1
    assert fetch_balance(gateway=gateway) == 0
    assert list(list_gateways_to_reconcile()) == []
    with on_day(today + timedelta(days=1)):
        assert list(list_gateways_to_reconcile()) == [gateway]
    assert BalanceEvent.objects.count() == 1


def test_a_gateway_that_was_left_is_asked_for_as_long_as_disputes_can_come(
    north: Provider, gateway: Gateway, today: date
) -> None:
    disconnect_gateway(membership=list_staff(north).get(role="admin"), gateway=gateway)
    with on_day(today + timedelta(days=179)):
        assert list(list_gateways_to_reconcile()) == [gateway]
    with on_day(today + timedelta(days=181)):
        assert list(list_gateways_to_reconcile()) == []


def test_another_providers_movements_are_not_shown(clerk: Membership, gateway: Gateway, today: date) -> None:
    pay_by(clerk, "card_succeeds", "C1")
    other = sandbox.connect(records.add_provider("south"))
    assert stand(compare(other, today)) == []
    assert other.provider.slug == "south"


def test_days_the_wrong_way_round_are_refused(clerk: Membership, gateway: Gateway, today: date) -> None:
    with pytest.raises(Refused, match="last day"):
        reconcile(clerk.provider, today, today - timedelta(days=1))


def test_a_processor_that_is_away_is_said(north: Provider, makegood_cli: CommandLine) -> None:
    day = str(today_of(north))
    asked = ("payments", "reconcile", "--provider", north.slug, "--from", day, "--to", day, "--json")
    with through_stripe(north) as processor:
        with processor.failing("list_balance", "cut"):
            away = ["Stripe: Stripe gave no answer that can be used."]
            assert read_json(makegood_cli(*asked))["not_fetched"] == away
        assert read_json(makegood_cli(*asked))["not_fetched"] == []


def test_the_command_fetches_and_says_what_differs(
    clerk: Membership, gateway: Gateway, today: date, makegood_cli: CommandLine
) -> None:
    pay_by(clerk, "card_succeeds", "C1")
    asked = ("payments", "reconcile", "--provider", clerk.provider.slug, "--from", str(today), "--to", str(today))
    answer = makegood_cli(*asked, "--json")
    said = read_json(answer)
    assert (answer.returncode, said["agrees"], said["counts"]["agrees"]) == (0, True, 1)
    assert said["clearing"]["stood"] == "40.00"
    assert "Everything agrees." in makegood_cli(*asked).stdout
    BalanceEvent.objects.create(
        provider=clerk.provider,
        gateway=gateway,
        reference="txn_4",
        kind="refund",
        amount_minor=-100,
        source="re_elsewhere",
        happened_at=now(),
        day=today,
    )
    answer = makegood_cli(*asked)
    assert answer.returncode == 1
    assert Match.NOT_BOOKED.words in answer.stdout
