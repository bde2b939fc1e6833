"""What an invoice is called where nothing of the customer goes on: final only if it settles an order that has ended."""

from datetime import date

import pytest

from makegood.customers.selectors import get_customer
from makegood.invoices.models import BillingAccount
from makegood.invoices.rehearsal import get_invoice_rehearsal
from makegood.orders.services.order_status import resume_order, suspend_order, terminate_order
from makegood.providers.models import Membership, Provider
from makegood.statements.explain import explain_invoice
from makegood.statements.why import say_why
from tests.support.answers import Verified
from tests.support.billing import (
    FIRST,
    add_billed_customer,
    add_billing_provider,
    draft_invoices,
    invoice_of,
    issue_drafts,
    issue_invoices,
    lines_of,
    on_day,
    order_of,
)
from tests.support.charges import charge
from tests.support.records import add_customer, add_order, add_person

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

FEBRUARY = date(2026, 2, 1)


@pytest.fixture
def provider(db: None) -> Provider:
    return add_billing_provider()


@pytest.fixture
def manager(provider: Provider) -> Membership:
    return add_person(provider, "manager")


def charge_50(manager: Membership, day: date) -> None:
    with on_day(day):
        charge(manager, customers=[get_customer(manager.provider, "C1")], amount_minor=5000)


def next_period(provider: Provider) -> date | None:
    return BillingAccount.objects.get(provider=provider, customer__number="C1").next_period_on


def test_the_first_charge_of_a_new_customer_stands_on_a_single_invoice(
    provider: Provider, manager: Membership, assert_verified: Verified
) -> None:
    with on_day(FIRST):
        customer = add_customer(provider, "C1", areas=())
        add_order(customer, "C1-1", from_date=FIRST, status="pending")
    charge_50(manager, FIRST)

    draft = draft_invoices(provider, FIRST)
    assert get_invoice_rehearsal(draft).final == 0
    issue_drafts(draft, FIRST)

    invoice = invoice_of(provider)
    assert (invoice.kind, invoice.total_minor) == ("single", 5000)
    assert say_why(explain_invoice(invoice), str).startswith("Single invoice, 5000: ")
    assert next_period(provider) is None
    assert_verified()


def test_so_does_the_charge_of_who_is_suspended_by_a_person(
    provider: Provider, manager: Membership, assert_verified: Verified
) -> None:
    add_billed_customer(provider)
    issue_invoices(provider, FIRST)
    with on_day(date(2026, 1, 20)):
        suspend_order(order=order_of(provider), staff_id=None)
    charge_50(manager, date(2026, 1, 20))

    issue_invoices(provider, date(2026, 1, 21))

    assert (invoice_of(provider).kind, next_period(provider)) == ("single", None)
    with on_day(date(2026, 1, 25)):
        resume_order(order=order_of(provider), staff_id=None)
    issue_invoices(provider, FEBRUARY)
    assert lines_of(invoice_of(provider)) == [("service", 2000, FEBRUARY, date(2026, 2, 28))]
    assert_verified()


def test_what_settles_an_order_that_has_ended_is_final_with_all_that_is_on_it(
    provider: Provider, manager: Membership, assert_verified: Verified
) -> None:
    add_billed_customer(provider, price_minor=3100)
    issue_invoices(provider, FIRST)
    with on_day(date(2026, 1, 10)):
        terminate_order(order=order_of(provider), to_date=date(2026, 1, 10), staff_id=None)
    charge_50(manager, date(2026, 1, 10))

    draft = draft_invoices(provider, date(2026, 1, 11))
    assert get_invoice_rehearsal(draft).final == 1
    issue_drafts(draft, date(2026, 1, 11))

    assert (invoice_of(provider).kind, invoice_of(provider).total_minor) == ("final", 2900)
    assert next_period(provider) is None
    assert_verified()


def test_a_charge_after_the_final_invoice_stands_on_a_single_one(
    provider: Provider, manager: Membership, assert_verified: Verified
) -> None:
    add_billed_customer(provider, price_minor=3100)
    issue_invoices(provider, FIRST)
    with on_day(date(2026, 1, 10)):
        terminate_order(order=order_of(provider), to_date=date(2026, 1, 10), staff_id=None)
    issue_invoices(provider, date(2026, 1, 11))
    charge_50(manager, date(2026, 1, 20))

    issue_invoices(provider, date(2026, 1, 21))

    assert (invoice_of(provider).kind, invoice_of(provider).total_minor) == ("single", 5000)
    assert_verified()
