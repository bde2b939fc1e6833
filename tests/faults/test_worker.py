"""The worker ends, loses its job or its connections, and the run gets on all the same."""

import signal
from collections.abc import Callable

import psycopg
import pytest
from django.db import close_old_connections
from pytest_django import Settings

from makegood.providers.models import Membership
from makegood.runs.carry_out import carry_out
from makegood.runs.models import Run
from makegood.runs.rules import State
from makegood.runs.tasks import wake_runs_without_worker
from tests.faults.worker_process import await_progress, await_rest, slow_down, worker
from tests.support import records

COUNT = 6000
END_ALL_CONNECTIONS = """
SELECT pg_terminate_backend(pid, 1000)
FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
JOBS = "SELECT id FROM procrastinate_jobs WHERE task_name = 'runs.carry_out'"


@pytest.fixture
def run(manager: Membership, owner: psycopg.Connection, settings: Settings) -> Run:
    """A queued run of thirty chunks that takes a worker some seconds."""
    settings.MAKEGOOD_CHUNK_ROWS = COUNT
    records.add_customers(manager.provider, COUNT)
    slow_down(owner, 0.1)
    return records.start(records.draft_credit(manager), manager)


def assert_each_once(run: Run) -> None:
    run = records.reload(run)
    assert (run.state, run.rows_done, run.rows_failed) == (State.FINISHED, COUNT, 0)
    assert set(records.funds_of_all(run.provider).values()) == {1000}


def test_told_to_end_it_lets_go_between_chunks_and_another_goes_on(
    run: Run, committed_db: dict[str, str], owner: psycopg.Connection, assert_verified: Callable[[], None]
) -> None:
    with worker(committed_db) as first:
        await_progress(run)
        first.send_signal(signal.SIGTERM)
        assert first.wait(20) == 0
    left = records.reload(run)
    assert (left.state, left.lease_token) == (State.RUNNING, None)
    assert 0 < left.rows_done < COUNT
    assert len(owner.execute(JOBS + " AND status = 'todo'").fetchall()) == 1, "the next worker need not wait"
    assert_verified()
    with worker(committed_db):
        await_progress(run)
        await_rest(run)
    assert_each_once(run)
    assert_verified()


def test_a_run_whose_job_has_vanished_is_woken(
    run: Run, owner: psycopg.Connection, assert_verified: Callable[[], None]
) -> None:
    owner.execute("DELETE FROM procrastinate_jobs")
    wake_runs_without_worker(timestamp=0)
    assert len(owner.execute(JOBS).fetchall()) == 1
    assert carry_out(run.pk)
    wake_runs_without_worker(timestamp=60)
    assert len(owner.execute(JOBS).fetchall()) == 1, "nobody wakes a run that rests"
    assert_each_once(run)
    assert_verified()


def test_the_worker_wakes_runs_without_a_job_by_itself(
    run: Run, committed_db: dict[str, str], owner: psycopg.Connection, assert_verified: Callable[[], None]
) -> None:
    owner.execute("DELETE FROM procrastinate_jobs")
    with worker(committed_db):
        await_rest(run, seconds=100)
    assert_each_once(run)
    assert_verified()


def test_the_worker_goes_on_after_all_its_connections_were_ended(
    run: Run,
    manager: Membership,
    committed_db: dict[str, str],
    owner: psycopg.Connection,
    assert_verified: Callable[[], None],
) -> None:
    owner.execute("DROP TRIGGER slow ON credit_entry")
    with worker(committed_db) as process:
        await_rest(run)
        owner.execute(END_ALL_CONNECTIONS)
        close_old_connections()
        for _ in range(3):
            again = records.start(records.draft_credit(manager, amount_minor=1), manager)
            await_rest(again, seconds=20)
        assert process.poll() is None
    assert set(records.funds_of_all(manager.provider).values()) == {1003}
    assert_verified()
