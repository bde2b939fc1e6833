"""Waking a worker for what processors are to be asked for."""

from makegood.gateways.models import Gateway
from makegood.kit.jobs import queue


def wake_collecting(gateway: Gateway) -> None:
    """Puts a job into the queue, in the transaction that is open if one is."""
    queue.configure_task("payments.collect", allow_unknown=False).defer(provider_id=gateway.provider_id)
