"""Making what a processor knows a customer's own, there and here."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from makegood.customers.models import Customer
from makegood.gateways.interface import GatewayClient, Method
from makegood.gateways.models import Gateway
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.kit.transactions import demand_transaction, opens_transaction
from makegood.payments.method_rules import clean_brand, clean_last_four
from makegood.payments.models import PaymentMethod
from makegood.payments.services.gateway_calls import (
    find_owner,
    find_reference,
    in_plain_words,
    keep_reference,
    make_reference,
)
from makegood.payments.services.method_changes import lock_customer, set_default, write_down
from makegood.providers.models import Membership


@dataclass(frozen=True)
class Adding:
    """Who adds a payment method for whom, through which connection. as_default: it is the default in any case."""

    membership: Membership
    customer: Customer
    gateway: Gateway
    client: GatewayClient
    as_default: bool = False


def keep_method(adding: Adding, method: Method) -> PaymentMethod:
    """Makes the method the customer's at the processor, then writes it down. Asks it, then opens a transaction.

    The first one that can be charged becomes the default. Kept twice it is the same. Refused as
    `makegood.payments.services.methods.add_method_by_reference`.
    """
    clean_last_four(method.last_four)
    if find_known(adding, method.reference) is None:
        method = _attach(adding, method)
    with opens_transaction():
        return _add(adding, method)


def find_known(adding: Adding, reference: str) -> PaymentMethod | None:
    """The customer's payment method of that reference; Refused if it is somebody else's, or was removed."""
    found = PaymentMethod.objects.select_related("customer", "customer__provider", "gateway")
    known = found.filter(gateway=adding.gateway, reference=reference).first()
    if known is None:
        return None
    if known.customer_id != adding.customer.pk:
        raise Refused(
            "method_of_another", f"This payment method is customer {known.customer.number}'s already.", "reference"
        )
    if known.removed_at is not None:
        raise Refused(
            "method_removed",
            f"{known} was removed from this customer. A removed payment method cannot be used again; add it anew.",
            "reference",
        )
    return known


def _attach(adding: Adding, method: Method) -> Method:
    """The method as the customer's at the processor, which may call it otherwise from then on."""
    ours = _find_or_make_owner(adding, method)
    if method.customer == ours:
        return method
    with in_plain_words(adding.gateway, "reference"):
        attached = adding.client.attach_method(method.reference, ours)
    if attached.customer not in ("", ours):
        raise _of_another(adding.gateway)
    return attached


def _find_or_make_owner(adding: Adding, method: Method) -> str:
    """What the processor calls the customer; Refused if the method belongs to anybody else there."""
    gateway, customer = adding.gateway, adding.customer
    ours = find_reference(gateway, customer)
    if method.customer and method.customer != ours:
        owner = find_owner(gateway, method.customer)
        if ours or owner is None or owner.pk != customer.pk:
            raise _of_another(gateway, owner)
        # The same account, connected anew: the customer is known there from before.
        return keep_reference(gateway, customer, method.customer)
    return ours or make_reference(gateway, adding.client, customer)


def _of_another(gateway: Gateway, owner: Customer | None = None) -> Refused:
    whose = f"customer {owner.number}" if owner else "somebody else"
    return Refused(
        "method_of_another",
        f"At {gateway.get_kind_display()} this payment method belongs to {whose}. Nothing is changed here.",
        "reference",
    )


def _add(adding: Adding, method: Method) -> PaymentMethod:
    demand_transaction()
    lock_customer(adding.membership, adding.customer.pk)
    if not Gateway.objects.filter(pk=adding.gateway.pk, active=True).exists():
        raise Refused("gateway_changed", "The payment processor was changed meanwhile. Nothing is added; try again.")
    # Somebody else may have added it at the same moment, for this customer or, seen by the database alone, another.
    added = find_known(adding, method.reference)
    if added is None:
        try:
            with transaction.atomic():
                added = _insert(adding, method)
        except IntegrityError:
            find_known(adding, method.reference)
            raise
        write_down(adding.membership, added, "payment_method.added")
    if not added.is_default and (adding.as_default or not _has_usable_default(adding.customer)):
        set_default(adding.membership, added)
    return added


def _insert(adding: Adding, method: Method) -> PaymentMethod:
    return PaymentMethod.objects.create(
        provider_id=adding.gateway.provider_id,
        customer=adding.customer,
        gateway=adding.gateway,
        kind=method.kind,
        reference=method.reference,
        brand=clean_brand(method.brand),
        last_four=method.last_four,
        expires_on=method.expires_on,
        created_by_id=adding.membership.staff_id,
        created_at=now(),
    )


def _has_usable_default(customer: Customer) -> bool:
    """Whether autopay has something to charge; what is held after a dispute it does not charge."""
    defaults = PaymentMethod.objects.filter(customer=customer, is_default=True, gateway__active=True)
    return defaults.filter(held_at=None).exists()
