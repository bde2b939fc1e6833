"""Customers of whom nothing goes on any more, and who then start again, perhaps for days that were billed before."""

from datetime import date

import pytest

from makegood.customers.selectors import get_customer
from makegood.orders.services.order_status import terminate_order
from makegood.providers.models import Provider
from tests.days.living import live
from tests.support.answers import Verified
from tests.support.billing import (
    FIRST,
    add_billed_customer,
    add_billing_provider,
    invoice_of,
    invoices_of,
    issue_invoices,
    lines_of,
    on_day,
    order_of,
)
from tests.support.charges import adjust
from tests.support.records import add_order, add_person

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

FEBRUARY = date(2026, 2, 1)
END_OF_FEBRUARY = date(2026, 2, 28)


def end(provider: Provider, day: date, last: date) -> None:
    with on_day(day):
        terminate_order(order=order_of(provider), to_date=last, staff_id=None)


def sell_again(provider: Provider, day: date, from_date: date) -> None:
    with on_day(day):
        add_order(get_customer(provider, "C1"), "C1-2", from_date=from_date, price_minor=2800)


def periods_of(provider: Provider) -> list[date]:
    """The first days of the periods that C1 has got an invoice for."""
    return [invoice.period_from for invoice in invoices_of(provider) if invoice.kind == "period"]


def test_who_comes_back_for_days_that_were_billed_and_given_back_is_billed_for_them(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider)
    live(provider, FIRST, date(2026, 2, 3))
    end(provider, date(2026, 2, 3), date(2026, 1, 31))
    live(provider, date(2026, 2, 4), date(2026, 2, 4))
    assert lines_of(invoice_of(provider)) == [("unused_time", -2000, FEBRUARY, END_OF_FEBRUARY)]
    sell_again(provider, date(2026, 2, 5), FEBRUARY)

    live(provider, date(2026, 2, 5), date(2026, 2, 5))
    assert lines_of(invoice_of(provider)) == [("service", 2800, FEBRUARY, END_OF_FEBRUARY)]
    live(provider, date(2026, 2, 6), date(2026, 4, 2))

    again = date(2026, 2, 2)
    assert periods_of(provider) == [FIRST, FEBRUARY, again, date(2026, 3, 1), date(2026, 4, 1)]
    assert_verified()


def test_an_order_from_before_all_that_was_billed_is_billed_at_once(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider)
    issue_invoices(provider, FIRST)
    issue_invoices(provider, FEBRUARY)
    end(provider, date(2026, 2, 3), date(2026, 1, 31))
    issue_invoices(provider, date(2026, 2, 4))
    sell_again(provider, date(2026, 2, 5), date(2025, 12, 20))

    issue_invoices(provider, date(2026, 2, 5))

    invoice = invoice_of(provider)
    assert (invoice.period_from, invoice.period_to) == (date(2026, 2, 2), END_OF_FEBRUARY)
    assert lines_of(invoice) == [
        ("service", 2800, FIRST, date(2026, 1, 31)),
        ("service", 2800, FEBRUARY, END_OF_FEBRUARY),
    ]
    assert_verified()


def test_a_discount_holds_for_days_that_are_billed_again(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    manager = add_person(provider, "manager")
    add_billed_customer(provider)
    issue_invoices(provider, FIRST)
    issue_invoices(provider, FEBRUARY)
    end(provider, date(2026, 2, 3), date(2026, 1, 31))
    issue_invoices(provider, date(2026, 2, 4))
    sell_again(provider, date(2026, 2, 5), FEBRUARY)
    with on_day(date(2026, 2, 5)):
        adjust(manager, order_of(provider, "C1-2"), direction="credit", amount_minor=500, from_on=FEBRUARY)

    issue_invoices(provider, date(2026, 2, 5))

    assert [(kind, amount) for kind, amount, *_ in lines_of(invoice_of(provider))] == [
        ("service", 2800),
        ("adjustment", -500),
    ]
    assert_verified()


def test_an_order_that_begins_behind_all_that_was_billed_begins_its_period(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider)
    issue_invoices(provider, FIRST)
    end(provider, date(2026, 1, 10), date(2026, 1, 10))
    issue_invoices(provider, date(2026, 1, 11))
    sell_again(provider, date(2026, 1, 15), date(2026, 1, 15))

    issue_invoices(provider, date(2026, 1, 15))

    assert periods_of(provider) == [FIRST, date(2026, 1, 15)]
    assert_verified()
