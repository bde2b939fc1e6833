"""Asking what became of payments: of those nobody knows of, and of those that the processor is still at."""

from collections.abc import Callable
from datetime import datetime

from makegood.gateways.interface import Charge, GatewayClient, GatewayRefused
from makegood.gateways.models import Gateway
from makegood.gateways.registry import open_gateway
from makegood.kit.clock import now
from makegood.payments.collecting import limit_of_the_hour
from makegood.payments.collector import Collected, Collector, NotArrived, NotSaid, Way, failed_charge, usual_at_once
from makegood.payments.failure_words import NEVER_ANSWERED, NEVER_ARRIVED
from makegood.payments.leases import Held, may_order, take_to_ask
from makegood.payments.pausing import is_about_us, means_not_made
from makegood.payments.schedule import ASK_FROM, ask_again_after, may_order_again
from makegood.providers.models import Provider


def ask_payments(*, gateway: Gateway, should_let_go: Callable[[], bool] | None = None) -> Collected:
    """Asks the processor about the payments of a gateway for which it is time. Opens its own transactions.

    By reference where it is known, else by key. What the processor does not know is ordered again with the same key as
    long as it surely knows a key again, which never charges twice, and as the limits of the hour let it; later it
    counts as never arrived, and has failed.
    So does what nobody can ask about any more, as the gateway is not in use and refuses its key. What the processor
    had a reference for never does.
    Returns when nothing is due, when the processor is away, or soon after `should_let_go` says so.
    """
    provider = gateway.provider
    client = open_gateway(gateway)
    orders = may_order(gateway)
    is_limited = limit_of_the_hour(provider) is not None
    is_left = not Gateway.objects.filter(pk=gateway.pk, active=True).exists()

    def order(held: Held) -> Charge:
        return _order(client, held, provider)

    def ask(held: Held) -> Charge:
        try:
            if charge := _find(client, held) or _decide(held, orders):
                return charge
        except GatewayRefused as refused:
            if (
                is_left
                and is_about_us(refused)
                and not held.reference
                and not may_order_again(held.submitted_at, now())
            ):
                return failed_charge(held, NEVER_ANSWERED, "Nobody can ask the processor any more.")
            raise
        if is_limited:
            raise NotArrived
        return order(held)

    def later(held: Held, wanted: float | None) -> datetime:
        return now() + ask_again_after(held.checks, wanted)

    collector = Collector(
        gateway,
        usual_at_once(gateway),
        should_let_go or (lambda: False),
        Way(take=take_to_ask, ask=ask, later=later, submits=False, order=order),
    )
    return collector.work()


def _find(client: GatewayClient, held: Held) -> Charge | None:
    charge = client.find_charge(held.reference) if held.reference else None
    return charge or client.find_charge_by_key(held.customer, held.key, held.submitted_at - ASK_FROM)


def _decide(held: Held, orders: bool) -> Charge | None:
    """What becomes of a payment that the processor does not know; None if it is to be ordered once more."""
    if held.reference:
        # It was there once: whoever does not find it is not the one who knows.
        raise NotSaid
    if not may_order_again(held.submitted_at, now()):
        return failed_charge(held, NEVER_ARRIVED, "The processor does not know of it.")
    if not orders:
        # The processor does not know of it yet, and nothing is ordered now.
        raise NotSaid
    return None


def _order(client: GatewayClient, held: Held, provider: Provider) -> Charge:
    """The same order with the same key."""
    try:
        return client.charge(held.order(provider))
    except GatewayRefused as refused:
        if not means_not_made(refused):
            raise
        return failed_charge(held, refused.code, refused.message)
