"""What corrects an invoice goes by that invoice: the cycle that it was billed with, and whether it still stands."""

from datetime import date

import pytest

from makegood.credits.services.void_invoice import void_invoice
from makegood.credits.services.write_off import write_off_invoice
from makegood.customers.selectors import get_customer
from makegood.invoices.models import Invoice
from makegood.invoices.services.billing_cycle import set_billing_cycle
from makegood.orders.services.change_order import change_price
from makegood.providers.models import Membership, Provider
from makegood.runs.selectors import count_outcomes
from tests.support.answers import Verified
from tests.support.billing import (
    FIRST,
    add_billed_customer,
    add_billing_provider,
    draft_invoices,
    invoice_of,
    invoices_of,
    issue_drafts,
    issue_invoices,
    lines_of,
    on_day,
    order_of,
    receivable,
)
from tests.support.charges import adjust
from tests.support.pausing import january, require_nobody_due, terminate
from tests.support.paying import pay
from tests.support.records import add_person, funds

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

FEBRUARY, MARCH = date(2026, 2, 1), date(2026, 3, 1)


@pytest.fixture
def provider() -> Provider:
    return add_billing_provider()


@pytest.fixture
def clerk(provider: Provider) -> Membership:
    return add_person(provider, "manager")


def change_cycle(clerk: Membership, day: date, cycle: str) -> None:
    with on_day(day):
        set_billing_cycle(membership=clerk, customer=get_customer(clerk.provider, "C1"), cycle=cycle)


def set_price(provider: Provider, day: date, price_minor: int, effective_from: date) -> None:
    with on_day(day):
        change_price(order=order_of(provider), price_minor=price_minor, effective_from=effective_from, staff_id=None)


def write_off(clerk: Membership, day: date, invoice: Invoice | None = None) -> None:
    with on_day(day):
        write_off_invoice(membership=clerk, invoice=invoice or invoice_of(clerk.provider), reason="Gone")


