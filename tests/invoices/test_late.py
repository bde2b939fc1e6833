"""When invoices become late."""

from datetime import date, timedelta

import pytest

from makegood.audit.models import AuditEntry
from makegood.customers.models import Customer
from makegood.invoices.rules import State
from makegood.invoices.services.late import mark_late
from makegood.providers.models import Provider
from makegood.runs.chunked import Chunked
from tests.support.answers import Verified
from tests.support.billing import (
    FIRST,
    add_billed_customer,
    add_billing_provider,
    invoice_of,
    issue_invoices,
    on_day,
)

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

DUE = FIRST + timedelta(days=14)
AFTER = DUE + timedelta(days=1)


@pytest.fixture
def north(db: None) -> Provider:
    """C1 owes 20.00 for January, due on the 15th."""
    provider = add_billing_provider()
    add_billed_customer(provider)
    issue_invoices(provider, FIRST)
    return provider


def late(provider: Provider, day: date, **how: int) -> Chunked:
    with on_day(day):
        return mark_late(provider=provider, day=day, **how)


def test_an_invoice_is_late_on_the_day_after_its_due_date(north: Provider, assert_verified: Verified) -> None:
    assert late(north, DUE) == Chunked(0, None)
    assert invoice_of(north).state == State.OPEN
    assert late(north, AFTER) == Chunked(1, None, 2000)
    invoice = invoice_of(north)
    assert (invoice.state, invoice.late_on, invoice.due_minor) == (State.LATE, AFTER, 2000)
    assert_verified()


def test_what_is_late_stays_late_since_the_first_day(north: Provider) -> None:
    late(north, AFTER)
    assert late(north, AFTER + timedelta(days=1)) == Chunked(0, None)
    assert invoice_of(north).late_on == AFTER
    [entry] = AuditEntry.objects.filter(action="invoices.late")
    assert entry.detail == {"day": "2026-01-16", "invoices": 1, "customers": 1, "amount_minor": 2000}


def test_it_is_a_fact_for_customers_with_billing_disabled_too(north: Provider) -> None:
    Customer.objects.update(billing_enabled=False)
    assert late(north, AFTER).customers == 1


def test_customers_are_taken_in_chunks(db: None, assert_verified: Verified) -> None:
    provider = add_billing_provider()
    customers = [add_billed_customer(provider, f"C{number}") for number in range(1, 4)]
    issue_invoices(provider, FIRST)
    first = late(provider, AFTER, limit=2)
    assert first == Chunked(2, customers[1].pk, 4000)
    assert late(provider, AFTER, limit=2, after=customers[1].pk) == Chunked(1, None, 2000)
    assert_verified()


def test_another_providers_invoices_are_left_alone(north: Provider) -> None:
    south = add_billing_provider("south")
    add_billed_customer(south)
    issue_invoices(south, FIRST)
    late(north, AFTER)
    assert invoice_of(south).state == State.OPEN
