"""Background work for runs. Correctness never depends on a job: it only wakes somebody who then takes the lease."""

import contextlib

from django.db import InterfaceError, OperationalError

from makegood.kit.jobs import JobContext, queue
from makegood.kit.refusal import Refused
from makegood.providers.calendar import is_played
from makegood.runs.carry_out import carry_out
from makegood.runs.models import Run
from makegood.runs.selectors import list_runs_without_worker
from makegood.runs.services.create_run import prepare_run
from makegood.runs.services.enqueue import enqueue


@queue.task(name="runs.carry_out", pass_context=True)
def carry_out_run(context: JobContext, run_id: int) -> None:
    """Works one run until it rests, or until the worker is asked to end; then the rest is a job for the next worker.

    A run of a demo provider whose days are played is left alone: who plays them works it, on the day that is played.
    """
    if is_played(Run.objects.select_related("provider").get(pk=run_id).provider):
        return
    carry_out(run_id, should_let_go=context.should_abort)
    if context.should_abort():
        # With the database away the run is woken once it is back.
        with contextlib.suppress(OperationalError, InterfaceError):
            for run in list_runs_without_worker().filter(pk=run_id):
                enqueue(run)


@queue.task(name="runs.prepare")
def prepare(run_id: int) -> None:
    """Freezes the list of a large run; who asked for it is told if that cannot be done."""
    with contextlib.suppress(Refused):
        prepare_run(run_id=run_id)


@queue.periodic(cron="* * * * *")
@queue.task(name="runs.wake")
def wake_runs_without_worker(timestamp: int) -> None:
    """Gives a job to every run that should get on and that nobody works."""
    for run in list_runs_without_worker().select_related("provider"):
        if not is_played(run.provider):
            enqueue(run)
