"""Submitting payments: the processor is told of each, and what it answers is booked."""

from collections.abc import Callable
from datetime import datetime

from makegood.gateways.interface import Charge
from makegood.gateways.models import Gateway
from makegood.gateways.registry import open_gateway
from makegood.kit.clock import now
from makegood.payments.collector import Collected, Collector, Way, usual_at_once
from makegood.payments.leases import Held, take_to_submit
from makegood.payments.schedule import submit_again_after


def submit_payments(
    *, gateway: Gateway, at_once: int | None = None, should_let_go: Callable[[], bool] | None = None
) -> Collected:
    """Submits the payments of a gateway that wait for it, within the limits of the hour. Opens its own transactions.

    None of them is open while the processor is asked. at_once: how many calls are under way at the same moment; what
    the provider's settings say if None. Nothing is submitted while billing is off, or by a gateway that is not active.
    Returns when nothing is due, when the processor is away, or soon after `should_let_go` says so.
    """
    provider = gateway.provider
    client = open_gateway(gateway)

    def ask(held: Held) -> Charge:
        return client.charge(held.order(provider))

    def later(held: Held, wanted: float | None) -> datetime:
        return now() + submit_again_after(wanted)

    collector = Collector(
        gateway,
        at_once or usual_at_once(gateway),
        should_let_go or (lambda: False),
        Way(take=take_to_submit, ask=ask, later=later, submits=True),
    )
    return collector.work()
