"""Background work for days. Correctness never depends on a job: whoever is woken looks what is to be done."""

from makegood.days.selectors import find_days_to_work
from makegood.days.services.work_day import work_days
from makegood.kit.jobs import JobContext, queue
from makegood.providers.models import Provider


@queue.task(name="days.work", pass_context=True)
def work_provider_days(context: JobContext, provider_id: int) -> None:
    """Works what is to be worked of one provider's days, unless somebody else is at it."""
    work_days(provider=Provider.objects.get(pk=provider_id), should_let_go=context.should_abort)


@queue.periodic(cron="* * * * *")
@queue.task(name="days.wake")
def wake_days(timestamp: int) -> None:
    """Gives a job to every provider whose day has begun, or did not get to its end."""
    for provider in find_days_to_work():
        queue.configure_task("days.work", allow_unknown=False).defer(provider_id=provider.pk)
