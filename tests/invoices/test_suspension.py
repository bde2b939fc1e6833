"""Suspending the orders of who stays late, and resuming them."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from makegood.audit.models import AuditEntry
from makegood.credits.services.apply_funds import apply_due_funds
from makegood.credits.services.void_invoice import void_invoice
from makegood.customers.models import Customer, CustomerFigures
from makegood.customers.selectors import get_customer
from makegood.invoices.models import Invoice
from makegood.invoices.services.late import mark_late
from makegood.invoices.services.suspension import lift_covered, lift_suspensions, suspend_late_customers
from makegood.ledger.locks import lock_customers
from makegood.ledger.models import CustomerBalance
from makegood.orders.models import Order
from makegood.orders.services.close_customer import close_customer
from makegood.orders.services.order_status import resume_order, suspend_order, terminate_order
from makegood.providers.models import Provider
from makegood.runs.chunked import Chunked
from tests.support.answers import Verified
from tests.support.billing import (
    FIRST,
    add_billed_customer,
    add_billing_provider,
    give_credit,
    invoice_of,
    issue_invoices,
    on_day,
    order_of,
    set_up_billing,
)
from tests.support.records import add_person

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

DUE = date(2026, 1, 15)
LIMIT = DUE + timedelta(days=20)


@pytest.fixture
def north(db: None) -> Provider:
    """C1 owes 40.00 for two orders, due on January 15; who is 20 days late is suspended."""
    provider = add_billing_provider(suspend_after_days=20)
    add_billed_customer(provider, orders=2)
    issue_invoices(provider, FIRST)
    return provider


def suspend(provider: Provider, day: date = LIMIT, **how: int) -> Chunked:
    with on_day(day):
        mark_late(provider=provider, day=day)
        return suspend_late_customers(provider=provider, day=day, **how)


def states(provider: Provider) -> list[tuple[str, date | None]]:
    orders = Order.objects.filter(provider=provider).order_by("number")
    return list(orders.values_list("status", "suspended_late_on"))


def pay(provider: Provider, number: str = "C1", amount_minor: int = 4000) -> None:
    give_credit(provider, number, amount_minor, day=LIMIT)
    with on_day(LIMIT):
        apply_due_funds(provider=provider, day=LIMIT)


def lift(provider: Provider, number: str = "C1") -> int:
    customer = get_customer(provider, number)
    with transaction.atomic():
        lock_customers(provider.pk, [customer.pk])
        return lift_suspensions(provider_id=provider.pk, customer_ids=[customer.pk], day=LIMIT)


def test_active_orders_are_suspended_on_the_day(north: Provider, assert_verified: Verified) -> None:
    assert suspend(north, LIMIT - timedelta(days=1)) == Chunked(0, None)
    assert suspend(north) == Chunked(1, None)
    assert states(north) == [("suspended", LIMIT)] * 2
    assert suspend(north, LIMIT + timedelta(days=1)) == Chunked(0, None)
    figures = CustomerFigures.objects.get()
    assert (figures.active_orders, figures.monthly_price_minor) == (0, 0)
    entries = AuditEntry.objects.filter(action="order.suspended_late").order_by("id")
    assert [entry.detail["number"] for entry in entries] == ["C1-1", "C1-2"]
    assert_verified()


def test_they_are_resumed_at_once_when_all_of_it_is_paid(north: Provider, assert_verified: Verified) -> None:
    suspend(north)
    assert lift(north) == 0
    pay(north, amount_minor=3999)
    assert states(north) == [("suspended", LIMIT)] * 2
    pay(north, amount_minor=1)
    assert states(north) == [("active", None)] * 2
    assert CustomerFigures.objects.get().monthly_price_minor == 4000
    assert AuditEntry.objects.filter(action="order.resumed_paid").count() == 2
    assert_verified()


def test_the_day_resumes_whoever_is_covered(north: Provider) -> None:
    suspend(north)
    with on_day(LIMIT):
        assert lift_covered(provider=north) == Chunked(0, None)
        # Whoever brings the money in resumes them at once; the day finds whom nobody has thought of.
        CustomerBalance.objects.update(funds_minor=4000)
        assert lift_covered(provider=north) == Chunked(1, None)
        assert lift_covered(provider=north) == Chunked(0, None)


def test_what_a_person_suspended_stays_suspended(north: Provider) -> None:
    suspend_order(order=order_of(north, "C1-2"), staff_id=None)
    suspend(north)
    assert states(north) == [("suspended", LIMIT), ("suspended", None)]
    pay(north)
    assert states(north) == [("active", None), ("suspended", None)]


def test_who_is_covered_by_available_funds_is_not_suspended(north: Provider) -> None:
    with on_day(LIMIT):
        mark_late(provider=north, day=LIMIT)
    give_credit(north, amount_minor=4000, day=DUE)
    assert suspend(north) == Chunked(0, None)


@pytest.mark.parametrize("changed", [{"billing_enabled": False}, {"status": "closed"}])
def test_who_is_not_billed_is_not_suspended(north: Provider, changed: dict[str, object]) -> None:
    Customer.objects.update(**changed)
    assert suspend(north) == Chunked(0, None)


def test_without_a_limit_or_billing_nobody_is_suspended(north: Provider) -> None:
    set_up_billing(north, suspend_after_days=None)
    assert suspend(north) == Chunked(0, None)
    set_up_billing(north, suspend_after_days=20)
    Provider.objects.update(end_customer_billing=False)
    assert suspend(north) == Chunked(0, None)


def test_the_day_after_does_not_undo_what_a_person_resumed(north: Provider, assert_verified: Verified) -> None:
    suspend(north)
    with on_day(LIMIT + timedelta(days=2)):
        resume_order(order=order_of(north, "C1-1"), staff_id=None)
    assert states(north)[0] == ("active", None)
    assert suspend(north, LIMIT + timedelta(days=3)) == Chunked(0, None)
    issue_invoices(north, date(2026, 2, 1))
    # February's invoice is as late on March 7: that was not known to who resumed the order.
    day = date(2026, 2, 15) + timedelta(days=20)
    assert suspend(north, day - timedelta(days=1)) == Chunked(0, None)
    assert suspend(north, day) == Chunked(1, None)
    assert states(north) == [("suspended", day), ("suspended", LIMIT)]
    assert_verified()


def test_what_is_written_off_is_not_paid(north: Provider) -> None:
    suspend(north)
    Invoice.objects.update(state="uncollectible", written_off_minor=4000, settled_on=LIMIT)
    assert lift(north) == 0
    resume_order(order=order_of(north, "C1-1"), staff_id=None)
    assert states(north) == [("active", None), ("suspended", LIMIT)]


def test_ending_a_suspended_order_ends_its_suspension(north: Provider, assert_verified: Verified) -> None:
    suspend(north)
    with on_day(LIMIT):
        terminate_order(order=order_of(north, "C1-1"), to_date=LIMIT, staff_id=None)
        assert states(north)[0] == ("terminated", None)
        close_customer(customer=get_customer(north, "C1"), staff_id=None)
    assert states(north) == [("terminated", None)] * 2


def test_customers_are_taken_in_chunks(north: Provider) -> None:
    second = add_billed_customer(north, "C2")
    issue_invoices(north, FIRST)
    first = get_customer(north, "C1")
    assert suspend(north, limit=1) == Chunked(1, first.pk)
    assert suspend(north, limit=1, after=first.pk) == Chunked(1, second.pk)
    assert suspend(north, limit=1, after=second.pk) == Chunked(0, None)


def test_voiding_what_was_late_resumes_at_once(north: Provider, assert_verified: Verified) -> None:
    suspend(north)
    with on_day(LIMIT):
        void_invoice(membership=add_person(north, "manager"), invoice=invoice_of(north), reason="wrong")
        assert states(north) == [("active", None)] * 2
        assert AuditEntry.objects.filter(action="order.resumed_paid").count() == 2
        assert_verified()


def test_voiding_one_of_two_late_invoices_resumes_nothing(north: Provider) -> None:
    issue_invoices(north, date(2026, 2, 1))
    late = LIMIT + timedelta(days=31)
    suspend(north, late)
    with on_day(late):
        void_invoice(membership=add_person(north, "manager"), invoice=invoice_of(north), reason="wrong")
    assert states(north) == [("suspended", late)] * 2
