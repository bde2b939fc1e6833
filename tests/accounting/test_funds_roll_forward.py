"""The roll-forward of Available Funds: exact figures over months in which credits were given, changed and ended."""

from datetime import date

import pytest

from makegood.accounting.funds_roll_forward import FundsRollForward, get_funds_roll_forward
from makegood.accounting.rules import Days, days_of_month
from makegood.ledger.selectors import get_gl_code
from makegood.providers.models import Membership
from tests.support import movements, records
from tests.support.answers import Verified
from tests.support.billing import on_day
from tests.support.books import (
    FEBRUARY,
    JANUARY,
    MARCH,
    figures,
    figures_by_code,
    figures_by_month,
    give,
    newest_credit,
    open_books,
)

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

QUARTER = Days(JANUARY, date(2026, 3, 31))


@pytest.fixture
def manager() -> Membership:
    return open_books()


def roll(manager: Membership, month: date) -> FundsRollForward:
    report = get_funds_roll_forward(manager.provider, days_of_month(month))
    assert report.holds
    return report


def test_nothing_is_booked_yet(manager: Membership) -> None:
    report = roll(manager, JANUARY)
    assert (report.rows, figures(report.total), report.movements) == ([], {}, [])


def test_credits_are_given_used_expired_and_taken_back_over_three_months(
    manager: Membership, assert_verified: Verified
) -> None:
    north = manager.provider
    run = give(manager, date(2026, 1, 10), 1000, "C1", "C2")
    give(manager, date(2026, 1, 20), 500, gl_code="4910")
    with on_day(date(2026, 2, 5)):
        credit = newest_credit(north, "C2")
        movements.owe(credit.customer, 400)
        movements.use(credit, 400)
    with on_day(date(2026, 2, 28)):
        movements.expire(newest_credit(north))
    with on_day(date(2026, 3, 1)):
        records.take_back(manager, run)
    assert figures_by_code(roll(manager, JANUARY)) == {
        "4900": {"issued": 2000, "closing": 2000},
        "4910": {"issued": 500, "closing": 500},
    }
    assert figures_by_code(roll(manager, FEBRUARY)) == {
        "4900": {"opening": 2000, "used": -400, "closing": 1600},
        "4910": {"opening": 500, "expired": -500},
    }
    assert figures_by_code(roll(manager, MARCH)) == {"4900": {"opening": 1600, "taken_back": -1600}}
    quarter = get_funds_roll_forward(north, QUARTER)
    assert figures(quarter.total) == {"issued": 2500, "used": -400, "expired": -500, "taken_back": -1600}
    assert figures_by_month(quarter) == {
        "2026-01": {"issued": 2500, "closing": 2500},
        "2026-02": {"opening": 2500, "used": -400, "expired": -500, "closing": 1600},
        "2026-03": {"opening": 1600, "taken_back": -1600},
    }
    assert quarter.holds
    assert_verified()


def test_a_new_gl_code_moves_what_remains_and_leaves_the_months_before_as_they_were(
    manager: Membership, assert_verified: Verified
) -> None:
    north = manager.provider
    give(manager, date(2026, 1, 10), 1000)
    with on_day(date(2026, 2, 5)):
        credit = newest_credit(north)
        movements.owe(credit.customer, 300)
        movements.use(credit, 300)
        records.edit(manager, credit, gl_code=get_gl_code(north, "4910"), amount_minor=1200)
    with on_day(date(2026, 3, 2)):
        records.edit(manager, newest_credit(north), gl_code=get_gl_code(north, "4920"))
        records.void(manager, newest_credit(north))
    assert figures_by_code(roll(manager, JANUARY)) == {"4900": {"issued": 1000, "closing": 1000}}
    assert figures_by_code(roll(manager, FEBRUARY)) == {
        "4900": {"opening": 1000, "used": -300, "moved": -700},
        "4910": {"moved": 700, "adjusted": 200, "closing": 900},
    }
    assert figures_by_code(roll(manager, MARCH)) == {
        "4910": {"opening": 900, "moved": -900},
        "4920": {"moved": 900, "taken_back": -900},
    }
    assert figures(roll(manager, FEBRUARY).total) == {
        "opening": 1000, "used": -300, "adjusted": 200, "closing": 900,
    }  # fmt: skip
    assert_verified()


def test_a_new_gl_code_of_a_credit_of_which_nothing_is_left_moves_nothing(
    manager: Membership, assert_verified: Verified
) -> None:
    north = manager.provider
    give(manager, date(2026, 1, 10), 1000)
    with on_day(date(2026, 1, 11)):
        records.void(manager, newest_credit(north))
    with on_day(date(2026, 2, 1)):
        records.edit(manager, newest_credit(north), gl_code=get_gl_code(north, "4910"))
        records.edit(manager, newest_credit(north), amount_minor=1500)
    assert figures_by_code(roll(manager, JANUARY)) == {"4900": {"issued": 1000, "taken_back": -1000}}
    assert figures_by_code(roll(manager, FEBRUARY)) == {"4910": {"adjusted": 500, "closing": 500}}
    assert_verified()


def test_part_of_a_month_opens_with_what_came_before_it(manager: Membership) -> None:
    give(manager, date(2026, 1, 10), 1000)
    give(manager, date(2026, 1, 20), 500)
    part = get_funds_roll_forward(manager.provider, Days(date(2026, 1, 15), date(2026, 2, 10)))
    assert figures_by_month(part) == {
        "2026-01-15 to 2026-01-31": {"opening": 1000, "issued": 500, "closing": 1500},
        "2026-02-01 to 2026-02-10": {"opening": 1500, "closing": 1500},
    }
    assert part.holds


def test_another_providers_funds_are_not_in_it(manager: Membership) -> None:
    south = open_books("south")
    give(south, date(2026, 1, 10), 700)
    give(manager, date(2026, 1, 10), 1000)
    assert figures(roll(manager, JANUARY).total) == {"issued": 1000, "closing": 1000}


@pytest.mark.parametrize("currency", ["JPY", "KWD"])
def test_currencies_of_none_and_of_three_decimals_are_minor_units_all_the_same(currency: str) -> None:
    manager = open_books("abroad", currency)
    give(manager, date(2026, 1, 10), 1234)
    assert figures(roll(manager, JANUARY).total) == {"issued": 1234, "closing": 1234}
