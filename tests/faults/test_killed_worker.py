"""The worker is killed in a run, over and over, at moments that nobody chose."""

import json
import os
import random
import secrets
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from functools import partial

import psycopg

from makegood.credits.models import Credit
from makegood.kit.invariants import find_differences
from makegood.providers.models import Membership
from makegood.runs.models import Run
from makegood.runs.rules import SETTLED, State
from makegood.runs.tasks import wake_runs_without_worker
from tests.conftest import COMMAND
from tests.faults.killable import Forge
from tests.faults.worker_process import (
    ENVIRONMENT,
    await_end_of_lease,
    await_progress,
    await_rest,
    slow_down,
    worker,
)
from tests.support import records
from tests.support.processes import await_that, is_alive
from tests.support.together import at_once

KILLS = 50
CUSTOMERS = 20_000
RUNS_AT_A_TIME = 3
LONGEST_LIFE_SECONDS = 0.4
LONGEST_SECONDS = 240


class Killer:
    """Works runs with workers that it kills after a random while, until it has killed enough."""

    def __init__(self, forge: Forge, manager: Membership, seed: int) -> None:
        self._forge, self._manager = forge, manager
        self._chance = random.Random(seed)
        self._lock = threading.Lock()
        self._until = time.monotonic() + LONGEST_SECONDS
        self.kills = 0
        self.runs: list[Run] = []

    def work_runs(self) -> None:
        """Finishes one run, and further ones while not enough has been killed."""
        while True:
            with self._lock:
                amount = len(self.runs) + 1
                run = records.start(records.draft_credit(self._manager, amount_minor=amount), self._manager)
                self.runs.append(run)
            while records.reload(run).state not in SETTLED:
                assert time.monotonic() < self._until, f"run {run.pk} does not get to its end"
                await_end_of_lease(run)
                self._live_and_die(run)
            if self.kills >= KILLS:
                return

    def _live_and_die(self, run: Run) -> None:
        with self._lock:
            process = self._forge.set_to_work(run.pk)
            life = self._chance.uniform(0, LONGEST_LIFE_SECONDS)
        time.sleep(life)
        with self._lock:
            if self.kills < KILLS and is_alive(process):
                os.kill(process, signal.SIGKILL)
                self.kills += 1
        while is_alive(process):
            time.sleep(0.01)


def test_fifty_kills(
    manager: Membership, committed_db: dict[str, str], record_property: Callable[[str, object], None]
) -> None:
    seed = secrets.randbelow(10**6)
    records.add_customers(manager.provider, CUSTOMERS)
    with Forge(committed_db | ENVIRONMENT) as forge:
        killer = Killer(forge, manager, seed)
        at_once(*[killer.work_runs] * RUNS_AT_A_TIME)
    runs = [records.reload(run) for run in killer.runs]
    credited, differences = Credit.objects.count(), find_differences()
    figures = (
        f"worker: seed: {seed}, kills: {killer.kills}, runs: {len(runs)}, customers: {CUSTOMERS} each, "
        f"credited: {credited}, differences: {len(differences)}"
    )
    record_property("figures", figures)
    assert killer.kills == KILLS, figures
    assert not differences, f"{figures}\n{differences}"
    assert {(run.state, run.rows_done, run.rows_failed) for run in runs} == {(State.FINISHED, CUSTOMERS, 0)}, figures
    assert credited == len(runs) * CUSTOMERS, figures
    assert set(records.funds_of_all(manager.provider).values()) == {sum(range(1, len(runs) + 1))}, figures


def test_the_worker_command_is_killed(
    manager: Membership,
    committed_db: dict[str, str],
    owner: psycopg.Connection,
    assert_verified: Callable[[], None],
    record_property: Callable[[str, object], None],
) -> None:
    records.add_customers(manager.provider, CUSTOMERS)
    slow_down(owner, 0.02)
    run = records.start(records.draft_credit(manager), manager)
    kills = 0
    while kills < 3:
        with worker(committed_db) as process:
            await_progress(run)
            time.sleep(random.uniform(0, 0.1))
            process.send_signal(signal.SIGKILL)
            process.wait()
        kills += 1
        assert_verified()
        await_end_of_lease(run)
        wake_runs_without_worker(timestamp=kills)
    left = records.reload(run)
    assert (left.state, left.lease_until is not None) == (State.RUNNING, True), "it was killed in the middle"
    with worker(committed_db):
        done = await_rest(run)
    record_property("figures", f"makegood worker: kills: {kills}, customers: {CUSTOMERS}, credited: {done.rows_done}")
    assert (done.state, done.rows_done) == (State.FINISHED, CUSTOMERS)
    assert set(records.funds_of_all(manager.provider).values()) == {1000}
    assert_verified()


def test_the_credit_command_is_killed(
    manager: Membership,
    committed_db: dict[str, str],
    owner: psycopg.Connection,
    assert_verified: Callable[[], None],
    record_property: Callable[[str, object], None],
) -> None:
    """It works the run itself, since no worker runs; asked again with the same key, it goes on where it was."""
    records.add_customers(manager.provider, CUSTOMERS)
    slow_down(owner, 0.02)
    words = ["credit", "--as", manager.staff.email, "--filter", f"area={records.AREA}", "--amount", "10.00"]
    ask = partial(
        subprocess.Popen,
        [str(COMMAND), *words, "--key", "once", "--yes", "--json"],
        env=os.environ | committed_db | ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    kills = 0
    while kills < 3:
        process = ask()
        await_that(Run.objects.exists, "the command makes a run")
        await_progress(Run.objects.get())
        time.sleep(random.uniform(0, 0.1))
        process.kill()
        process.communicate()
        kills += 1
        assert_verified()
    assert Run.objects.get().state == State.RUNNING, "it was killed in the middle"
    process = ask()
    answer = json.loads(process.communicate(timeout=60)[0])
    record_property(
        "figures", f"makegood credit: kills: {kills}, customers: {CUSTOMERS}, credited: {answer['credited']}"
    )
    assert process.returncode == 0
    assert (answer["status"], answer["credited"], answer["total"]) == ("finished", CUSTOMERS, "200000.00")
    assert Run.objects.count() == 1
    assert set(records.funds_of_all(manager.provider).values()) == {1000}
    assert_verified()
