"""Asking what became of payments: of those nobody knows of, and of those that the processor is still at."""

from collections.abc import Callable
from datetime import datetime

from makegood.gateways.interface import Charge, GatewayClient, GatewayRefused
from makegood.gateways.models import Gateway
from makegood.gateways.registry import open_gateway
from makegood.kit.clock import now
from makegood.payments.collector import Collected, Collector, NotSaid, Way, failed_charge, usual_at_once
from makegood.payments.failure_words import NEVER_ANSWERED, NEVER_ARRIVED
from makegood.payments.leases import Held, may_order, take_to_ask
from makegood.payments.pausing import is_about_us, means_not_made
from makegood.payments.schedule import ASK_FROM, ask_again_after, may_order_again
from makegood.providers.models import Provider


def ask_payments(*, gateway: Gateway, should_let_go: Callable[[], bool] | None = None) -> Collected:
    """Asks the processor about the payments of a gateway for which it is time. Opens its own transactions.

    By reference where it is known, else by key. What the processor does not know is ordered again with the same key as
    long as it surely knows a key again, which never charges twice; later it counts as never arrived, and has failed.
    So does what nobody can ask about any more, as the gateway is not in use and refuses its key. What the processor
    had a reference for never does.
    Returns when nothing is due, when the processor is away, or soon after `should_let_go` says so.
    """
    provider = gateway.provider
    client = open_gateway(gateway)
    orders = may_order(gateway)
    is_left = not Gateway.objects.filter(pk=gateway.pk, active=True).exists()

    def ask(held: Held) -> Charge:
        try:
            return _find(client, held) or _decide(client, held, provider, orders)
        except GatewayRefused as refused:
            if (
                is_left
                and is_about_us(refused)
                and not held.reference
                and not may_order_again(held.submitted_at, now())
            ):
                return failed_charge(held, NEVER_ANSWERED, "Nobody can ask the processor any more.")
            raise

    def later(held: Held, wanted: float | None) -> datetime:
        return now() + ask_again_after(held.checks, wanted)

    collector = Collector(
        gateway,
        usual_at_once(gateway),
        should_let_go or (lambda: False),
        Way(take=take_to_ask, ask=ask, later=later, submits=False),
    )
    return collector.work()


def _find(client: GatewayClient, held: Held) -> Charge | None:
    charge = client.find_charge(held.reference) if held.reference else None
    return charge or client.find_charge_by_key(held.customer, held.key, held.submitted_at - ASK_FROM)


def _decide(client: GatewayClient, held: Held, provider: Provider, orders: bool) -> Charge:
    """What becomes of a payment that the processor does not know."""
    if held.reference:
        # It was there once: whoever does not find it is not the one who knows.
        raise NotSaid
    if not may_order_again(held.submitted_at, now()):
        return failed_charge(held, NEVER_ARRIVED, "The processor does not know of it.")
    if not orders:
        # The processor does not know of it yet, and nothing is ordered now.
        raise NotSaid
    try:
        return client.charge(held.order(provider))
    except GatewayRefused as refused:
        if not means_not_made(refused):
            raise
        return failed_charge(held, refused.code, refused.message)
