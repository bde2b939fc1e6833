"""Several who collect at the same moment, and others who are at the same customers meanwhile: each is charged once."""

from collections import Counter
from datetime import timedelta

import pytest

from makegood.gateways.interface import Charge
from makegood.gateways.models import Gateway
from makegood.gateways.rules import Standing
from makegood.invoices.models import Invoice
from makegood.kit.clock import now
from makegood.ledger.models import JournalEntry
from makegood.payments import collector
from makegood.payments.models import CollectionSettings, Payment
from makegood.payments.services.ask import ask_payments
from makegood.payments.services.book_results import Answer, Booked, book_results
from makegood.payments.services.make_charges import make_charges
from makegood.payments.services.submit import submit_payments
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership, Provider
from tests.support import movements, records, sandbox
from tests.support.answers import Verified
from tests.support.paying import pay
from tests.support.together import Gate, at_once, held, in_background

pytestmark = pytest.mark.sql

CUSTOMERS = 12


@pytest.fixture
def clerk(committed_db: dict[str, str]) -> Membership:
    return records.add_person(records.add_provider())


@pytest.fixture
def north(clerk: Membership) -> Provider:
    return clerk.provider


@pytest.fixture
def gateway(north: Provider) -> Gateway:
    """Through which twelve customers are to be charged 60.00 each."""
    gateway = sandbox.connect(north)
    for number in range(1, CUSTOMERS + 1):
        customer = records.add_customer(north, f"C{number}", autopay=True)
        sandbox.add_method(customer)
        movements.owe(customer, 6000, due_on=today_of(north))
    make_charges(provider=north, day=today_of(north))
    return gateway


def require_each_charged_once(provider: Provider) -> None:
    charged = sandbox.charges(provider)
    assert len({key for key, _, _ in charged}) == len(charged) == CUSTOMERS
    assert Counter(Payment.objects.values_list("state", flat=True)) == {"succeeded": CUSTOMERS}
    assert Counter(Invoice.objects.values_list("state", "paid_minor")) == {("paid", 6000): CUSTOMERS}
    assert JournalEntry.objects.filter(event="payment_recorded").count() == CUSTOMERS


@pytest.mark.parametrize("calls", [1, 4])
def test_two_workers_charge_each_once(calls: int, gateway: Gateway, assert_verified: Verified) -> None:
    done = at_once(*[lambda: submit_payments(gateway=gateway, at_once=calls)] * 2)
    assert sum(each.taken for each in done if isinstance(each, collector.Collected)) == CUSTOMERS
    require_each_charged_once(gateway.provider)
    assert_verified()


def test_two_workers_together_keep_to_the_limit_of_the_hour(gateway: Gateway, assert_verified: Verified) -> None:
    CollectionSettings.objects.create(provider=gateway.provider, charges_per_hour=5)
    at_once(*[lambda: submit_payments(gateway=gateway, at_once=4)] * 3)
    assert len(sandbox.charges(gateway.provider)) == 5
    assert_verified()


def test_the_same_answer_twice_at_once_is_booked_once(gateway: Gateway, assert_verified: Verified) -> None:
    answers = [
        Answer(
            payment.pk, Charge(f"ch_{payment.pk}", str(payment.attempt_key), Standing.SUCCEEDED, payment.amount_minor)
        )
        for payment in Payment.objects.order_by("id")
    ]
    done = at_once(*[lambda: book_results(provider=gateway.provider, answers=answers)] * 3)
    assert sorted(len(each.succeeded) for each in done if isinstance(each, Booked)) == [0, 0, CUSTOMERS]
    assert JournalEntry.objects.filter(event="payment_recorded").count() == CUSTOMERS
    assert_verified()


def test_answers_in_another_order_do_not_wait_for_each_other(gateway: Gateway, assert_verified: Verified) -> None:
    ways = [
        [
            Answer(payment.pk, Charge("", str(payment.attempt_key), standing, payment.amount_minor, "card_declined"))
            for payment in Payment.objects.order_by(order)
        ]
        for order, standing in (("id", Standing.SUCCEEDED), ("-id", Standing.FAILED))
    ]
    at_once(*[lambda way=way: book_results(provider=gateway.provider, answers=way) for way in ways])
    assert set(Payment.objects.values_list("state", flat=True)) == {"succeeded"}
    assert_verified()


def test_whoever_is_overtaken_while_the_processor_thinks_does_not_book_twice(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, assert_verified: Verified
) -> None:
    gate = Gate()
    monkeypatch.setattr(collector, "book_results", gate.before(book_results))
    with in_background(lambda: submit_payments(gateway=gateway, at_once=1)) as first, held(gate):
        taken = Payment.objects.filter(state="submitted")
        assert taken.exists()
        # As if so much time had passed that nobody believes in the first one any more.
        taken.update(held_until=now() - timedelta(seconds=1), next_check_at=now() - timedelta(seconds=1))
        assert ask_payments(gateway=gateway).booked.succeeded
    assert first.result().taken == CUSTOMERS
    require_each_charged_once(gateway.provider)
    assert_verified()


def test_a_payment_by_hand_and_the_answer_at_the_same_moment(
    gateway: Gateway, clerk: Membership, assert_verified: Verified
) -> None:
    payment = Payment.objects.order_by("id")[0]
    at_once(
        lambda: submit_payments(gateway=gateway, at_once=4).taken,
        lambda: pay(clerk, payment.customer, 6000).pk,
    )
    payment.refresh_from_db()
    assert (payment.state, payment.allocated_minor) == ("succeeded", 6000)
    assert_verified()
