"""Working a run with workers that are killed at moments that nobody chose."""

import os
import random
import signal
import time
from collections.abc import Callable, Mapping

from makegood.runs.models import Run
from makegood.runs.rules import SETTLED
from tests.faults.killable import Forge
from tests.faults.worker_process import ENVIRONMENT, await_end_of_lease
from tests.support.processes import is_alive
from tests.support.records import reload

LONGEST_LIFE_SECONDS = 0.5
LONGEST_SECONDS = 120


def work_and_kill(
    run: Run, environment: Mapping[str, str], *, seed: int, kills: int, after_kill: Callable[[], None]
) -> tuple[Run, int]:
    """Works the run to its end, with at most so many kills on the way; returns it, and how many there were."""
    chance, killed, until = random.Random(seed), 0, time.monotonic() + LONGEST_SECONDS
    with Forge({**environment, **ENVIRONMENT}) as forge:
        while reload(run).state not in SETTLED:
            assert time.monotonic() < until, f"the run does not get to its end; seed {seed}"
            await_end_of_lease(run)
            process = forge.set_to_work(run.pk)
            time.sleep(chance.uniform(0, LONGEST_LIFE_SECONDS))
            if killed < kills and is_alive(process):
                os.kill(process, signal.SIGKILL)
                killed += 1
                after_kill()
            while is_alive(process):
                time.sleep(0.01)
    return reload(run), killed
