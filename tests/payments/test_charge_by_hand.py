"""Charging a customer's invoices because a person says so."""

from collections.abc import Callable
from datetime import date

import pytest

from makegood.audit.models import AuditEntry
from makegood.customers.models import Customer
from makegood.gateways.models import Gateway
from makegood.invoices.models import Invoice
from makegood.kit.refusal import Refused
from makegood.payments.charging import plan_charge
from makegood.payments.models import Payment, PaymentMethod
from makegood.payments.services.charge_by_hand import charge_invoices
from makegood.providers.models import Membership, Provider
from tests.support.autopay import add_card, add_gateway, charge_on, claims_of
from tests.support.billing import FIRST, add_billed_customer, add_billing_provider, invoice_of, issue_invoices, on_day
from tests.support.records import add_person

Verified = Callable[[], None]
TODAY = date(2026, 1, 3)


@pytest.fixture
def north(db: None) -> Provider:
    provider = add_billing_provider()
    add_gateway(provider)
    return provider


@pytest.fixture
def clerk(north: Provider) -> Membership:
    return add_person(north)


@pytest.fixture
def customer(north: Provider) -> Customer:
    """Owes 20.00 for January, and does not pay by autopay."""
    customer = add_billed_customer(north)
    add_card(customer)
    issue_invoices(north, FIRST)
    return customer


def charge(clerk: Membership, customer: Customer, **asked: object) -> Payment:
    with on_day(TODAY):
        return charge_invoices(membership=clerk, customer=customer, **{"key": "k", **asked})  # type: ignore[arg-type]  # as a test says


def refusal(clerk: Membership, customer: Customer, **asked: object) -> str:
    with pytest.raises(Refused) as refused:
        charge(clerk, customer, **asked)
    return refused.value.code


def test_all_that_is_due_is_charged_to_the_default_method(
    north: Provider, clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    issue_invoices(north, date(2026, 2, 1))
    payment = charge(clerk, customer)
    assert (payment.amount_minor, payment.purpose, payment.state, payment.collect_day) == (
        4000,
        "charge",
        "created",
        None,
    )
    assert [amount for _, amount, _ in claims_of(payment)] == [2000, 2000]
    assert set(Invoice.objects.values_list("in_flight_minor", flat=True)) == {2000}
    assert AuditEntry.objects.get(action="payment.charged").staff_id == clerk.staff_id
    assert_verified()


def test_one_invoice_can_be_charged_to_another_method(
    north: Provider, clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    issue_invoices(north, date(2026, 2, 1))
    other, invoice = add_card(customer, default=False), invoice_of(north)
    payment = charge(clerk, customer, invoices=[invoice], payment_method=other)
    assert (payment.payment_method_id, claims_of(payment)) == (other.pk, [(invoice.number, 2000, True)])
    assert_verified()


def test_the_same_key_charges_once(clerk: Membership, customer: Customer, assert_verified: Verified) -> None:
    first = charge(clerk, customer)
    assert charge(clerk, customer).pk == first.pk
    assert refusal(clerk, customer, invoices=[]) == "key_used"
    assert Payment.objects.count() == 1
    assert_verified()


def test_what_is_in_flight_is_not_charged_again(north: Provider, clerk: Membership, customer: Customer) -> None:
    charge(clerk, customer)
    assert refusal(clerk, customer, key="other") == "in_flight"
    assert refusal(clerk, customer, key="other", invoices=[invoice_of(north)]) == "in_flight"


def test_of_all_that_is_owed_what_is_in_flight_is_left_out(
    north: Provider, clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    charge(clerk, customer)
    issue_invoices(north, date(2026, 2, 1))
    second = charge(clerk, customer, key="other")
    assert claims_of(second) == [(invoice_of(north).number, 2000, True)]
    assert_verified()


def test_what_people_collect_they_can_charge(clerk: Membership, customer: Customer) -> None:
    Invoice.objects.update(by_hand=True)
    assert charge(clerk, customer).amount_minor == 2000


def test_autopay_leaves_alone_what_a_person_charges(north: Provider, clerk: Membership, customer: Customer) -> None:
    Customer.objects.update(autopay=True)
    charge(clerk, customer)
    assert charge_on(north, date(2026, 1, 20)).customers == 0


def test_nothing_due_is_refused(north: Provider, clerk: Membership, customer: Customer) -> None:
    invoice = invoice_of(north)
    Invoice.objects.update(paid_minor=2000, state="paid", settled_on=TODAY)
    assert refusal(clerk, customer) == "nothing_owed"
    assert refusal(clerk, customer, invoices=[invoice]) == "nothing_due"


def test_an_invoice_of_somebody_else_is_refused(north: Provider, clerk: Membership, customer: Customer) -> None:
    other = add_billed_customer(north, "C2")
    issue_invoices(north, date(2026, 1, 1))
    assert refusal(clerk, customer, invoices=[invoice_of(north, other.number)]) == "invoice_unknown"


def test_without_a_method_it_says_so(north: Provider, clerk: Membership, customer: Customer) -> None:
    card = PaymentMethod.objects.get()
    PaymentMethod.objects.update(is_default=False)
    assert refusal(clerk, customer) == "method_missing"
    PaymentMethod.objects.update(removed_at=TODAY.isoformat() + "T00:00:00Z")
    assert refusal(clerk, customer, payment_method=card) == "method_removed"
    theirs = add_card(add_billed_customer(north, "C2"))
    assert refusal(clerk, customer, payment_method=theirs) == "method_unknown"


def test_a_method_of_an_earlier_gateway_is_refused(north: Provider, clerk: Membership, customer: Customer) -> None:
    Gateway.objects.update(active=False)
    assert refusal(clerk, customer) == "gateway_missing"
    add_gateway(north, kind="stripe")
    assert refusal(clerk, customer) == "method_of_another_gateway"


def test_without_the_right_and_while_billing_is_off_it_is_refused(
    north: Provider, clerk: Membership, customer: Customer
) -> None:
    assert refusal(add_person(north, "agent"), customer) == "not_allowed"
    Provider.objects.update(end_customer_billing=False)
    assert refusal(clerk, customer) == "billing_off"


def test_autopays_own_keys_are_refused(clerk: Membership, customer: Customer) -> None:
    assert refusal(clerk, customer, key=f"autopay {customer.pk} 2026-01-06") == "key_reserved"


def test_the_preview_says_the_same_and_makes_nothing(clerk: Membership, customer: Customer) -> None:
    plan = plan_charge(membership=clerk, customer=customer)
    assert (plan.amount_minor, plan.method.last_four, Payment.objects.count()) == (2000, "4242", 0)


def test_who_saw_another_amount_than_is_due_by_now_charges_nothing(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    assert refusal(clerk, customer, seen_minor=1999) == "changed_meanwhile"
    assert not Payment.objects.exists()
    assert charge(clerk, customer, seen_minor=2000).amount_minor == 2000
    # The same window again is the first payment, whatever is due meanwhile.
    assert charge(clerk, customer, seen_minor=2000).amount_minor == 2000
    assert_verified()
