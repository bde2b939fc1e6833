"""What the day's autopay makes of what customers owe: one payment for each, and none twice."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from makegood.audit.models import AuditEntry
from makegood.customers.models import Customer
from makegood.gateways.models import Gateway
from makegood.invoices.models import Invoice
from makegood.payments.models import Payment, PaymentMethod
from makegood.providers.models import Provider
from tests.support.autopay import add_card, add_gateway, charge_on, claims_of, collection_of, fail, payments_of
from tests.support.billing import (
    FIRST,
    add_billed_customer,
    add_billing_provider,
    give_credit,
    invoice_of,
    invoices_of,
    issue_invoices,
    on_day,
)

Verified = Callable[[], None]
COLLECTED = date(2026, 1, 6)
"""Five days after the invoices of the first day: the autopay date."""
SIXTY = 6000


@pytest.fixture
def north(db: None) -> Provider:
    provider = add_billing_provider()
    with on_day(FIRST):
        add_gateway(provider)
    return provider


@pytest.fixture
def customer(north: Provider) -> Customer:
    """Pays 60.00 a month by autopay."""
    customer = add_billed_customer(north, price_minor=SIXTY, autopay=True)
    with on_day(FIRST):
        add_card(customer)
    return customer


@pytest.fixture
def invoice(north: Provider, customer: Customer) -> Invoice:
    """Of 60.00, of the first day."""
    issue_invoices(north, FIRST)
    return invoice_of(north)


def test_funds_come_first_and_the_rest_is_charged(
    north: Provider, customer: Customer, invoice: Invoice, assert_verified: Verified
) -> None:
    give_credit(north, amount_minor=2000, day=FIRST)
    made = charge_on(north, COLLECTED)
    assert (made.customers, made.amount_minor) == (1, 4000)
    (payment,) = payments_of(customer)
    assert (payment.amount_minor, payment.state, payment.purpose, payment.method) == (
        4000,
        "created",
        "autopay",
        "card",
    )
    assert (payment.collect_day, payment.key) == (COLLECTED, f"autopay {customer.pk} 2026-01-06")
    assert (payment.gl_code.type, payment.attempt_key is not None) == ("clearing", True)
    assert claims_of(payment) == [(invoice.number, 4000, True)]
    invoice.refresh_from_db()
    assert (invoice.used_minor, invoice.due_minor, invoice.in_flight_minor) == (2000, 4000, 4000)
    assert collection_of(invoice) == (0, None, None)
    assert AuditEntry.objects.get(action="payments.autopay").detail["amount_minor"] == 4000
    assert_verified()


def test_whoever_is_covered_by_funds_is_not_charged(
    north: Provider, customer: Customer, invoice: Invoice, assert_verified: Verified
) -> None:
    give_credit(north, amount_minor=7000, day=FIRST)
    assert charge_on(north, COLLECTED).customers == 0
    invoice.refresh_from_db()
    assert (invoice.state, payments_of(customer)) == ("paid", [])
    assert_verified()


def test_nothing_is_charged_before_the_autopay_date(north: Provider, customer: Customer, invoice: Invoice) -> None:
    assert charge_on(north, COLLECTED - timedelta(days=1)).customers == 0
    assert charge_on(north, COLLECTED).customers == 1


def test_two_invoices_make_one_charge(north: Provider, customer: Customer, assert_verified: Verified) -> None:
    issue_invoices(north, FIRST)
    issue_invoices(north, date(2026, 2, 1))
    made = charge_on(north, date(2026, 2, 6))
    assert (made.customers, made.amount_minor) == (1, 2 * SIXTY)
    (payment,) = payments_of(customer)
    assert claims_of(payment) == [(each.number, SIXTY, True) for each in invoices_of(north)]
    assert_verified()


def test_called_again_it_makes_nothing(
    north: Provider, customer: Customer, invoice: Invoice, assert_verified: Verified
) -> None:
    charge_on(north, COLLECTED)
    assert charge_on(north, COLLECTED).customers == 0
    assert charge_on(north, COLLECTED + timedelta(days=1)).customers == 0
    assert len(payments_of(customer)) == 1
    assert_verified()


def test_a_customer_is_charged_once_a_day_even_if_it_failed_at_once(
    north: Provider, customer: Customer, invoice: Invoice, assert_verified: Verified
) -> None:
    charge_on(north, COLLECTED)
    fail(payments_of(customer), COLLECTED)
    invoice.collection.next_try_on = COLLECTED
    invoice.collection.save()
    assert charge_on(north, COLLECTED).customers == 0
    assert charge_on(north, COLLECTED + timedelta(days=1)).customers == 1
    assert_verified()


def test_what_is_in_flight_is_left_alone_and_the_next_invoice_is_charged(
    north: Provider, customer: Customer, invoice: Invoice, assert_verified: Verified
) -> None:
    charge_on(north, COLLECTED)
    issue_invoices(north, date(2026, 2, 1))
    charge_on(north, date(2026, 2, 6))
    first, second = payments_of(customer)
    assert claims_of(first) == [(invoice.number, SIXTY, True)]
    assert claims_of(second) == [(invoice_of(north).number, SIXTY, True)]
    assert_verified()


def test_an_invoice_collected_by_hand_is_left_alone(north: Provider, customer: Customer, invoice: Invoice) -> None:
    Invoice.objects.update(by_hand=True)
    assert charge_on(north, COLLECTED).customers == 0
    Invoice.objects.update(by_hand=False)
    assert charge_on(north, COLLECTED).customers == 1


@pytest.mark.parametrize(
    "change", [{"autopay": False}, {"billing_enabled": False}], ids=["without autopay", "billing disabled"]
)
def test_whoever_is_not_collected_from_is_left_alone(
    change: dict[str, bool], north: Provider, customer: Customer, invoice: Invoice
) -> None:
    Customer.objects.update(**change)
    assert charge_on(north, COLLECTED).customers == 0


def test_a_closed_customer_still_pays_what_is_owed(north: Provider, customer: Customer, invoice: Invoice) -> None:
    Customer.objects.update(status="closed")
    assert charge_on(north, COLLECTED).customers == 1


def test_while_end_customer_billing_is_off_nothing_is_charged(
    north: Provider, customer: Customer, invoice: Invoice
) -> None:
    Provider.objects.update(end_customer_billing=False)
    assert charge_on(north, COLLECTED).customers == 0


def test_only_a_default_method_of_the_active_gateway_is_charged(
    north: Provider, customer: Customer, invoice: Invoice
) -> None:
    PaymentMethod.objects.update(is_default=False)
    assert charge_on(north, COLLECTED).customers == 0
    PaymentMethod.objects.update(is_default=True)
    Gateway.objects.update(active=False)
    assert charge_on(north, COLLECTED).customers == 0
    Gateway.objects.update(active=True)
    assert charge_on(north, COLLECTED).customers == 1


def test_an_expired_card_is_tried_all_the_same(north: Provider, customer: Customer, invoice: Invoice) -> None:
    PaymentMethod.objects.update(expires_on=date(2025, 12, 31))
    assert charge_on(north, COLLECTED).customers == 1


def test_chunks_follow_each_other_until_nobody_is_left(north: Provider, assert_verified: Verified) -> None:
    for number in ("A1", "A2", "A3"):
        add_card(add_billed_customer(north, number, autopay=True))
    issue_invoices(north, FIRST)
    first = charge_on(north, COLLECTED, limit=2)
    assert (first.customers, first.amount_minor, first.upto is not None) == (2, 4000, True)
    second = charge_on(north, COLLECTED, after=first.upto, limit=2)
    assert (second.customers, second.upto) == (1, None)
    assert Payment.objects.count() == 3
    assert_verified()


def test_another_providers_customers_are_left_alone(north: Provider, customer: Customer, invoice: Invoice) -> None:
    south = add_billing_provider("south")
    add_gateway(south)
    assert charge_on(south, COLLECTED).customers == 0
    assert payments_of(customer) == []
