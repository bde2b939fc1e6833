"""What keeps a provider's payments from being submitted: managers are told, and everything waits for a while."""

import logging

from makegood.gateways.interface import GatewayRefused
from makegood.gateways.models import Gateway
from makegood.gateways.rules import OUR_FAULT
from makegood.kit.clock import now
from makegood.kit.transactions import opens_transaction
from makegood.payments.models import Payment
from makegood.payments.rules import State
from makegood.payments.schedule import PAUSE
from makegood.payments.telling import tell_of_refused_key

log = logging.getLogger(__name__)

SAID_BEFORE = frozenset({"idempotency_error", "idempotency_key_in_use"})
"""Refusals that say that there was an order with that key, not that there was none."""


def is_about_us(refused: GatewayRefused) -> bool:
    """Whether it is not about the payment, but about how the provider is connected: everything would be refused."""
    return refused.code in OUR_FAULT


def means_not_made(refused: GatewayRefused) -> bool:
    """Whether a refused order was certainly not carried out and never will be."""
    return refused.code not in OUR_FAULT | SAID_BEFORE


def pause_collecting(gateway: Gateway, refused: GatewayRefused) -> None:
    """Nothing of the gateway is submitted for a while; managers are told, once. Opens a transaction."""
    log.warning("Gateway %s refuses the connection: %s", gateway.pk, refused.code)
    with opens_transaction():
        pause_for_now(gateway)
        tell_of_refused_key(gateway, refused.message)


def pause_for_now(gateway: Gateway) -> None:
    """Nothing of the gateway is submitted for a while. One statement."""
    at = now()
    waiting = Payment.objects.filter(gateway=gateway, state=State.CREATED, next_check_at__lt=at + PAUSE)
    waiting.update(next_check_at=at + PAUSE)
