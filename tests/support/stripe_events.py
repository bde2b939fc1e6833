"""What Stripe sends by itself: signed, over HTTP, and handled at once."""

import secrets
from datetime import datetime
from typing import Any

from django.test import Client
from django.urls import reverse

from makegood.customers.models import Customer
from makegood.gateways.models import Gateway, GatewayEvent
from makegood.gateways.services.events import handle_events
from makegood.gateways.services.gateways import connect_stripe
from makegood.kit.clock import now
from makegood.payments.models import Payment
from makegood.payments.services.charge_by_hand import charge_invoices
from makegood.payments.services.collect_now import collect_now
from makegood.providers.models import Membership
from tests.support import stripe_recorded
from tests.support.stripe_proxy import KEY, PUBLISHABLE_KEY, WEBHOOK_SECRET, Processor
from tests.support.stripe_recorded import Json, event, sign


def connect(admin: Membership) -> Gateway:
    """The provider's account at Stripe, with the signing secret of its webhooks."""
    keys = {"secret_key": KEY, "publishable_key": PUBLISHABLE_KEY, "webhook_secret": WEBHOOK_SECRET}
    return connect_stripe(membership=admin, **keys)


def charge(clerk: Membership, customer: Customer) -> Payment:
    """All that the customer owes, submitted to Stripe."""
    payment = charge_invoices(membership=clerk, customer=customer, key=secrets.token_hex(8))
    collect_now(provider=clerk.provider)
    payment.refresh_from_db()
    return payment


def send(gateway: Gateway, type: str, thing: Json, **more: Any) -> tuple[str, str]:
    """The event comes, signed, and is handled: its state, and what was done."""
    sent = event(type, thing, **more)
    assert post(gateway, sent) == 200
    handle_events(gateway=gateway)
    stored = GatewayEvent.objects.get(event_id=sent["id"])
    return stored.state, stored.outcome


def post(gateway: Gateway, sent: Json, *, secret: str = WEBHOOK_SECRET, at: datetime | None = None) -> int:
    """The event comes, signed at that moment or now, and is not handled yet; the status of the answer."""
    body, signature = sign(sent, secret, at or now())
    headers = {"Stripe-Signature": signature}
    address = reverse("webhook", args=[gateway.token])
    answer = Client(enforce_csrf_checks=True).post(address, body, content_type="application/json", headers=headers)
    return int(answer.status_code)


def send_dispute(
    gateway: Gateway, processor: Processor, payment: Payment, type: str, status: str, amount: int = 4500, **more: Any
) -> tuple[str, str]:
    """The dispute stands so at the processor, which says that something happened to it."""
    thing = stripe_recorded.dispute("dp_1", payment.gateway_reference, status, amount, **more)
    processor.overlay("/v1/disputes/dp_1", thing)
    return send(gateway, f"charge.dispute.{type}", thing)
