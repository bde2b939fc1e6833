"""The official client, made of a gateway's sealed key. It opens one connection for each thread and keeps it."""

from functools import lru_cache

import stripe
from django.conf import settings

from makegood.gateways.interface import GatewayRefused
from makegood.gateways.sealing import SealBroken, unseal

SECONDS_TO_CONNECT = 5.0

# How long a request took is nothing that Stripe has to be told.
stripe.enable_telemetry = False


def connect(sealed_key: str) -> stripe.StripeClient:
    """The client for the key. Raises GatewayRefused where the key cannot be opened.

    Nothing is tried again by the client itself: who calls knows what may be asked twice.
    """
    return _connect(sealed_key, settings.MAKEGOOD_STRIPE_API, settings.MAKEGOOD_STRIPE_SECONDS, settings.SECRET_KEY)


@lru_cache(maxsize=32)
def _connect(sealed_key: str, api: str, seconds: int, _secret_key: str) -> stripe.StripeClient:
    return stripe.StripeClient(
        open_secret(sealed_key),
        base_addresses={"api": api},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=(SECONDS_TO_CONNECT, float(seconds))),
    )


def open_secret(sealed: str) -> str:
    """What was sealed. Raises GatewayRefused where it cannot be opened."""
    try:
        return unseal(sealed)
    except SealBroken as broken:
        raise GatewayRefused("keys_unreadable", str(broken)) from None
