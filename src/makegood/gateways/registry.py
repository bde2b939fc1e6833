"""Which client speaks with which processor."""

from makegood.gateways.interface import GatewayClient
from makegood.gateways.models import Gateway
from makegood.gateways.rules import GatewayKind
from makegood.gateways.sandbox.client import SandboxClient
from makegood.gateways.stripe.amounts import find_step


def open_gateway(gateway: Gateway) -> GatewayClient:
    """The client of the gateway; no call is made yet, and nothing is raised.

    Where the keys of the gateway cannot be used, each call of the client raises GatewayRefused (`rules.OUR_FAULT`).
    """
    if gateway.kind == GatewayKind.SANDBOX:
        return SandboxClient(gateway)
    # Stripe's library takes a third of a second to load, which no command has to wait for that does not need it.
    from makegood.gateways.stripe.client import StripeGateway

    return StripeGateway(gateway)


def find_smallest_step(kind: str, currency: str, digits: int) -> int:
    """Of which amount all are multiples that a gateway of this kind moves, in minor units with so many decimals."""
    return 1 if kind == GatewayKind.SANDBOX else find_step(currency, digits)
