"""Closing a month: one after the other, when it is over, when nothing of it is left to do, and when the books agree."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from makegood.accounting.funds_roll_forward import get_funds_roll_forward
from makegood.accounting.months import Month, find_next_month, list_months
from makegood.accounting.rules import days_of_month
from makegood.accounting.services.close_month import close_month
from makegood.audit.models import AuditEntry
from makegood.kit.refusal import Refused
from makegood.kit.sql import run_sql
from makegood.ledger import closing
from makegood.ledger.closing import Pending
from makegood.ledger.models import JournalEntry, PeriodClose
from makegood.providers.models import Membership, Provider, Role
from makegood.runs.services.start_run import stop_run
from tests.support import records
from tests.support.answers import Verified
from tests.support.billing import on_day
from tests.support.books import FEBRUARY, JANUARY, MARCH, figures, give, newest_credit, open_books, reach
from tests.support.ownership import as_owner

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


@pytest.fixture
def manager() -> Membership:
    """A manager of a provider that gave a credit in January and whose days have come to March 1."""
    manager = open_books()
    give(manager, date(2026, 1, 31), 1000)
    reach(manager.provider, MARCH)
    return manager


def close(manager: Membership, month: date, **how: bool) -> PeriodClose:
    with on_day(MARCH):
        return close_month(membership=manager, month=month, **how)


def refusal_of(manager: Membership, month: date) -> str:
    with pytest.raises(Refused) as refused:
        close(manager, month)
    assert not PeriodClose.objects.filter(month=month).exists() or refused.value.code == "month_closed"
    return refused.value.code


def test_months_are_closed_one_after_the_other_and_once(manager: Membership, assert_verified: Verified) -> None:
    assert refusal_of(manager, FEBRUARY) == "month_not_next"
    assert refusal_of(manager, date(2025, 12, 1)) == "month_not_next"
    close(manager, date(2026, 1, 17))
    assert refusal_of(manager, JANUARY) == "month_closed"
    close(manager, FEBRUARY)
    assert refusal_of(manager, MARCH) == "month_not_over"
    assert [(each.text, each.state) for each in _months(manager)] == [
        ("2026-03", "running"), ("2026-02", "closed"), ("2026-01", "closed"),
    ]  # fmt: skip
    assert_verified()


def _months(manager: Membership) -> list[Month]:
    with on_day(MARCH):
        return list_months(manager.provider)


def test_the_first_month_is_the_first_with_a_booking(manager: Membership) -> None:
    assert find_next_month(manager.provider) == JANUARY
    assert [(each.text, each.state) for each in _months(manager)] == [
        ("2026-03", "running"), ("2026-02", "open"), ("2026-01", "next"),
    ]  # fmt: skip


@pytest.mark.parametrize("day", [None, date(2026, 1, 30), date(2026, 1, 31)])
def test_a_month_is_not_over_before_a_later_day_has_begun(manager: Membership, day: date | None) -> None:
    provider = manager.provider
    Provider.objects.update(day_reached=day)
    assert refusal_of(manager, JANUARY) == "month_not_over"
    reach(provider, FEBRUARY)
    close(manager, JANUARY)


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.MANAGER])
def test_a_manager_closes_and_nobody_else(manager: Membership, role: str) -> None:
    somebody = records.add_person(manager.provider, role)
    assert refusal_of(somebody, JANUARY) == "not_allowed"


def test_who_closed_it_and_what_it_said_is_on_record(manager: Membership) -> None:
    closed = close(manager, JANUARY)
    assert (closed.closed_by, closed.month) == (manager.staff, JANUARY)
    entry = AuditEntry.objects.get(action="month.closed")
    assert (entry.staff_id, entry.subject_id) == (manager.staff_id, closed.pk)
    assert entry.detail == {"month": "2026-01", "funds_minor": 1000, "receivable_minor": 0, "left_waiting": []}


def test_nothing_is_dated_into_a_closed_month(manager: Membership) -> None:
    close(manager, JANUARY)
    entry = JournalEntry.objects.earliest("pk")
    entry.pk = None
    with pytest.raises(DatabaseError, match="closed for 2026-01-31"), transaction.atomic():
        entry.save(force_insert=True)


def test_a_correction_of_a_closed_month_is_booked_today_and_leaves_it_as_it_was(
    manager: Membership, assert_verified: Verified
) -> None:
    close(manager, JANUARY)
    before = figures(get_funds_roll_forward(manager.provider, days_of_month(JANUARY)).total)
    with on_day(MARCH):
        records.void(manager, newest_credit(manager.provider))
    assert figures(get_funds_roll_forward(manager.provider, days_of_month(JANUARY)).total) == before
    assert figures(get_funds_roll_forward(manager.provider, days_of_month(MARCH)).total) == {
        "opening": 1000, "taken_back": -1000,
    }  # fmt: skip
    close(manager, FEBRUARY)
    assert_verified()


def test_work_that_has_to_be_finished_stands_against_it(manager: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "_finders", [lambda provider, month: [Pending("The last day is not done.")]])
    with pytest.raises(Refused, match=r"Work of 2026-01 is not done. The last day is not done.$"):
        close(manager, JANUARY, leave_waiting=True)
    assert PeriodClose.objects.count() == 0


def test_a_stopped_run_of_the_month_waits_until_somebody_says_that_it_may(manager: Membership) -> None:
    with on_day(date(2026, 1, 15)):
        run = records.start(records.draft_credit(manager, amount_minor=50), manager)
    with on_day(MARCH):
        assert refusal_of(manager, JANUARY) == "month_pending"
        stop_run(run=run, membership=manager)
    assert refusal_of(manager, JANUARY) == "month_pending"
    close(manager, JANUARY, leave_waiting=True)
    assert AuditEntry.objects.get(action="month.closed").detail["left_waiting"] == [run.pk]


def test_a_run_of_a_later_month_stands_against_nothing(manager: Membership) -> None:
    with on_day(date(2026, 2, 1)):
        records.start(records.draft_credit(manager, amount_minor=50), manager)
    close(manager, JANUARY)
    assert refusal_of(manager, FEBRUARY) == "month_pending"


def test_a_draft_stands_against_nothing(manager: Membership) -> None:
    with on_day(date(2026, 1, 20)):
        records.draft_credit(manager, amount_minor=50)
    close(manager, JANUARY)


def test_books_that_differ_are_not_closed(manager: Membership) -> None:
    with as_owner():
        run_sql("SET LOCAL session_replication_role = replica")
        run_sql("UPDATE credit_entry SET amount_minor = amount_minor + 1")
        run_sql("SET LOCAL session_replication_role = origin")
    assert refusal_of(manager, JANUARY) == "books_differ"


def test_another_providers_months_are_its_own(manager: Membership) -> None:
    south = open_books("south")
    give(south, date(2026, 1, 5), 100)
    close(manager, JANUARY)
    assert find_next_month(south.provider) == JANUARY