def test_unused_time_comes_back_though_the_customer_has_changed_to_anniversaries(
    provider: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    add_billed_customer(provider, price_minor=3100)
    issue_invoices(provider, FIRST)
    terminate(provider, january(21), january(21))
    change_cycle(clerk, january(21), "anniversary")

    issue_invoices(provider, january(22))

    assert lines_of(invoice_of(provider)) == [("unused_time", -1000, january(22), january(31))]
    assert receivable(provider) == 2100
    require_nobody_due(provider, MARCH)
    assert_verified()


def test_the_last_days_of_an_anniversary_do_not_come_back_after_a_change_to_months(
    provider: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    add_billed_customer(provider, from_date=january(10), price_minor=3100, anniversary=True, orders=2)
    with on_day(january(10)):
        adjust(clerk, order_of(provider), direction="charge", amount_minor=310)
    issue_invoices(provider, january(10))
    terminate(provider, january(15), january(15))
    issue_invoices(provider, date(2026, 2, 10))
    issue_invoices(provider, date(2026, 3, 10))
    change_cycle(clerk, date(2026, 3, 20), "monthly")

    issue_invoices(provider, date(2026, 4, 10))

    assert [line[0] for line in lines_of(invoice_of(provider))] == ["service"]
    assert_verified()


def test_of_two_cycles_only_the_days_of_the_month_come_back(
    provider: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    add_billed_customer(provider, from_date=january(10), price_minor=3100, anniversary=True)
    issue_invoices(provider, january(10))
    change_cycle(clerk, january(20), "monthly")
    issue_invoices(provider, date(2026, 2, 10))
    terminate(provider, date(2026, 2, 12), date(2026, 2, 5))

    issue_invoices(provider, date(2026, 2, 13))

    assert [line[1:] for line in lines_of(invoices_of(provider)[-2])] == [
        (2104, date(2026, 2, 10), date(2026, 2, 28)),
    ]
    assert lines_of(invoice_of(provider)) == [("unused_time", -2104, date(2026, 2, 10), date(2026, 2, 28))]
    require_nobody_due(provider, MARCH)
    assert_verified()


def test_a_corrected_price_counts_in_the_cycle_that_its_days_were_billed_in(
    provider: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    add_billed_customer(provider, from_date=date(2025, 12, 20), price_minor=3000)
    issue_invoices(provider, FIRST)
    issue_invoices(provider, FEBRUARY)
    change_cycle(clerk, date(2026, 2, 10), "anniversary")
    set_price(provider, date(2026, 2, 10), 6000, FEBRUARY)

    issue_invoices(provider, MARCH)

    assert lines_of(invoice_of(provider)) == [
        ("service", 4071, MARCH, date(2026, 3, 19)),
        ("price_change", -3000, FEBRUARY, date(2026, 2, 28)),
        ("price_change", 6000, FEBRUARY, date(2026, 2, 28)),
    ]
    assert_verified()


def test_a_price_is_corrected_cycle_by_cycle_where_two_of_them_begin_on_one_day(
    provider: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    """Both cycles begin on the 1st of January; the first is cut short by the change, the second by nothing."""
    add_billed_customer(provider, price_minor=3100, anniversary=True)
    issue_invoices(provider, FIRST)
    change_cycle(clerk, january(5), "monthly")
    issue_invoices(provider, FEBRUARY)
    set_price(provider, date(2026, 2, 10), 6200, FIRST)

    issue_invoices(provider, MARCH)

    corrections = [line[1:] for line in lines_of(invoice_of(provider)) if line[0] == "price_change"]
    assert corrections == [
        (-3100, FIRST, january(31)),
        (6200, FIRST, january(31)),
        (-3100, FEBRUARY, date(2026, 2, 28)),
        (6200, FEBRUARY, date(2026, 2, 28)),
    ]
    assert_verified()


def test_unused_time_of_an_uncollectible_invoice_does_not_come_back(
    provider: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    add_billed_customer(provider, price_minor=3100)
    with on_day(FIRST):
        adjust(clerk, order_of(provider), direction="charge", amount_minor=310, from_on=FIRST)
    issue_invoices(provider, FIRST)
    write_off(clerk, january(20))
    terminate(provider, january(20), january(10))

    require_nobody_due(provider, january(22))

    assert (funds(provider, "C1"), receivable(provider)) == (0, 0)
    assert_verified()


def test_of_a_paid_and_an_uncollectible_month_only_the_paid_one_comes_back(
    provider: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    customer = add_billed_customer(provider, price_minor=3100)
    with on_day(FIRST):
        adjust(clerk, order_of(provider), direction="charge", amount_minor=310, from_on=FIRST)
    issue_invoices(provider, FIRST)
    with on_day(FIRST):
        pay(clerk, customer, 3410)
    issue_invoices(provider, FEBRUARY)
    write_off(clerk, date(2026, 2, 20))
    terminate(provider, date(2026, 2, 20), january(21))

    issue_invoices(provider, date(2026, 2, 21))

    assert lines_of(invoice_of(provider)) == [
        ("unused_time", -1000, january(22), january(31)),
        ("adjustment", -100, january(22), january(31)),
    ]
    assert funds(provider, "C1") == 1100
    require_nobody_due(provider, MARCH)
    assert_verified()


def test_a_price_that_falls_behind_an_uncollectible_invoice_gives_nothing_back(
    provider: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    add_billed_customer(provider, price_minor=3100)
    issue_invoices(provider, FIRST)
    write_off(clerk, january(20))
    set_price(provider, january(20), 1000, january(10))

    issue_invoices(provider, FEBRUARY)

    assert lines_of(invoice_of(provider)) == [("service", 1000, FEBRUARY, date(2026, 2, 28))]
    assert_verified()


def test_a_higher_price_that_was_never_paid_does_not_come_back(
    provider: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    """January was paid at 31.00; the correction to 62.00 stood on February's invoice, which is uncollectible."""
    customer = add_billed_customer(provider, price_minor=3100)
    issue_invoices(provider, FIRST)
    with on_day(FIRST):
        pay(clerk, customer, 3100)
    set_price(provider, january(15), 6200, FIRST)
    issue_invoices(provider, FEBRUARY)
    write_off(clerk, date(2026, 2, 20))
    set_price(provider, date(2026, 2, 20), 3100, FIRST)
    terminate(provider, date(2026, 2, 20), january(21))

    issue_invoices(provider, date(2026, 2, 21))

    assert lines_of(invoice_of(provider)) == [("unused_time", -1000, january(22), january(31))]
    assert_verified()


@pytest.mark.parametrize("how", ["void", "written off"])
def test_a_draft_that_corrects_an_invoice_is_made_anew_when_that_is_given_up(
    provider: Provider, clerk: Membership, how: str, assert_verified: Verified
) -> None:
    add_billed_customer(provider, price_minor=3100)
    issue_invoices(provider, FIRST)
    terminate(provider, january(21), january(21))
    run = draft_invoices(provider, january(22), membership=clerk)
    if how == "void":
        with on_day(january(22)):
            void_invoice(membership=clerk, invoice=invoice_of(provider), reason="Courtesy")
    else:
        write_off(clerk, january(22))

    run = issue_drafts(run, january(22), membership=clerk)

    assert [outcome.code for outcome in count_outcomes(run)] == ["changed_since_draft"]
    assert (funds(provider, "C1"), receivable(provider)) == (0, 0)
    require_nobody_due(provider, january(23))
    assert_verified()
