"""Who works a run: whatever happens to the lease, each customer is credited once."""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import uuid4

import psycopg
import pytest
from pytest_django import Settings

from makegood.credits.credit_run_kind import CreditRunKind
from makegood.credits.models import Credit
from makegood.kit.clock import frozen_clock, now
from makegood.providers.models import Membership
from makegood.runs.carry_out import carry_out
from makegood.runs.kinds import Booked, Chunk
from makegood.runs.lease import Lease, LeaseLost
from makegood.runs.models import Run
from makegood.runs.rules import State
from tests.support import records
from tests.support.processes import await_that
from tests.support.together import Gate, at_once, held, in_background


@pytest.fixture
def run(manager: Membership) -> Run:
    """A queued run over a thousand customers."""
    records.add_customers(manager.provider, 1000)
    return records.start(records.draft_credit(manager), manager)


def work_later(run: Run, by: timedelta = timedelta(hours=1)) -> bool:
    """Works the run as somebody for whom every lease of now is over."""
    with frozen_clock(now() + by):
        return carry_out(run.pk)


def assert_each_once(run: Run) -> None:
    run = records.reload(run)
    assert (run.state, run.rows_done, run.rows_failed) == (State.FINISHED, 1000, 0)
    assert set(records.funds_of_all(run.provider).values()) == {1000}
    assert Credit.objects.count() == 1000


def test_many_workers_on_one_run(run: Run, assert_verified: Callable[[], None]) -> None:
    took = at_once(*[partial(carry_out, run.pk)] * 6)
    assert sorted(map(bool, took)) == [False] * 5 + [True]
    assert_each_once(run)
    assert_verified()


def test_taken_over_between_two_chunks(run: Run, assert_verified: Callable[[], None]) -> None:
    took: list[bool] = []

    def be_slow() -> None:
        if not took:
            with in_background(partial(work_later, run)) as other:
                took.append(other.result(60))

    assert carry_out(run.pk, after_step=be_slow)
    assert took == [True]
    assert_each_once(run)
    assert_verified()


def test_taken_over_and_both_go_on(run: Run, assert_verified: Callable[[], None]) -> None:
    """The slow one wakes up while the other is in the middle of the run: it must find out before it books."""
    steps: list[int] = []

    def take_over_now_and_then() -> None:
        steps.append(1)
        if len(steps) in (3, 6, 9):
            Run.objects.filter(pk=run.pk).update(lease_token=uuid4())

    for _ in range(3):
        with frozen_clock(now() + timedelta(hours=len(steps))):
            assert carry_out(run.pk, after_step=take_over_now_and_then)
        assert records.reload(run).rows_done == 50 * len(steps)
    assert work_later(run, timedelta(days=1))
    assert_each_once(run)
    assert_verified()


def test_nobody_takes_over_inside_a_chunk(
    run: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch, assert_verified: Callable[[], None]
) -> None:
    """The chunk holds the run, and renews the lease with its own commit."""
    settings.MAKEGOOD_LEASE_SECONDS = 1
    gate = Gate()
    monkeypatch.setattr(CreditRunKind, "book", gate.before(CreditRunKind.book))
    with in_background(partial(carry_out, run.pk)) as slow, held(gate):
        time.sleep(1.2)
        with in_background(partial(carry_out, run.pk)) as other:
            with pytest.raises(TimeoutError):
                other.result(0.5)
            gate.open()
            assert other.result(60) is False
        assert slow.result(60) is True
    assert_each_once(run)
    assert_verified()


def test_what_a_lost_lease_was_doing_is_taken_back(
    run: Run, monkeypatch: pytest.MonkeyPatch, assert_verified: Callable[[], None]
) -> None:
    """Should the lease be found lost only after booking, the whole chunk is rolled back with it."""
    book = CreditRunKind.book
    chunks: list[int] = []

    def lose_it_after(kind: CreditRunKind, run: Run, chunk: Chunk) -> Booked:
        booked = book(kind, run, chunk)
        chunks.append(1)
        if len(chunks) == 3:
            raise LeaseLost
        return booked

    monkeypatch.setattr(CreditRunKind, "book", lose_it_after)
    assert carry_out(run.pk)
    assert records.reload(run).rows_done == Credit.objects.count() == 100
    assert_verified()
    assert carry_out(run.pk) is False
    assert work_later(run)
    assert_each_once(run)
    assert_verified()


def test_taken_over_while_waiting_for_a_locked_customer(
    run: Run, somebody: psycopg.Connection, assert_verified: Callable[[], None]
) -> None:
    somebody.execute("SELECT FROM customer_balance ORDER BY customer_id LIMIT 7 FOR UPDATE")
    with in_background(partial(carry_out, run.pk)) as first:
        await_that(lambda: records.reload(run).rows_done == 993, "everybody else is credited")
        with in_background(partial(work_later, run)) as second:
            first.result(60)
            assert records.reload(run).state == State.RUNNING
            somebody.rollback()
            assert second.result(60)
    assert_each_once(run)
    assert_verified()


def test_workers_that_take_over_from_each_other_all_the_time(
    run: Run, settings: Settings, assert_verified: Callable[[], None]
) -> None:
    settings.MAKEGOOD_CHUNK_ROWS = 10

    def work_and_steal(number: int) -> int:
        turns = 0
        while records.reload(run).state != State.FINISHED:
            turns += 1
            work_later(run, timedelta(hours=turns * 10 + number))
        return turns

    at_once(*[partial(work_and_steal, number) for number in range(3)])
    assert_each_once(run)
    assert_verified()


def test_without_the_lease_only_the_database_keeps_two_workers_apart(
    run: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Shows that these tests would notice, and what holds when everything above the database has failed."""
    gate = Gate()
    monkeypatch.setattr(Lease, "lock_run", lambda lease: records.reload(run))
    monkeypatch.setattr(CreditRunKind, "book", gate.before(CreditRunKind.book))
    with in_background(partial(carry_out, run.pk)), held(gate), in_background(partial(work_later, run)) as other:
        other.result(60)
    assert "credit_run_row_id_key" in caplog.text, "the collision did not happen"
    assert Credit.objects.count() == Credit.objects.values("run_row").distinct().count() == 1000
