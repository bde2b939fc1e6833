"""The real worker as a process of its own."""

import contextlib
import os
import subprocess
from collections.abc import Iterator, Mapping

import psycopg

from makegood.runs.models import Run
from makegood.runs.rules import SETTLED
from makegood.runs.selectors import has_live_lease
from tests.conftest import COMMAND
from tests.support.processes import await_that
from tests.support.records import reload

SLOW = """
CREATE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep({}); RETURN NULL; END';
CREATE TRIGGER slow AFTER INSERT ON credit_entry FOR EACH STATEMENT EXECUTE FUNCTION be_slow()
"""
ENVIRONMENT = {"MAKEGOOD_CHUNK_ROWS": "200", "MAKEGOOD_LEASE_SECONDS": "1"}


@contextlib.contextmanager
def worker(environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """``makegood worker`` during the block, with small chunks and a short lease; killed at its end if it still runs."""
    process = subprocess.Popen(
        [COMMAND, "worker"],
        env=os.environ | ENVIRONMENT | dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def slow_down(owner: psycopg.Connection, seconds: float) -> None:
    """Every chunk takes so much longer from now on, in the middle of its transaction."""
    owner.execute(SLOW.format(seconds).encode())


def await_progress(run: Run, rows: int = 1) -> None:
    """Waits until the run has booked so many more rows than it had."""
    before = reload(run).rows_done
    await_that(lambda: reload(run).rows_done >= before + rows, f"run {run.pk} gets on")


def await_rest(run: Run, seconds: float = 60) -> Run:
    """Waits until the run rests; returns it."""
    await_that(lambda: reload(run).state in SETTLED, f"run {run.pk} comes to rest", seconds)
    return reload(run)


def await_end_of_lease(run: Run) -> None:
    """Waits until nobody holds the run."""
    await_that(lambda: not has_live_lease(reload(run)), "the lease is over")
