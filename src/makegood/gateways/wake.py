"""Waking the background work that handles what processors send."""

from makegood.kit.jobs import queue


def wake_fetching(gateway_id: int) -> None:
    """Gives a job to the fetching of what moved a gateway's balance, as part of the caller's transaction if any."""
    queue.configure_task("gateways.fetch", allow_unknown=False).defer(gateway_id=gateway_id)


def wake_handling(gateway_id: int) -> None:
    """Gives a job to the handling of a gateway's events, as part of the caller's transaction if there is one."""
    queue.configure_task("gateways.handle", allow_unknown=False).defer(gateway_id=gateway_id)
