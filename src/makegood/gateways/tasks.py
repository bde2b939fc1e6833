"""Background work for gateways. Correctness never depends on a job: whoever is woken looks what is to be done."""

import logging

from makegood.gateways.interface import GatewayError
from makegood.gateways.models import Gateway
from makegood.gateways.selectors import find_gateways_to_handle, list_gateways_to_reconcile
from makegood.gateways.services.balance import look_at_balance
from makegood.gateways.services.events import handle_events
from makegood.gateways.wake import wake_fetching, wake_handling
from makegood.kit.jobs import JobContext, queue
from makegood.providers.calendar import is_played

log = logging.getLogger(__name__)


@queue.task(name="gateways.handle", pass_context=True)
def handle_gateway_events(context: JobContext, gateway_id: int) -> None:
    """Handles what a processor has sent. Several may be at it at once: each event is taken by one."""
    gateway = Gateway.objects.select_related("provider").get(pk=gateway_id)
    # What belongs to days that are played is handled on them.
    if not is_played(gateway.provider):
        handle_events(gateway=gateway, should_let_go=context.should_abort)


@queue.periodic(cron="* * * * *")
@queue.task(name="gateways.wake")
def wake_each_minute(timestamp: int) -> None:
    """Gives a job to every gateway of which something is due, also what nobody was woken for."""
    for gateway_id in find_gateways_to_handle():
        wake_handling(gateway_id)


@queue.task(name="gateways.fetch", pass_context=True)
def fetch_gateway_balance(context: JobContext, gateway_id: int) -> None:
    """Fetches what moved a processor's balance since the last look, and compares it with the books."""
    gateway = Gateway.objects.select_related("provider").get(pk=gateway_id)
    try:
        look_at_balance(gateway=gateway, should_let_go=context.should_abort)
    except GatewayError as error:
        # The next hour asks again.
        log.warning("The balance of gateway %s could not be fetched: %s", gateway_id, error)


@queue.periodic(cron="20 * * * *")
@queue.task(name="gateways.wake_fetching")
def wake_each_hour(timestamp: int) -> None:
    """Gives a job to every gateway whose last look at the balance is most of a day ago."""
    for gateway in list_gateways_to_reconcile():
        wake_fetching(gateway.pk)
