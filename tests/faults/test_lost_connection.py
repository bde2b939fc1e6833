"""The connection to the database breaks, in every place where that hurts."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, close_old_connections

from makegood.credits.models import Credit
from makegood.kit.clock import frozen_clock, now
from makegood.providers.models import Membership
from makegood.runs.carry_out import carry_out
from makegood.runs.models import Run
from makegood.runs.rules import State
from tests.faults.proxy import Proxy
from tests.faults.worker_process import slow_down
from tests.support import records
from tests.support.databases import use_database
from tests.support.processes import await_that
from tests.support.together import in_background

COUNT = 500
CHUNKS = 10

END_OWN_CONNECTION = """
CREATE SEQUENCE hits;
CREATE FUNCTION end_own_connection() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF nextval('hits') IN (2, 5, 6, 10) THEN
        PERFORM pg_terminate_backend(pg_backend_pid());
    END IF;
    RETURN NULL;
END
$$;
"""
IN_A_STATEMENT = "CREATE TRIGGER cut AFTER INSERT ON {} FOR EACH STATEMENT EXECUTE FUNCTION end_own_connection()"
AT_COMMIT = """
CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON {} DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION end_own_connection()
"""

END_WHO_IS_SLOW = """
SELECT pg_terminate_backend(pid, 1000)
FROM (SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep') AS slow
"""


@pytest.fixture
def run(manager: Membership) -> Run:
    """A queued run in ten chunks."""
    records.add_customers(manager.provider, COUNT)
    return records.start(records.draft_credit(manager), manager)


@pytest.fixture
def proxy(run: Run, committed_db: dict[str, str]) -> Iterator[Proxy]:
    """This process talks to the database through it."""
    with Proxy(committed_db["DATABASE_URL"]) as proxy:
        use_database(proxy.url)
        yield proxy
        use_database(committed_db["DATABASE_URL"])


def assert_each_once(run: Run) -> None:
    run = records.reload(run)
    assert (run.state, run.rows_done, run.rows_failed) == (State.FINISHED, COUNT, 0)
    assert set(records.funds_of_all(run.provider).values()) == {1000}
    assert Credit.objects.count() == COUNT


@pytest.mark.parametrize("table", ["credit", "credit_entry", "journal_entry", "journal_line"])
def test_ended_in_the_middle_of_a_chunk(
    run: Run, owner: psycopg.Connection, table: str, assert_verified: Callable[[], None]
) -> None:
    owner.execute(END_OWN_CONNECTION)
    owner.execute(IN_A_STATEMENT.format(table).encode())
    assert carry_out(run.pk)
    assert owner.execute("SELECT last_value FROM hits").fetchone() == (CHUNKS + 4,)
    assert_each_once(run)
    assert_verified()


def test_ended_while_committing(run: Run, owner: psycopg.Connection, assert_verified: Callable[[], None]) -> None:
    owner.execute(END_OWN_CONNECTION)
    owner.execute(AT_COMMIT.format("journal_entry").encode())
    assert carry_out(run.pk)
    assert owner.execute("SELECT last_value FROM hits").fetchone() == (CHUNKS + 4,)
    assert_each_once(run)
    assert_verified()


def test_ended_by_an_administrator_again_and_again(
    run: Run, owner: psycopg.Connection, assert_verified: Callable[[], None]
) -> None:
    slow_down(owner, 0.05)
    ended = 0
    with in_background(partial(carry_out, run.pk)) as working:
        while ended < 3 and not working.done():
            ended += len(owner.execute(END_WHO_IS_SLOW).fetchall())
        assert working.result(60)
    assert ended == 3
    assert_each_once(run)
    assert_verified()


@pytest.mark.parametrize("commit", [0, 4, CHUNKS - 1])
@pytest.mark.parametrize("delivered", [True, False], ids=["committed and not answered", "never arrived"])
def test_the_wire_is_cut_at_the_commit_of_a_chunk(
    run: Run, proxy: Proxy, commit: int, delivered: bool, assert_verified: Callable[[], None]
) -> None:
    proxy.cut("COMMIT", after=commit, delivered=delivered)
    assert carry_out(run.pk)
    assert proxy.cuts == 1
    assert_each_once(run)
    assert_verified()


def test_the_wire_is_cut_in_the_second_pass(
    run: Run, proxy: Proxy, owner: psycopg.Connection, assert_verified: Callable[[], None]
) -> None:
    owner.execute("BEGIN; SELECT FROM customer_balance ORDER BY customer_id LIMIT 70 FOR UPDATE")
    with in_background(partial(carry_out, run.pk)) as working:
        await_that(lambda: records.reload(run).rows_done == COUNT - 70, "everybody else is credited")
        proxy.cut("COMMIT")
        await_that(lambda: proxy.cuts == 1, "the wire is cut while the run waits")
        proxy.cut("COMMIT")
        owner.execute("ROLLBACK")
        assert working.result(60)
    assert proxy.cuts == 2
    assert_each_once(run)
    assert_verified()


def test_the_wire_is_cut_when_the_run_is_taken(run: Run, proxy: Proxy, assert_verified: Callable[[], None]) -> None:
    """Nobody knows that the run is taken: it rests until the lease is over, then somebody else takes it."""
    proxy.cut('"lease_token" =')
    with pytest.raises(DatabaseError):
        carry_out(run.pk)
    close_old_connections()
    assert records.reload(run).state == State.RUNNING
    assert carry_out(run.pk) is False
    with frozen_clock(now() + timedelta(minutes=1)):
        assert carry_out(run.pk)
    assert_each_once(run)
    assert_verified()


@pytest.mark.parametrize("commit", range(4))
@pytest.mark.parametrize("delivered", [True, False], ids=["committed and not answered", "never arrived"])
def test_asking_again_with_the_same_key_after_a_cut(
    manager: Membership,
    committed_db: dict[str, str],
    commit: int,
    delivered: bool,
    assert_verified: Callable[[], None],
) -> None:
    records.add_customers(manager.provider, 50)

    def ask() -> Run:
        return records.start(records.draft_credit(manager, key="once"), manager)

    with Proxy(committed_db["DATABASE_URL"]) as proxy:
        use_database(proxy.url)
        proxy.cut("COMMIT", after=commit, delivered=delivered)
        for _ in range(2):
            try:
                run = ask()
            except OperationalError:
                assert proxy.cuts == 1
        use_database(committed_db["DATABASE_URL"])
    run = records.finish(run)
    assert Run.objects.count() == 1
    assert (run.state, run.rows_done) == (State.FINISHED, 50)
    assert set(records.funds_of_all(manager.provider).values()) == {1000}
    assert_verified()
