"""What has a payment under way is left alone until it has settled; what people collect is left to people."""

from collections.abc import Callable
from datetime import date

import pytest

from makegood.credits.services.apply_funds import apply_due_funds, apply_now
from makegood.credits.services.void_invoice import void_invoice
from makegood.credits.services.write_off import write_off_invoice
from makegood.customers.models import Customer
from makegood.invoices.models import Charge, Invoice
from makegood.invoices.outlook import foresee
from makegood.invoices.services.late import mark_late
from makegood.invoices.services.late_fees import charge_late_fees
from makegood.invoices.services.reminders import send_reminders
from makegood.invoices.services.suspension import suspend_late_customers
from makegood.kit.refusal import Refused
from makegood.orders.models import Order
from makegood.payments.services.by_hand import collect_by_hand, turn_back
from makegood.providers.models import Membership, Provider
from tests.support import paying
from tests.support.answers import Verified
from tests.support.autopay import add_card, add_gateway, charge_on, collection_of, fail, payments_of
from tests.support.billing import (
    FIRST,
    add_billed_customer,
    add_billing_provider,
    give_credit,
    invoice_of,
    issue_invoices,
    on_day,
)
from tests.support.records import add_person, funds

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

COLLECTED, LATE = date(2026, 1, 6), date(2026, 1, 16)
LONG_LATE = date(2026, 2, 20)


@pytest.fixture
def north() -> Provider:
    """A provider with late fees, reminders and suspension, whose customers pay after 5 days."""
    provider = add_billing_provider(
        late_fee="fixed", late_fee_minor=500, late_fee_grace_days=0, reminder_days=[1], suspend_after_days=3
    )
    with on_day(FIRST):
        add_gateway(provider)
    return provider


@pytest.fixture
def clerk(north: Provider) -> Membership:
    return add_person(north)


@pytest.fixture
def customer(north: Provider) -> Customer:
    customer = add_billed_customer(north, price_minor=6000, autopay=True, email="ann@example.org")
    with on_day(FIRST):
        add_card(customer)
    return customer


@pytest.fixture
def invoice(north: Provider, customer: Customer) -> Invoice:
    """Of 60.00, with a payment under way since the autopay date."""
    issue_invoices(north, FIRST)
    charge_on(north, COLLECTED)
    return invoice_of(north)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def test_funds_that_arrive_meanwhile_stay(
    north: Provider, clerk: Membership, customer: Customer, invoice: Invoice, assert_verified: Verified
) -> None:
    give_credit(north, amount_minor=2000, day=COLLECTED)
    with on_day(LATE):
        apply_due_funds(provider=north, day=LATE)
        assert refusal(lambda: apply_now(membership=clerk, customer=customer)) == "invoice_in_flight"
        assert foresee([invoice])[invoice.pk].in_flight_minor == 6000
    assert funds(north, "C1") == 2000
    assert_verified()


def test_it_is_neither_late_nor_reminded_of_nor_charged_a_fee(north: Provider, invoice: Invoice) -> None:
    with on_day(LONG_LATE):
        assert mark_late(provider=north, day=LONG_LATE).customers == 0
    assert invoice_of(north).state == "open"


def test_it_is_late_as_soon_as_the_payment_has_failed(north: Provider, customer: Customer, invoice: Invoice) -> None:
    fail(payments_of(customer), LATE)
    with on_day(LATE):
        assert mark_late(provider=north, day=LATE).customers == 1


def test_it_is_neither_voided_nor_written_off(clerk: Membership, invoice: Invoice, assert_verified: Verified) -> None:
    with on_day(LATE):
        assert refusal(lambda: void_invoice(membership=clerk, invoice=invoice, reason="No")) == "invoice_in_flight"
        assert refusal(lambda: write_off_invoice(membership=clerk, invoice=invoice, reason="No")) == "invoice_in_flight"
    assert_verified()


def test_cash_that_comes_meanwhile_becomes_available_funds(
    north: Provider, clerk: Membership, customer: Customer, invoice: Invoice, assert_verified: Verified
) -> None:
    with on_day(LATE):
        assert refusal(lambda: paying.pay(clerk, customer, 6000, allocations={invoice: 6000})) == "invoice_in_flight"
        paying.pay(clerk, customer, 6000)
    assert funds(north, "C1") == 6000
    assert invoice_of(north).due_minor == 6000
    assert_verified()


def collected_by_hand(clerk: Membership, customer: Customer, invoice: Invoice) -> Invoice:
    """The payment failed, and somebody took the invoice on."""
    fail(payments_of(customer), COLLECTED)
    with on_day(COLLECTED):
        return collect_by_hand(membership=clerk, invoice=invoice, reason="He called")


def test_what_people_collect_is_not_collected_by_itself(
    north: Provider, clerk: Membership, customer: Customer, invoice: Invoice, assert_verified: Verified
) -> None:
    collected_by_hand(clerk, customer, invoice)
    give_credit(north, amount_minor=2000, day=COLLECTED)
    assert charge_on(north, LONG_LATE).customers == 0
    with on_day(LONG_LATE):
        mark_late(provider=north, day=LONG_LATE)
        apply_due_funds(provider=north, day=LONG_LATE)
        charge_late_fees(provider=north, day=LONG_LATE)
        assert send_reminders(provider=north, day=LONG_LATE, day_id=1).customers == 0
        suspend_late_customers(provider=north, day=LONG_LATE)
    assert (invoice_of(north).state, invoice_of(north).due_minor, funds(north, "C1")) == ("late", 6000, 2000)
    assert not Charge.objects.exists()
    assert not Order.objects.filter(status="suspended").exists()
    assert_verified()


def test_a_person_can_use_funds_for_it(
    north: Provider, clerk: Membership, customer: Customer, invoice: Invoice, assert_verified: Verified
) -> None:
    collected_by_hand(clerk, customer, invoice)
    give_credit(north, amount_minor=2000, day=COLLECTED)
    with on_day(LATE):
        apply_now(membership=clerk, customer=customer, invoice=invoice)
    assert (invoice_of(north).due_minor, funds(north, "C1")) == (4000, 0)
    assert_verified()


def test_turned_back_it_is_paid_by_funds_at_once_and_tried_again(
    north: Provider, clerk: Membership, customer: Customer, invoice: Invoice, assert_verified: Verified
) -> None:
    collected_by_hand(clerk, customer, invoice)
    give_credit(north, amount_minor=2000, day=COLLECTED)
    with on_day(LATE):
        mark_late(provider=north, day=LATE)
        turned = turn_back(membership=clerk, invoice=invoice)
        again = turn_back(membership=clerk, invoice=invoice)
    assert (turned.by_hand, turned.due_minor, funds(north, "C1")) == (False, 4000, 0)
    assert again.due_minor == 4000
    assert collection_of(turned) == (0, LATE, None)
    charge_on(north, LATE)
    assert [payment.amount_minor for payment in payments_of(customer)] == [6000, 4000]
    assert_verified()


def test_who_may_not_bill_cannot_say_how_it_is_collected(north: Provider, invoice: Invoice) -> None:
    viewer = add_person(north, "viewer")
    assert refusal(lambda: turn_back(membership=viewer, invoice=invoice)) == "not_allowed"
    assert refusal(lambda: collect_by_hand(membership=viewer, invoice=invoice, reason="No")) == "not_allowed"
