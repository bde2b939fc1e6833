"""PostgreSQL itself is killed, or stopped for a long while, in a run."""

import json
import os
import random
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest
from django.db import close_old_connections
from pytest_django import DjangoDbBlocker, Settings

from makegood.kit.embedded_postgres import EmbeddedPostgres
from makegood.kit.invariants import find_differences
from makegood.providers.models import Membership
from makegood.runs.carry_out import carry_out
from makegood.runs.models import Run
from makegood.runs.rules import State
from tests.conftest import COMMAND
from tests.faults.worker_process import ENVIRONMENT, await_rest, slow_down
from tests.support import databases, records
from tests.support.databases import DatabaseServer
from tests.support.processes import await_that, find_free_port, is_alive
from tests.support.together import in_background

CUSTOMERS = 5_000
KILLS = 4
AWAY_SECONDS = 90
CHUNK_SECONDS = 0.5
# The supervisor's longest pause, what the worker needs to start, and the rest of the run.
BACK_SECONDS = 120


class OwnServer:
    """A server of this test's own, to be killed and stopped."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # Commits are synchronous as in real life; only a power cut would miss the rest.
        self._embedded = EmbeddedPostgres(folder, {"shared_buffers": "64MB", "fsync": "off"})
        self._embedded.start()
        self._databases = DatabaseServer(self._embedded.url("postgres"))

    def make_database(self) -> str:
        """A migrated database that Django is connected to from now on; returns its address."""
        url = self._databases.url(self._databases.clone())
        databases.use_database(url)
        return url

    def kill(self) -> None:
        """Kills the server's first process; the others notice and go."""
        process = int((self._folder / "postgres" / "cluster" / "postmaster.pid").read_text().split()[0])
        os.kill(process, signal.SIGKILL)
        while is_alive(process):
            time.sleep(0.01)

    def revive(self) -> None:
        self._embedded.ensure_running()

    def stop(self) -> None:
        self._embedded.release()

    def start(self) -> None:
        self._embedded.start()


@pytest.fixture
def server(ordinary_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[OwnServer]:
    folder = Path(tempfile.mkdtemp(prefix="makegood-faults-", dir="/tmp"))
    with django_db_blocker.unblock():
        server = OwnServer(folder)
        try:
            yield server
        finally:
            databases.use_database(ordinary_database)
            server.stop()
            shutil.rmtree(folder, ignore_errors=True)


def prepare(url: str, chunk_seconds: float) -> Membership:
    """Many customers, and somebody who may credit them; each chunk of a run will take a while."""
    manager = records.add_person(records.add_provider(), "manager")
    records.add_customers(manager.provider, CUSTOMERS)
    with psycopg.connect(url, autocommit=True) as owner:
        slow_down(owner, chunk_seconds)
    return manager


def assert_each_once(run: Run) -> None:
    run = records.reload(run)
    assert (run.state, run.rows_done, run.rows_failed) == (State.FINISHED, CUSTOMERS, 0)
    assert set(records.funds_of_all(run.provider).values()) == {1000}


def test_killed_again_and_again(
    server: OwnServer, settings: Settings, record_property: Callable[[str, object], None]
) -> None:
    settings.MAKEGOOD_CHUNK_ROWS = 50
    seed = secrets.randbelow(10**6)
    chance = random.Random(seed)
    manager = prepare(server.make_database(), 0.03)
    run = records.start(records.draft_credit(manager), manager)
    with in_background(partial(carry_out, run.pk)) as working:
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.3, 0.8))
            assert not working.done()
            server.kill()
            server.revive()
        assert working.result(100)
    close_old_connections()
    differences = find_differences()
    done = records.reload(run).rows_done
    record_property(
        "figures",
        f"PostgreSQL: seed: {seed}, kills: {KILLS}, customers: {CUSTOMERS}, credited: {done}, "
        f"differences: {len(differences)}",
    )
    assert not differences
    assert_each_once(run)


def test_stopped_for_ninety_seconds(server: OwnServer, record_property: Callable[[str, object], None]) -> None:
    """Two databases: in one `makegood serve` works the run, in the other the credit command does."""
    served, alone = server.make_database(), server.make_database()
    prepare(alone, CHUNK_SECONDS)
    databases.use_database(served)
    manager = prepare(served, CHUNK_SECONDS)
    run_of_served = records.start(records.draft_credit(manager), manager)
    serve = [str(COMMAND), "serve", "--port", str(find_free_port())]
    words = ["credit", "--as", manager.staff.email, "--all", "--amount", "10.00", "--yes", "--json"]
    environment = os.environ | ENVIRONMENT
    with (
        subprocess.Popen(serve, env=environment | {"DATABASE_URL": served}, stderr=subprocess.DEVNULL) as serving,
        subprocess.Popen(
            [str(COMMAND), *words], env=environment | {"DATABASE_URL": alone}, stdout=subprocess.PIPE, text=True
        ) as asking,
    ):
        try:
            await_that(lambda: _count_done(served) > 0 < _count_done(alone), "both runs are under way")
            assert _count_done(served) < CUSTOMERS > _count_done(alone)
            server.stop()
            time.sleep(AWAY_SECONDS)
            server.start()
            for url in (served, alone):
                with psycopg.connect(url) as owner:
                    owner.execute("DROP TRIGGER slow ON credit_entry")
            close_old_connections()
            done = await_rest(run_of_served, BACK_SECONDS)
            answer = json.loads(asking.communicate(timeout=BACK_SECONDS)[0])
        finally:
            asking.kill()
            serving.terminate()
    differences = find_differences()
    assert_each_once(run_of_served)
    databases.use_database(alone)
    differences += find_differences()
    assert_each_once(Run.objects.get())
    credited = done.rows_done + answer["credited"]
    record_property(
        "figures",
        f"PostgreSQL: stopped for {AWAY_SECONDS} s, customers: {2 * CUSTOMERS}, credited: {credited}, "
        f"differences: {len(differences)}",
    )
    assert not differences
    assert (asking.returncode, answer["status"], answer["credited"]) == (0, "finished", CUSTOMERS)


def _count_done(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT rows_done FROM run").fetchone()
    return row[0] if row else 0
