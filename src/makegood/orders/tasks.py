"""Background work for orders."""

from makegood.kit.jobs import queue
from makegood.orders.services.order_status import begin_day
from makegood.providers.selectors import list_providers


@queue.periodic(cron="7 * * * *")
@queue.task(name="orders.begin_day")
def begin_days(timestamp: int) -> None:
    """Once an hour: somewhere a day has begun. Which one it is, the provider's clock says."""
    for provider in list_providers():
        begin_day(provider)
