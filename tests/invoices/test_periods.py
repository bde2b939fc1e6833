"""What customers are billed for: whole periods, days of a first one, further ones, none."""

from datetime import date
from typing import Any

import pytest

from makegood.invoices.models import BillingAccount
from makegood.kit.refusal import Refused
from makegood.orders.models import Order
from makegood.orders.services.order_status import resume_order, suspend_order
from tests.support.answers import Verified
from tests.support.billing import (
    FIRST,
    add_billed_customer,
    add_billing_provider,
    balance_of_gl_code,
    draft_invoices,
    invoice_of,
    invoices_of,
    issue_invoices,
    lines_of,
    on_day,
    order_of,
    receivable,
)
from tests.support.records import add_order

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

LAST = date(2026, 1, 31)


def test_a_whole_month_costs_exactly_the_price(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider)

    run = issue_invoices(provider, FIRST)

    invoice = invoice_of(provider)
    assert (run.rows_done, run.booked_minor, run.state) == (1, 2000, "finished")
    assert lines_of(invoice) == [("service", 2000, FIRST, LAST)]
    assert (invoice.number, invoice.total_minor, invoice.state) == (1, 2000, "open")
    assert (invoice.issued_on, invoice.due_on) == (FIRST, date(2026, 1, 15))
    assert receivable(provider) == 2000
    assert balance_of_gl_code(provider, "1200") == 2000
    assert balance_of_gl_code(provider, "4000") == -2000
    assert_verified()


def test_who_begins_within_a_month_pays_its_days(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider, from_date=date(2026, 1, 20))

    issue_invoices(provider, date(2026, 1, 20))

    # 12 of 31 days of 20.00.
    assert lines_of(invoice_of(provider)) == [("service", 774, date(2026, 1, 20), LAST)]
    assert_verified()


def test_a_further_order_pays_its_days_with_the_next_period(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    customer = add_billed_customer(provider)
    issue_invoices(provider, FIRST)
    with on_day(date(2026, 1, 22)):
        add_order(customer, "C1-2", price_minor=3100, from_date=date(2026, 1, 22))

    issue_invoices(provider, date(2026, 2, 1))

    assert lines_of(invoice_of(provider)) == [
        ("service", 2000, date(2026, 2, 1), date(2026, 2, 28)),
        ("service", 1000, date(2026, 1, 22), LAST),
        ("service", 3100, date(2026, 2, 1), date(2026, 2, 28)),
    ]
    assert_verified()


def test_each_period_is_billed_once_and_after_a_standstill_one_by_one(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider)
    day = date(2026, 3, 5)

    for _ in range(3):
        issue_invoices(provider, day)

    with pytest.raises(Refused) as refused, on_day(day):
        draft_invoices(provider, day)
    assert refused.value.code == "nobody_due"
    begins = [(invoice.period_from, invoice.period_to) for invoice in invoices_of(provider)]
    assert begins == [
        (FIRST, LAST),
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 3, 1), date(2026, 3, 31)),
    ]
    assert {invoice.issued_on for invoice in invoices_of(provider)} == {day}
    assert_verified()


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        (date(2028, 1, 29), ["2028-02-28", "2028-03-28", "2028-04-28"]),
        (date(2028, 1, 30), ["2028-02-28", "2028-03-29", "2028-04-29"]),
        (date(2028, 1, 31), ["2028-02-28", "2028-03-30", "2028-04-29"]),
        (date(2026, 1, 31), ["2026-02-27", "2026-03-30", "2026-04-29"]),
        (date(2026, 12, 15), ["2027-01-14", "2027-02-14", "2027-03-14"]),
    ],
)
def test_anniversaries_of_late_days_fall_on_the_last_day_of_short_months(
    begins: date, ends: list[str], assert_verified: Verified
) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider, from_date=begins, anniversary=True)

    for _ in range(3):
        issue_invoices(provider, date(begins.year + 1, 6, 1))

    invoices = invoices_of(provider)
    assert [invoice.period_to.isoformat() for invoice in invoices] == ends
    # Short or long, each of the cycles is a whole one.
    assert [invoice.total_minor for invoice in invoices] == [2000] * 3
    assert BillingAccount.objects.get().billing_day == begins.day
    assert_verified()


