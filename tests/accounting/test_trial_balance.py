"""The trial balance, and the journal as a file: the same money both ways."""

from collections import Counter
from datetime import date

import pytest

from makegood.accounting.journal import get_journal_entry, iterate_lines, list_journal, list_lines_of
from makegood.accounting.rules import Days, days_of_month
from makegood.accounting.trial_balance import TrialBalance, get_trial_balance
from makegood.customers.selectors import get_customer
from makegood.kit.refusal import Refused
from makegood.ledger.models import JournalEntry
from makegood.providers.models import Membership
from tests.support import movements
from tests.support.answers import Verified
from tests.support.billing import on_day
from tests.support.books import FEBRUARY, JANUARY, give, newest_credit, open_books
from tests.support.paying import pay

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


@pytest.fixture
def manager() -> Membership:
    """A manager, after two months in which money moved."""
    manager = open_books()
    north = manager.provider
    give(manager, date(2026, 1, 31), 300)
    with on_day(date(2026, 1, 31)):
        movements.owe(get_customer(north, "C1"), 1000)
    with on_day(date(2026, 2, 1)):
        movements.use(newest_credit(north), 300)
        pay(manager, get_customer(north, "C1"), 700)
    return manager


def rows_of(trial: TrialBalance) -> dict[str, tuple[int, int, int, int]]:
    return {row.code: (row.opening_minor, row.debit_minor, row.credit_minor, row.closing_minor) for row in trial.rows}


def test_debits_are_credits_and_closing_is_the_next_opening(manager: Membership, assert_verified: Verified) -> None:
    january = get_trial_balance(manager.provider, days_of_month(JANUARY))
    february = get_trial_balance(manager.provider, days_of_month(FEBRUARY))
    assert rows_of(january) == {
        "1200": (0, 1000, 0, 1000),
        "2100": (0, 0, 300, -300),
        "4000": (0, 0, 1000, -1000),
        "4900": (0, 300, 0, 300),
    }
    assert rows_of(february) == {
        "1000": (0, 700, 0, 700),
        "1200": (1000, 0, 1000, 0),
        "2100": (-300, 300, 0, 0),
        "4000": (-1000, 0, 0, -1000),
        "4900": (300, 0, 0, 300),
    }
    for trial in (january, february):
        assert trial.holds
        assert (trial.total.opening_minor, trial.total.closing_minor) == (0, 0)
    assert_verified()


def test_another_providers_books_are_not_in_it(manager: Membership) -> None:
    south = open_books("south")
    assert get_trial_balance(south.provider, days_of_month(JANUARY)).rows == []
    assert list(iterate_lines(list_journal(south.provider))) == []


def test_the_lines_of_a_month_add_up_to_its_trial_balance(manager: Membership) -> None:
    for month in (JANUARY, FEBRUARY):
        debits, credits = Counter[str](), Counter[str]()
        lines = list(iterate_lines(list_journal(manager.provider, days_of_month(month))))
        for line in lines:
            debits[line.gl_code] += line.debit_minor
            credits[line.gl_code] += line.credit_minor
        trial = get_trial_balance(manager.provider, days_of_month(month))
        assert {
            row.code: (row.debit_minor, row.credit_minor) for row in trial.rows if row.debit_minor + row.credit_minor
        } == {code: (debits[code], credits[code]) for code in {line.gl_code for line in lines}}
        assert [(line.booked_on, line.entry) for line in lines] == sorted(
            (line.booked_on, line.entry) for line in lines
        )


def test_a_line_of_the_file_says_when_what_why_and_how_much(manager: Membership) -> None:
    first, *_ = iterate_lines(list_journal(manager.provider))
    assert first.event == "credit_issued"
    assert first.texts(2) == [
        str(first.entry), "2026-01-31", "", "credit_issued", first.cause, "4900", "Goodwill credits", "3.00", "",
    ]  # fmt: skip
    assert first.texts(0)[-2:] == ["300", ""]
    assert first.texts(3)[-2:] == ["0.300", ""]


def test_an_entry_is_found_with_its_lines_by_its_own_provider_alone(manager: Membership) -> None:
    newest = JournalEntry.objects.latest("pk")
    entry = get_journal_entry(manager.provider, newest.pk)
    assert sum(line.debit_minor - line.credit_minor for line in list_lines_of(entry)) == 0
    with pytest.raises(Refused, match="no journal entry"):
        get_journal_entry(open_books("south").provider, newest.pk)


def test_a_range_of_days_is_cut_to_the_day(manager: Membership) -> None:
    trial = get_trial_balance(manager.provider, Days(date(2026, 2, 1), date(2026, 2, 1)))
    assert rows_of(trial)["2100"] == (-300, 300, 0, 0)
    before = get_trial_balance(manager.provider, Days(date(2026, 1, 1), date(2026, 1, 30)))
    assert before.rows == []
