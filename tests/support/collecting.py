"""Many customers of a provider that collects through a processor over HTTP: made quickly, owing at once."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from makegood.customers.models import Customer
from makegood.gateways.interface import GatewayClient
from makegood.gateways.models import Gateway, GatewayCustomer
from makegood.gateways.registry import open_gateway
from makegood.gateways.selectors import get_active_gateway
from makegood.gateways.services.gateways import connect_stripe
from makegood.invoices.models import Invoice
from makegood.kit.clock import now
from makegood.payments.models import CollectionSettings, PaymentMethod
from makegood.payments.services.refund_invoice import refund_invoice
from makegood.providers.models import Membership, Provider
from makegood.providers.selectors import list_staff
from tests.support import movements, records
from tests.support.stripe_proxy import KEY, PUBLISHABLE_KEY, WEBHOOK_SECRET, Processor, stripe


def connect_processor(provider: Provider, *, at_once: int = 8) -> Gateway:
    """The provider's account with the processor that the settings name, connected by an admin."""
    CollectionSettings.objects.create(provider=provider, at_once=at_once)
    admin = list_staff(provider).filter(role="admin").first() or records.add_person(provider, "admin")
    return connect_stripe(
        membership=admin,
        secret_key=KEY,
        publishable_key=PUBLISHABLE_KEY,
        webhook_secret=WEBHOOK_SECRET,
    )


@contextmanager
def through_stripe(provider: Provider, at: datetime | None = None) -> Iterator[Processor]:
    """A processor over HTTP, which the provider's money goes through, one call after the other. at: see `stripe`."""
    with stripe(seconds=2, at=at) as processor:
        connect_processor(provider, at_once=1)
        yield processor


def add_payers(provider: Provider, processor: Processor, number: int) -> list[Customer]:
    """So many customers with autopay and a card each, which the processor knows."""
    customers = records.add_customers(provider, number)
    Customer.objects.filter(pk__in=[customer.pk for customer in customers]).update(autopay=True)
    gateway = get_active_gateway(provider)
    client = open_gateway(gateway)
    for customer in customers:
        _add_card(gateway, client, customer, processor.add_card())
    return customers


def _add_card(gateway: Gateway, client: GatewayClient, customer: Customer, reference: str) -> None:
    whose = client.make_customer(secrets.token_hex(8), customer.number, customer.name, customer.email)
    GatewayCustomer.objects.create(
        provider_id=customer.provider_id, gateway=gateway, customer=customer, reference=whose
    )
    method = client.attach_method(reference, whose)
    PaymentMethod.objects.create(
        provider_id=customer.provider_id,
        customer=customer,
        gateway=gateway,
        kind=method.kind,
        reference=method.reference,
        brand=method.brand,
        last_four=method.last_four,
        expires_on=method.expires_on,
        is_default=True,
        created_at=now(),
    )


def owe_each(customers: Sequence[Customer], amount_minor: int = 6000) -> list[Invoice]:
    """One invoice of each, of so much."""
    return [movements.owe(customer, amount_minor) for customer in customers]


def refund_each(membership: Membership, invoices: Sequence[Invoice], amount_minor: int) -> None:
    """So much of each invoice is to go back, and is settled with a credit."""
    for invoice in invoices:
        refund_invoice(
            membership=membership,
            invoice=invoice,
            amount_minor=amount_minor,
            reason="Paid for nothing",
            key=secrets.token_hex(8),
        )
