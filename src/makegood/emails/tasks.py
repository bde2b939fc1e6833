"""Background work for e-mail. Correctness never depends on a job: it only wakes somebody who then looks what is due."""

import threading

from makegood.emails.sending.sender import send_waiting
from makegood.emails.sending.trouble import lift_pauses
from makegood.kit.jobs import JobContext, queue

_at_work = threading.Lock()
"""One sender in a process is enough, and leaves the other places of the worker to runs."""
_asked_again = threading.Event()
_is_new = threading.Event()
_is_new.set()


@queue.periodic(cron="* * * * *")
@queue.task(name="emails.wake", pass_context=True)
def send_each_minute(context: JobContext, timestamp: int) -> None:
    """Sends what has become due, also what nobody was woken for."""
    _send(context)


@queue.task(name="emails.send", pass_context=True)
def send_now(context: JobContext) -> None:
    """Sends what was just put into the outbox."""
    _send(context)


def _send(context: JobContext) -> None:
    _asked_again.set()
    while _asked_again.is_set() and not context.should_abort():
        if not _at_work.acquire(blocking=False):
            # Who is at work looks again before he goes.
            return
        try:
            _asked_again.clear()
            if _is_new.is_set():
                # A worker that was started again may have been given other settings.
                lift_pauses()
                _is_new.clear()
            send_waiting(should_let_go=context.should_abort)
        finally:
            _at_work.release()
