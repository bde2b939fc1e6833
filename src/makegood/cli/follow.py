"""Following a run to its rest: a worker works it, or this command does. A database that goes away is waited for."""

import contextlib
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from makegood.cli.output import error_console
from makegood.kit.clock import now
from makegood.kit.jobs import has_worker
from makegood.runs.carry_out import carry_out, growing_pauses
from makegood.runs.kinds import get_kind
from makegood.runs.models import Run
from makegood.runs.rules import AT_WORK, State
from makegood.runs.selectors import has_live_lease
from makegood.runs.services.create_run import prepare_run

LOOK_EVERY_SECONDS = 0.2
WORKER_MAY_TAKE = timedelta(seconds=5)
"""How long a running worker is given to take a run before this command does."""


def prepare_here(run: Run) -> Run:
    """Sees to it that the list of a large run is frozen; waits for a worker that is doing it."""
    if run.state == State.PREPARING:
        prepare_run(run_id=run.pk)
        run.refresh_from_db()
    return run


def follow(run: Run, *, quiet: bool) -> Run:
    """Shows progress until the run rests; works it itself where no worker does. Returns the run at rest."""
    asked_at = now()
    with _progress(quiet) as progress:
        task = progress.add_task(get_kind(run.kind).noun.capitalize(), total=run.rows_selected)

        def show() -> None:
            run.refresh_from_db()
            progress.update(task, completed=run.rows_selected - run.rows_waiting)

        def show_if_possible() -> None:
            with contextlib.suppress(OperationalError, InterfaceError):
                show()

        show()
        pauses = growing_pauses(settings.MAKEGOOD_PATIENCE_SECONDS)
        while run.state in AT_WORK:
            try:
                if _somebody_works(run, asked_at):
                    time.sleep(LOOK_EVERY_SECONDS)
                else:
                    carry_out(run.pk, after_step=show_if_possible)
                show()
                pauses = growing_pauses(settings.MAKEGOOD_PATIENCE_SECONDS)
            except (OperationalError, InterfaceError):
                if (pause := next(pauses, None)) is None:
                    raise
                time.sleep(pause)
                close_old_connections()
            except (KeyboardInterrupt, SystemExit):
                error_console().print(
                    f"Run {run.pk} is not finished: {run.rows_waiting:,} are waiting. A worker goes on with it; "
                    f"without one: makegood runs start {run.pk} --as EMAIL"
                )
                raise
    return run


def _somebody_works(run: Run, asked_at: datetime) -> bool:
    if has_live_lease(run):
        return True
    return has_worker() and now() - asked_at < WORKER_MAY_TAKE


def _progress(quiet: bool) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=error_console(),
        disable=quiet,
    )
