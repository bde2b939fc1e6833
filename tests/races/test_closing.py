"""Closing a month while money is booked, and booking while a month is closed."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial

import pytest

from makegood.accounting.services.close_month import close_month
from makegood.audit.services import record
from makegood.credits.credit_run_kind import CreditRunKind
from makegood.kit.refusal import Refused
from makegood.ledger.models import JournalEntry, PeriodClose
from makegood.providers.models import Membership
from makegood.runs.carry_out import carry_out
from makegood.runs.models import Run
from makegood.runs.rules import State
from tests.support import records
from tests.support.books import FEBRUARY, JANUARY, reach
from tests.support.moved_clock import moved_clock
from tests.support.together import Gate, at_once, held, in_background

LAST_EVENING = datetime(2026, 2, 1, 7, 59, 30, tzinfo=UTC)
"""Half a minute before midnight in Los Angeles."""
NEXT_MORNING = datetime(2026, 2, 1, 8, 0, 10, tzinfo=UTC)


@pytest.fixture
def run(manager: Membership) -> Run:
    """A run over a thousand customers, queued in January after another had booked; by now it is February."""
    with moved_clock(LAST_EVENING):
        customers = records.add_customers(manager.provider, 1000)
        records.credit(manager, customers=customers[:1])
        run = records.start(records.draft_credit(manager), manager)
    reach(manager.provider, FEBRUARY)
    return run


def close(manager: Membership) -> PeriodClose:
    return close_month(membership=manager, month=JANUARY)


def days_of(run: Run) -> set[date]:
    """The days that the run booked on."""
    entries = JournalEntry.objects.filter(cause_type="run", cause_id=run.pk)
    return set(entries.values_list("booked_on", flat=True))


def test_a_closing_waits_for_the_chunk_in_hand_and_finds_the_run_under_way(
    run: Run, manager: Membership, monkeypatch: pytest.MonkeyPatch, assert_verified: Callable[[], None]
) -> None:
    gate = Gate()
    monkeypatch.setattr(CreditRunKind, "book", gate.after(CreditRunKind.book))
    with in_background(partial(carry_out, run.pk)) as working, held(gate):
        with in_background(partial(at_once, partial(close, manager))) as closed:
            with pytest.raises(TimeoutError):
                closed.result(0.3)
            gate.open()
            [refusal] = closed.result(60)
        working.result(60)
    assert isinstance(refusal, Refused)
    assert refusal.code == "month_pending"
    finished = records.reload(run)
    assert (finished.state, finished.rows_done) == (State.FINISHED, 1000)
    assert close(manager).month == JANUARY
    assert_verified()


def test_a_run_waits_for_the_closing_and_books_in_the_new_month(
    run: Run, manager: Membership, monkeypatch: pytest.MonkeyPatch, assert_verified: Callable[[], None]
) -> None:
    gate = Gate()
    # As if it had been started in February: nothing of January is pending.
    Run.objects.filter(pk=run.pk).update(queued_at=NEXT_MORNING)
    monkeypatch.setattr("makegood.accounting.services.close_month.record", gate.before(record))
    # The clock has gone back to January; the provider's day has not.
    with moved_clock(LAST_EVENING), in_background(partial(close, manager)) as closed, held(gate):
        with in_background(partial(carry_out, run.pk)) as working:
            with pytest.raises(TimeoutError):
                working.result(0.3)
            assert days_of(run) == set()
            gate.open()
            working.result(60)
        assert closed.result(60).month == JANUARY
    assert (records.reload(run).rows_done, days_of(run)) == (1000, {FEBRUARY})
    assert_verified()


def test_of_two_closings_at_the_same_moment_one_closes(run: Run, manager: Membership) -> None:
    records.finish(run)
    answers = at_once(*[partial(close, manager)] * 4)
    refused = [answer.code for answer in answers if isinstance(answer, Refused)]
    assert refused == ["month_closed"] * 3
    assert PeriodClose.objects.count() == 1
