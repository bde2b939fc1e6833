"""Background work for payments. Correctness never depends on a job: whoever is woken looks what is due."""

import threading
from collections import defaultdict

from makegood.kit.jobs import JobContext, queue
from makegood.payments.services.collect_now import collect_now, list_busy
from makegood.payments.services.detach import detach_everywhere
from makegood.providers.calendar import is_played
from makegood.providers.models import Provider

_at_work: dict[int, threading.Lock] = defaultdict(threading.Lock)
"""By provider: one collector in a process is enough, and leaves the other places of the worker to others."""
_asked_again: dict[int, threading.Event] = defaultdict(threading.Event)


@queue.periodic(cron="* * * * *")
@queue.task(name="payments.wake")
def wake_each_minute(timestamp: int) -> None:
    """Gives a job to every provider of whom something is due, also what nobody was woken for."""
    for provider_id in dict.fromkeys(gateway.provider_id for gateway in list_busy()):
        queue.configure_task("payments.collect", allow_unknown=False).defer(provider_id=provider_id)


@queue.task(name="payments.collect", pass_context=True)
def collect(context: JobContext, provider_id: int) -> None:
    """Asks the provider's processors for what is due, unless somebody in this process is; he looks again then."""
    _asked_again[provider_id].set()
    while _asked_again[provider_id].is_set() and not context.should_abort():
        if not _at_work[provider_id].acquire(blocking=False):
            return
        try:
            _asked_again[provider_id].clear()
            provider = Provider.objects.get(pk=provider_id)
            # What belongs to days that are played is collected on them.
            if not is_played(provider):
                collect_now(provider=provider, should_let_go=context.should_abort)
        finally:
            _at_work[provider_id].release()


@queue.periodic(cron="17 * * * *")
@queue.task(name="payments.detach", pass_context=True)
def detach_each_hour(context: JobContext, timestamp: int) -> None:
    """Tells processors of payment methods that were removed while they did not answer."""
    detach_everywhere(should_let_go=context.should_abort)