def test_invoices_begin_on_the_day_that_the_settings_say(assert_verified: Verified) -> None:
    provider = add_billing_provider(invoices_from=date(2026, 1, 16))
    add_billed_customer(provider)
    add_billed_customer(provider, "C2", from_date=date(2026, 1, 11), anniversary=True)

    issue_invoices(provider, date(2026, 1, 16))

    assert lines_of(invoice_of(provider)) == [("service", 1032, date(2026, 1, 16), LAST)]
    assert lines_of(invoice_of(provider, "C2")) == [("service", 1677, date(2026, 1, 16), date(2026, 2, 10))]
    assert_verified()


def test_an_order_that_costs_nothing_stands_on_an_invoice_of_nothing(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider, price_minor=0)

    issue_invoices(provider, FIRST)

    invoice = invoice_of(provider)
    assert lines_of(invoice) == [("service", 0, FIRST, LAST)]
    assert (invoice.state, invoice.number, invoice.due_minor, invoice.settled_on) == ("paid", 1, 0, FIRST)
    assert_verified()


def test_two_hundred_orders_of_a_customer_stand_on_one_invoice(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider, orders=200)

    issue_invoices(provider, FIRST)

    assert len(lines_of(invoice_of(provider))) == 200
    assert invoice_of(provider).total_minor == 400_000
    assert_verified()


@pytest.mark.parametrize(("currency", "price", "expected"), [("JPY", 5000, 2742), ("KWD", 12_345, 6770)])
def test_amounts_are_rounded_to_the_unit_of_the_currency(
    currency: str, price: int, expected: int, assert_verified: Verified
) -> None:
    provider = add_billing_provider(currency=currency)
    add_billed_customer(provider, from_date=date(2026, 1, 15), price_minor=price)

    issue_invoices(provider, date(2026, 1, 15))

    assert invoice_of(provider).total_minor == expected
    assert_verified()


def test_an_order_that_a_person_suspended_is_billed_for_the_day_on_which_it_was(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider, orders=2, price_minor=3100)
    with on_day(FIRST):
        suspend_order(order=order_of(provider, "C1-2"), staff_id=None)

    issue_invoices(provider, FIRST)

    assert lines_of(invoice_of(provider)) == [("service", 3100, FIRST, LAST), ("service", 100, FIRST, FIRST)]
    with on_day(date(2026, 1, 5)):
        resume_order(order=order_of(provider, "C1-2"), staff_id=None)
    assert_verified()


def test_nobody_is_due_before_invoices_begin() -> None:
    provider = add_billing_provider(invoices_from=None)
    add_billed_customer(provider)

    with pytest.raises(Refused) as refused, on_day(FIRST):
        draft_invoices(provider, FIRST)

    assert refused.value.code == "invoices_off"


@pytest.mark.parametrize(
    ("anniversary", "lines"),
    [
        (False, [("service", 1000, date(2026, 2, 15), date(2026, 2, 28))]),
        (True, [("service", 2000, date(2026, 2, 15), date(2026, 3, 14))]),
    ],
)
def test_an_order_that_was_pending_is_billed_from_the_day_on_which_it_was_activated(
    anniversary: bool, lines: list[Any], assert_verified: Verified
) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider, from_date=date(2026, 1, 5), anniversary=anniversary)
    Order.objects.update(status="pending")
    with on_day(date(2026, 2, 15)):
        resume_order(order=order_of(provider), staff_id=None)
    issue_invoices(provider, date(2026, 2, 15))
    assert lines_of(invoice_of(provider)) == lines
    assert_verified()
