"""What a person asks a processor for: what it answers is said in words, and nothing of it waits in a transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import NAMESPACE_URL, uuid5

from makegood.customers.models import Customer
from makegood.gateways.interface import GatewayClient, GatewayRefused, NoAnswer, TryLater
from makegood.gateways.models import Gateway, GatewayCustomer
from makegood.kit.refusal import Refused


@contextmanager
def in_plain_words(gateway: Gateway, field: str | None = None) -> Iterator[None]:
    """Makes what the processor does not do a `Refused`: away, busy, or what it says. field: the input it is about.

    For what can be asked again without harm, so that the sentences may say so.
    """
    name = gateway.get_kind_display()
    try:
        yield
    except NoAnswer:
        raise Refused(
            "processor_away", f"{name} does not answer. Nothing is changed here; try again in a moment."
        ) from None
    except TryLater:
        raise Refused("processor_busy", f"{name} is busy. Nothing is changed here; try again in a minute.") from None
    except GatewayRefused as refused:
        raise Refused("processor_refused", f"{name} does not take it: {refused.message}", field) from None


def find_reference(gateway: Gateway, customer: Customer) -> str:
    """What the processor calls the customer; empty if it does not know the customer yet."""
    known = GatewayCustomer.objects.filter(gateway=gateway, customer=customer).first()
    return known.reference if known else ""


def make_reference(gateway: Gateway, client: GatewayClient, customer: Customer) -> str:
    """What the processor calls the customer, who is made there the first time. Asks the processor: no transaction.

    Whoever else is at it at the same moment gets the same: the key is made of what is said of the customer.
    """
    if known := find_reference(gateway, customer):
        return known
    said = (gateway.token, str(customer.pk), customer.number, customer.name, customer.email)
    key = str(uuid5(NAMESPACE_URL, "\n".join(said)))
    with in_plain_words(gateway):
        reference = client.make_customer(key, customer.number, customer.name, customer.email)
    return keep_reference(gateway, customer, reference)


def keep_reference(gateway: Gateway, customer: Customer, reference: str) -> str:
    """Writes down what the processor calls the customer; the first one that was written down stays, and is returned."""
    GatewayCustomer.objects.bulk_create(
        [GatewayCustomer(provider_id=gateway.provider_id, gateway=gateway, customer=customer, reference=reference)],
        ignore_conflicts=True,
    )
    return find_reference(gateway, customer)


def find_owner(gateway: Gateway, reference: str) -> Customer | None:
    """Which of the provider's customers the processor calls so, through this connection or an earlier one."""
    known = GatewayCustomer.objects.select_related("customer").filter(
        provider_id=gateway.provider_id, gateway__kind=gateway.kind, reference=reference
    )
    found = known.order_by("-id").first()
    return found.customer if found else None
