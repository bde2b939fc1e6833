"""Receivables: roll-forward by month, and how old what is owed is."""

from datetime import date, timedelta

import pytest

from makegood.accounting.receivables import (
    ReceivablesRollForward,
    get_aged_receivables,
    get_receivables_roll_forward,
    list_aged_customers,
)
from makegood.accounting.rules import Days, days_of_month
from makegood.credits.services.void_invoice import void_invoice
from makegood.credits.services.write_off import write_off_invoice
from makegood.customers.selectors import get_customer
from makegood.providers.models import Membership
from tests.support import movements
from tests.support.answers import Verified
from tests.support.billing import on_day
from tests.support.books import (
    FEBRUARY,
    JANUARY,
    MARCH,
    figures,
    figures_by_month,
    give,
    newest_credit,
    open_books,
)
from tests.support.paying import pay, reverse

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


@pytest.fixture
def manager() -> Membership:
    return open_books()


def roll(manager: Membership, days: Days) -> ReceivablesRollForward:
    report = get_receivables_roll_forward(manager.provider, days)
    assert report.holds
    return report


def test_invoices_are_issued_paid_by_funds_and_money_reversed_voided_and_written_off(
    manager: Membership, assert_verified: Verified
) -> None:
    north = manager.provider
    one, two = get_customer(north, "C1"), get_customer(north, "C2")
    give(manager, date(2026, 1, 2), 300)
    with on_day(date(2026, 1, 10)):
        movements.owe(one, 1000)
        movements.use(newest_credit(north), 300)
    with on_day(date(2026, 2, 3)):
        payment = pay(manager, one, 700)
        doubtful, wrong = movements.owe(two, 250), movements.owe(two, 80)
    with on_day(date(2026, 3, 4)):
        reverse(manager, payment)
        write_off_invoice(membership=manager, invoice=doubtful, reason="Moved away")
        void_invoice(membership=manager, invoice=wrong, reason="Wrong customer")
    assert figures_by_month(roll(manager, Days(JANUARY, date(2026, 3, 31)))) == {
        "2026-01": {"issued": 1000, "used": -300, "closing": 700},
        "2026-02": {"opening": 700, "issued": 330, "paid": -700, "closing": 330},
        "2026-03": {"opening": 330, "unpaid": 700, "written_off": -250, "voided": -80, "closing": 700},
    }
    assert figures(roll(manager, days_of_month(MARCH)).total)["opening"] == 330
    assert_verified()


def test_funds_that_come_back_are_owed_again(manager: Membership, assert_verified: Verified) -> None:
    north = manager.provider
    give(manager, date(2026, 1, 2), 300)
    with on_day(date(2026, 1, 10)):
        invoice = movements.owe(get_customer(north, "C1"), 1000)
        movements.use(newest_credit(north), 300)
    with on_day(date(2026, 2, 1)):
        void_invoice(membership=manager, invoice=invoice, reason="Wrong customer")
    assert figures_by_month(roll(manager, days_of_month(FEBRUARY))) == {
        "2026-02": {"opening": 700, "returned": 300, "voided": -1000}
    }
    assert_verified()


def test_what_is_owed_is_told_by_how_long_it_is_overdue(manager: Membership) -> None:
    north, today = manager.provider, date(2026, 6, 30)
    customer = get_customer(north, "C1")
    for days, amount in ((-5, 1), (0, 10), (1, 100), (30, 1_000), (31, 10_000), (61, 100_000), (91, 1_000_000)):
        with on_day(date(2026, 3, 1)):
            movements.owe(customer, amount, due_on=today - timedelta(days=days))
    with on_day(today):
        report = get_aged_receivables(north, today)
    assert [amount for _, amount in report.bands] == [11, 1_100, 10_000, 100_000, 1_000_000]
    assert (report.customers, report.invoices, report.tie.difference_minor) == (1, 7, 0)
    [largest] = report.largest
    assert (largest.number, largest.total_minor) == ("C1", report.total_minor)


def test_an_earlier_day_says_what_was_owed_then(manager: Membership) -> None:
    north = manager.provider
    one, two = get_customer(north, "C1"), get_customer(north, "C2")
    with on_day(date(2026, 1, 10)):
        movements.owe(one, 1000)
    with on_day(date(2026, 2, 20)):
        pay(manager, one, 400)
        movements.owe(two, 90)
    with on_day(date(2026, 3, 10)):
        january, february, present = (
            get_aged_receivables(north, day) for day in (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 10))
        )
        assert [each.number for each in list_aged_customers(north, date(2026, 2, 28))] == ["C1", "C2"]
    # Due on January 24.
    assert [amount for _, amount in january.bands] == [0, 1000, 0, 0, 0]
    assert [amount for _, amount in february.bands] == [90, 0, 600, 0, 0]
    assert [amount for _, amount in present.bands] == [0, 90, 600, 0, 0]
    assert all(each.tie.holds for each in (january, february, present))


def test_nobody_owes_anything(manager: Membership) -> None:
    report = get_aged_receivables(manager.provider, date(2026, 1, 31))
    assert (report.total_minor, report.customers, report.largest, report.tie.holds) == (0, 0, [], True)
