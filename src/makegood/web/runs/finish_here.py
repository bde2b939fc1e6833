"""Working a run of one customer while the person who asked for it waits."""

import time

from makegood.runs.carry_out import carry_out
from makegood.runs.models import Run
from makegood.runs.rules import AT_WORK

LONGEST_SECONDS = 5.0
LOOK_EVERY_SECONDS = 0.05


def finish_here(run: Run) -> Run:
    """The run at rest, or as far as it came within five seconds; then a worker goes on with it.

    Opens a transaction for what is left to do. Where a worker has the run in hand already, it is waited for.
    """
    until = time.monotonic() + LONGEST_SECONDS
    run.refresh_from_db()
    while run.state in AT_WORK and time.monotonic() < until:
        if not carry_out(run.pk, should_let_go=lambda: time.monotonic() > until):
            time.sleep(LOOK_EVERY_SECONDS)
        run.refresh_from_db()
    return run
