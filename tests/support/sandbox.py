"""The sandbox in tests: providers connected with it, and customers with test methods."""

from datetime import timedelta

from django.conf import settings

from makegood.customers.models import Customer
from makegood.gateways.models import Gateway, GatewayCustomer, SandboxCharge, SandboxRefund
from makegood.gateways.registry import open_gateway
from makegood.gateways.rules import GatewayKind
from makegood.gateways.selectors import find_active_gateway, get_active_gateway
from makegood.gateways.services.gateways import connect_sandbox, connect_stripe, disconnect_gateway
from makegood.kit.clock import now
from makegood.payments.models import PaymentMethod
from makegood.providers.models import Membership, Provider
from makegood.providers.selectors import list_staff
from tests.support.ownership import as_owner
from tests.support.records import add_person
from tests.support.stripe_proxy import make_card

CARDS = {"card_succeeds": "4242424242424242", "card_declined": "4000000000000341"}
"""Numbers of Stripe's test cards that behave as the sandbox's do."""


def connect(provider: Provider) -> Gateway:
    """The provider's sandbox, connected by an admin if no gateway is."""
    if present := find_active_gateway(provider):
        return present
    admin = list_staff(provider).filter(role="admin").first() or add_person(provider, "admin")
    return connect_sandbox(membership=admin)


def connect_after_stripe(admin: Membership) -> Gateway:
    """Stripe, which the provider has left, so that no page asks it; the sandbox is connected instead."""
    keys = {"secret_key": "sk_test_left0000abcd", "publishable_key": f"pk_test_{admin.provider.slug}"}
    stripe = connect_stripe(membership=admin, **keys)
    disconnect_gateway(membership=admin, gateway=stripe)
    connect_sandbox(membership=admin)
    return stripe


def add_method(customer: Customer, outcome: str = "card_succeeds", *, default: bool = True) -> PaymentMethod:
    """A test method of the customer (see `makegood.gateways.sandbox.outcomes`), the default one if nobody says else.

    Where the provider is connected with Stripe, a card there that behaves so.
    """
    gateway = get_active_gateway(customer.provider)
    client = open_gateway(gateway)
    if gateway.kind == GatewayKind.STRIPE:
        outcome = make_card(settings.MAKEGOOD_STRIPE_API, CARDS[outcome])
    reference = client.make_customer(f"customer {customer.pk}", customer.number, customer.name, customer.email)
    known, _ = GatewayCustomer.objects.get_or_create(
        gateway=gateway,
        customer=customer,
        defaults={"provider_id": customer.provider_id, "reference": reference},
    )
    method = client.attach_method(outcome, known.reference)
    if default:
        PaymentMethod.objects.filter(customer=customer, is_default=True).update(is_default=False)
    return PaymentMethod.objects.create(
        provider_id=customer.provider_id,
        customer=customer,
        gateway=gateway,
        kind=method.kind,
        reference=method.reference,
        brand=method.brand,
        last_four=method.last_four,
        expires_on=method.expires_on,
        is_default=default,
        created_at=now(),
    )


def behave_as(provider: Provider, outcome: str, *, days_ago: int = 0) -> None:
    """From now on what the sandbox has charged is as if a test method of that outcome was charged so many days ago."""
    made = now() - timedelta(days=days_ago)
    with as_owner():
        SandboxCharge.objects.filter(provider=provider).update(outcome=outcome, created_at=made)


def charges(provider: Provider) -> list[tuple[str, int, str]]:
    """What the sandbox was asked to charge: key, amount in minor units, failure; oldest first."""
    made = SandboxCharge.objects.filter(provider=provider).order_by("id")
    return list(made.values_list("key", "amount_minor", "failure_code"))


def refunds(provider: Provider) -> list[tuple[str, int, str]]:
    """The same of refunds."""
    made = SandboxRefund.objects.filter(provider=provider).order_by("id")
    return list(made.values_list("key", "amount_minor", "failure_code"))
