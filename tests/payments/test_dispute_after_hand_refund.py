"""A card payment that was given back by hand, and that a bank takes besides: booked once, and told as it is."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from makegood.credits.services.write_off import write_off_invoice
from makegood.customers.models import Customer
from makegood.gateways.models import BalanceEvent, Gateway
from makegood.invoices.models import Invoice
from makegood.kit.clock import now
from makegood.notifications.models import Notification
from makegood.payments.models import Dispute, Payment, RefundTransfer
from makegood.payments.reconciling import reconcile
from makegood.payments.ways import ByHand
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership
from tests.support import movements, records, sandbox
from tests.support.answers import Verified
from tests.support.billing import on_day
from tests.support.refunding import give_out, refund, work_transfers
from tests.support.returns import charge, charge_late, dispute, figures, lines_of_last, movements_of, parts_of

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

CASH = ByHand("cash")


@pytest.fixture
def today(clerk: Membership) -> Iterator[date]:
    day = today_of(clerk.provider) + timedelta(days=1)
    with on_day(day):
        yield day


@pytest.fixture
def manager(clerk: Membership, today: date) -> Membership:
    sandbox.connect(clerk.provider)
    return records.add_person(clerk.provider, "manager")


@pytest.fixture
def customer(manager: Membership) -> Customer:
    customer = records.add_customer(manager.provider, "C1")
    sandbox.add_method(customer, "card_refund_fails")
    return customer


@pytest.fixture
def invoice(customer: Customer) -> Invoice:
    return movements.owe(customer, 6000)


def give_back_by_hand(manager: Membership, invoice: Invoice, amount_minor: int, **asked: str) -> None:
    """In cash, as the card has refused it."""
    refund(manager, invoice, amount_minor)
    work_transfers(manager.provider)
    assert RefundTransfer.objects.latest("pk").state == "failed"
    refund(manager, invoice, amount_minor, by_hand=CASH, **asked)


def moved_at_processor(payment: Payment, *amounts_minor: int) -> None:
    """What moved the balance there: the charge, and then disputes."""
    gateway = Gateway.objects.get(payment=payment)
    for number, amount_minor in enumerate((payment.amount_minor, *amounts_minor)):
        BalanceEvent.objects.create(
            provider_id=payment.provider_id,
            gateway=gateway,
            reference=f"txn_{payment.pk}_{number}",
            kind="dispute" if number else "charge",
            amount_minor=amount_minor,
            source=f"dp_{number}" if number else payment.gateway_reference,
            charge=payment.gateway_reference,
            happened_at=now(),
            day=today_of(payment.provider),
        )
    Gateway.objects.filter(pk=gateway.pk).update(balance_until=now() + timedelta(minutes=1))


def told(title: str) -> str:
    """The last notification whose title has this in it."""
    return Notification.objects.filter(title__contains=title).latest("pk").body


def test_what_went_back_by_hand_is_lost_and_the_invoice_is_not_due_again(
    manager: Membership, invoice: Invoice, customer: Customer, today: date, assert_verified: Verified
) -> None:
    payment = charge(manager, customer, invoice)
    give_back_by_hand(manager, invoice, 6000)
    dispute(payment, 6000)
    assert parts_of(payment) == {"state": "disputed", "refunded": 6000}
    assert payment.lost_minor == 6000
    assert figures(customer) == (0, 0)
    assert lines_of_last(payment) == [("1050", 0, 6000), ("6100", 6000, 0)]
    body = told("is disputed")
    assert "$60.00 of it had gone back by hand before" in body
    assert "due again" not in body
    moved_at_processor(payment, -6000)
    assert reconcile(manager.provider, today, today).holds
    assert_verified()


def test_won_it_is_as_before(
    manager: Membership, invoice: Invoice, customer: Customer, today: date, assert_verified: Verified
) -> None:
    payment = charge(manager, customer, invoice)
    give_back_by_hand(manager, invoice, 6000)
    before, held = parts_of(payment), figures(customer)
    dispute(payment, 6000)
    dispute(payment, 6000, "won")
    assert (parts_of(payment), payment.lost_minor, figures(customer)) == (before, 0, held)
    assert [kind for kind, _ in movements_of(payment)] == ["received", "refunded", "returned", "won_back"]
    moved_at_processor(payment, -6000, 6000)
    assert reconcile(manager.provider, today, today).holds
    assert "is not written off any more" in told("is won")
    assert_verified()


def test_what_the_payment_still_holds_goes_first(
    manager: Membership, invoice: Invoice, customer: Customer, today: date, assert_verified: Verified
) -> None:
    payment = charge(manager, customer, invoice)
    give_back_by_hand(manager, invoice, 2000)
    dispute(payment, 5000)
    assert parts_of(payment) == {"state": "disputed", "refunded": 2000, "returned": 4000}
    assert (payment.lost_minor, figures(customer)) == (1000, (4000, 0))
    body = told("is disputed")
    assert "$40.00 is due again" in body
    assert "$10.00 of it had gone back by hand before" in body
    dispute(payment, 5000, "lost")
    assert payment.state == "returned"
    moved_at_processor(payment, -5000)
    assert reconcile(manager.provider, today, today).holds
    assert_verified()


def test_what_the_processor_gave_back_is_not_lost_besides(
    manager: Membership, customer: Customer, assert_verified: Verified
) -> None:
    other = records.add_customer(manager.provider, "C2")
    sandbox.add_method(other)
    invoice = movements.owe(other, 6000)
    payment = charge(manager, other, invoice)
    refund(manager, invoice, 6000)
    work_transfers(manager.provider)
    dispute(payment, 6000)
    assert (parts_of(payment), payment.lost_minor) == ({"state": "succeeded", "refunded": 6000}, 0)
    assert Dispute.objects.get().booked_minor == 0
    body = told("is disputed")
    assert "had gone back to the card before, so nothing is booked and nothing is due again" in body
    assert_verified()


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        (0, "$60.00 is due again, to be collected by hand"),
        (6000, "what of it was paid out cannot come back"),
    ],
)
def test_what_is_due_and_what_is_not_is_told_as_it_is(
    gone: int, words: str, manager: Membership, customer: Customer, assert_verified: Verified
) -> None:
    movements.owe(customer, 6000)
    if gone:
        payment = charge_late(manager, customer, paid_meanwhile_minor=6000)
        give_out(manager, customer, gone, way="cash")
    else:
        payment = charge(manager, customer)
    dispute(payment, 6000)
    body = told("is disputed")
    assert words in body
    assert ("due again" in body) is not bool(gone)
    assert_verified()


def test_an_overpayment_that_is_taken_back_leaves_nothing_due(
    manager: Membership, customer: Customer, assert_verified: Verified
) -> None:
    movements.owe(customer, 6000)
    payment = charge_late(manager, customer, paid_meanwhile_minor=6000)
    dispute(payment, 6000)
    body = told("is disputed")
    assert "$60.00 of it was Available Funds still, which the customer does not have any more" in body
    assert "due again" not in body
    assert_verified()


def test_what_had_paid_a_given_up_invoice_is_written_off_again(
    manager: Membership, customer: Customer, invoice: Invoice, assert_verified: Verified
) -> None:
    payment = charge(manager, customer, invoice)
    dispute(payment, 6000)
    write_off_invoice(membership=manager, invoice=invoice, reason="Gone")
    dispute(payment, 6000, "won")
    dispute(payment, 2000, "open", "dp_2")
    assert "$20.00 of it had paid what is marked uncollectible, and is written off again" in told("$20.00 of payment")
    assert_verified()
