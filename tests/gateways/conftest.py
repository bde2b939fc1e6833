"""A gateway that is Stripe, with a processor over HTTP.

Imports stand inside: this file is read before Django is set up.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from makegood.gateways.models import Gateway
    from makegood.gateways.stripe.client import StripeGateway
    from tests.support.stripe_proxy import Processor


@pytest.fixture
def processor() -> "Iterator[Processor]":
    from tests.support.stripe_proxy import stripe

    with stripe(seconds=2) as processor:
        yield processor


@pytest.fixture
def gateway() -> "Gateway":
    """A gateway that no database knows."""
    from makegood.gateways.models import Gateway
    from makegood.gateways.sealing import seal
    from makegood.providers.models import Provider
    from tests.support.stripe_proxy import KEY, WEBHOOK_SECRET

    return Gateway(
        provider=Provider(slug="north", currency="USD", currency_digits=2),
        kind="stripe",
        secret_key=seal(KEY),
        webhook_secret=seal(WEBHOOK_SECRET),
    )


@pytest.fixture
def client(gateway: "Gateway") -> "StripeGateway":
    from makegood.gateways.stripe.client import StripeGateway

    return StripeGateway(gateway)
