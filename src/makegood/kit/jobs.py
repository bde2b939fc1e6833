"""The queue: the one place where it is reached.

A task is a function in a domain folder's ``tasks.py``, decorated with ``@queue.task(...)`` or ``@queue.periodic(...)``.
Deferring it writes a row through Django's own connection, so the job belongs to the transaction that asks for it.
A long task takes its context (``pass_context=True``) and asks ``context.should_abort()`` between transactions.
"""

from datetime import timedelta

from procrastinate import App, JobContext
from procrastinate.contrib.django import app

from makegood.kit.clock import now

__all__ = ["JobContext", "has_worker", "queue"]

queue: App = app

WORKER_IS_ALIVE_FOR = timedelta(seconds=30)
"""A worker that has been silent for longer does not count; it gives a sign of life every ten seconds."""


def has_worker() -> bool:
    """Whether a worker of the queue has given a sign of life lately."""
    from procrastinate.contrib.django.models import ProcrastinateWorker

    return ProcrastinateWorker.objects.filter(last_heartbeat__gte=now() - WORKER_IS_ALIVE_FOR).exists()
