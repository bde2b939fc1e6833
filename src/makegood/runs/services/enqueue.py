"""Waking a worker for a run."""

from makegood.kit.jobs import queue
from makegood.runs.models import Run
from makegood.runs.rules import State


def enqueue(run: Run) -> None:
    """Puts a job for the run into the queue, in the transaction that is open if one is."""
    task = "runs.prepare" if run.state == State.PREPARING else "runs.carry_out"
    queue.configure_task(task, allow_unknown=False).defer(run_id=run.pk)
