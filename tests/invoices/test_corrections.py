"""What corrects earlier invoices: prices that change behind them, orders that end before what is paid for them."""

from datetime import date

import pytest

from makegood.credits.models import Credit
from makegood.credits.services.void_invoice import void_invoice
from makegood.kit.refusal import Refused
from makegood.orders.services.change_order import change_price
from makegood.orders.services.close_customer import close_customer
from makegood.orders.services.order_status import begin_day, terminate_order
from makegood.providers.models import Provider
from tests.support.answers import Verified
from tests.support.billing import (
    FIRST,
    add_billed_customer,
    add_billing_provider,
    draft_invoices,
    invoice_of,
    issue_invoices,
    lines_of,
    on_day,
    order_of,
    receivable,
)
from tests.support.records import add_person, funds

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

FEBRUARY = date(2026, 2, 1)


def set_price(provider: Provider, day: date, price_minor: int, effective_from: date, number: str = "C1-1") -> None:
    with on_day(day):
        order = order_of(provider, number)
        change_price(order=order, price_minor=price_minor, effective_from=effective_from, staff_id=None)


def end(provider: Provider, day: date, to_date: date, number: str = "C1-1") -> None:
    with on_day(day):
        terminate_order(order=order_of(provider, number), to_date=to_date, staff_id=None)


def test_a_price_that_changes_within_the_period_cuts_it(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider, price_minor=3100)
    set_price(provider, FIRST, 6200, date(2026, 1, 11))

    issue_invoices(provider, FIRST)

    assert lines_of(invoice_of(provider)) == [
        ("service", 1000, FIRST, date(2026, 1, 10)),
        ("service", 4200, date(2026, 1, 11), date(2026, 1, 31)),
    ]
    with on_day(FIRST):
        assert_verified()


def test_a_price_that_changes_behind_an_invoice_is_made_up_for_on_the_next(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider, price_minor=3100)
    issue_invoices(provider, FIRST)
    set_price(provider, date(2026, 1, 15), 6200, date(2026, 1, 11))

    issue_invoices(provider, FEBRUARY)

    assert lines_of(invoice_of(provider)) == [
        ("service", 6200, FEBRUARY, date(2026, 2, 28)),
        ("price_change", -2100, date(2026, 1, 11), date(2026, 1, 31)),
        ("price_change", 4200, date(2026, 1, 11), date(2026, 1, 31)),
    ]
    issue_invoices(provider, date(2026, 3, 1))
    assert lines_of(invoice_of(provider)) == [("service", 6200, date(2026, 3, 1), date(2026, 3, 31))]
    assert_verified()


def test_a_price_that_was_known_when_its_day_came_is_no_correction(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider)
    set_price(provider, FIRST, 2500, FEBRUARY)

    issue_invoices(provider, FIRST)
    with on_day(FEBRUARY):
        begin_day(provider)
    issue_invoices(provider, FEBRUARY)

    assert lines_of(invoice_of(provider)) == [("service", 2500, FEBRUARY, date(2026, 2, 28))]
    assert_verified()


def test_unused_days_of_an_ended_order_come_back(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider, price_minor=3100)
    issue_invoices(provider, FIRST)
    end(provider, date(2026, 1, 21), date(2026, 1, 21))

    issue_invoices(provider, date(2026, 1, 22))

    invoice = invoice_of(provider)
    assert lines_of(invoice) == [("unused_time", -1000, date(2026, 1, 22), date(2026, 1, 31))]
    assert (invoice.kind, invoice.state, invoice.to_funds_minor) == ("final", "paid", 1000)
    # What it gives first of all pays what the customer owes.
    assert (receivable(provider), funds(provider, "C1")) == (2100, 0)
    assert Credit.objects.get(from_invoice=invoice).issued_minor == 1000
    assert_verified()


def test_what_a_final_invoice_gives_stays_where_nothing_is_owed(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider, price_minor=3100, from_date=FIRST)
    set_price(provider, FIRST, 0, FIRST)
    issue_invoices(provider, FIRST)
    set_price(provider, date(2026, 1, 2), 3100, date(2026, 1, 2))
    end(provider, date(2026, 1, 3), date(2026, 1, 2))

    issue_invoices(provider, date(2026, 1, 3))

    # The second day costs 1.00 now; the others were billed at nothing.
    assert lines_of(invoice_of(provider)) == [
        ("price_change", 0, date(2026, 1, 2), date(2026, 1, 2)),
        ("price_change", 100, date(2026, 1, 2), date(2026, 1, 2)),
        ("unused_time", 0, date(2026, 1, 3), date(2026, 1, 31)),
    ]
    assert_verified()


def test_an_anniversary_order_that_ends_gives_nothing_back(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider, anniversary=True, from_date=date(2026, 1, 10))
    issue_invoices(provider, date(2026, 1, 10))
    end(provider, date(2026, 1, 21), date(2026, 1, 21))

    with pytest.raises(Refused):
        draft_invoices(provider, date(2026, 2, 10))

    assert receivable(provider) == 2000
    assert_verified()


@pytest.mark.parametrize("anniversary", [False, True])
def test_days_that_were_used_and_not_billed_are_billed_at_the_end(anniversary: bool, assert_verified: Verified) -> None:
    provider = add_billing_provider()
    customer = add_billed_customer(provider, price_minor=3100, anniversary=anniversary)
    with on_day(date(2026, 1, 10)):
        close_customer(customer=customer, staff_id=None)

    issue_invoices(provider, date(2026, 1, 11))

    invoice = invoice_of(provider)
    assert lines_of(invoice) == [("service", 1000, FIRST, date(2026, 1, 10))]
    assert (invoice.kind, invoice.total_minor) == ("final", 1000)
    with pytest.raises(Refused):
        draft_invoices(provider, date(2026, 3, 1))
    assert_verified()


def test_one_of_two_orders_ends_and_the_next_invoice_settles_it(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider, orders=2, price_minor=3100)
    issue_invoices(provider, FIRST)
    end(provider, date(2026, 1, 21), date(2026, 1, 21), "C1-2")
    with pytest.raises(Refused):
        draft_invoices(provider, date(2026, 1, 22))

    issue_invoices(provider, FEBRUARY)

    assert lines_of(invoice_of(provider)) == [
        ("service", 3100, FEBRUARY, date(2026, 2, 28)),
        ("unused_time", -1000, date(2026, 1, 22), date(2026, 1, 31)),
    ]
    assert invoice_of(provider).kind == "period"
    assert_verified()


def test_an_end_that_is_planned_cuts_the_period(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider, price_minor=3100)
    end(provider, FIRST, date(2026, 1, 10))

    issue_invoices(provider, FIRST)

    assert lines_of(invoice_of(provider)) == [("service", 1000, FIRST, date(2026, 1, 10))]
    with on_day(date(2026, 1, 11)):
        begin_day(provider)
    with pytest.raises(Refused):
        draft_invoices(provider, FEBRUARY)
    assert_verified()


def test_days_of_a_voided_invoice_are_not_given_back(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider)
    issue_invoices(provider, FIRST)
    clerk = add_person(provider)
    with on_day(date(2026, 1, 5)):
        void_invoice(membership=clerk, invoice=invoice_of(provider), reason="Courtesy")
    end(provider, date(2026, 1, 21), date(2026, 1, 21))

    with pytest.raises(Refused) as refused:
        draft_invoices(provider, date(2026, 1, 22))

    assert refused.value.code == "nobody_due"
    assert_verified()
