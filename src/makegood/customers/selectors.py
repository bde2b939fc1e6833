"""Reads of customers."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from makegood.customers.models import Customer
from makegood.kit.prefixes import find_by_prefix
from makegood.kit.refusal import Refused
from makegood.providers.models import Provider

SHORTEST_INSIDE = 3
"""Shorter texts are looked for at the start of numbers and names only; inside them nearly everybody has them."""


def list_customers(provider: Provider) -> QuerySet[Customer]:
    """The provider's customers, by number."""
    return Customer.objects.filter(provider=provider).order_by("number")


def get_customer(provider: Provider, number: str) -> Customer:
    """The provider's customer of that number; Refused if there is none."""
    customer = Customer.objects.filter(provider=provider, number=number).first()
    if customer is None:
        raise Refused("customer_unknown", f"{provider.name} has no customer “{number}”.", "customer")
    return customer


def get_customer_by_id(provider: Provider, pk: int) -> Customer:
    """The provider's customer of that id; Refused if there is none, whoever else has it."""
    customer = Customer.objects.select_related("provider").filter(provider=provider, pk=pk).first()
    if customer is None:
        raise Refused("customer_unknown", f"{provider.name} has no such customer.", "customer")
    return customer


def find_same_customer(provider: Provider, fields: Mapping[str, Any]) -> Customer | None:
    """The provider's customer of that number if all the given fields say the same: the form that was sent before."""
    customer = Customer.objects.filter(provider=provider, number=fields["number"].strip()).first()
    if customer is None or any(getattr(customer, name) != value for name, value in fields.items()):
        return None
    return customer


def search_customers(provider: Provider, text: str, most: int) -> list[Customer]:
    """At most `most` customers whose number or name begins with `text`. One query, on indexes alone."""
    return find_by_prefix(Customer.objects.filter(provider=provider), ("number", "name"), text, most)


def search_inside_customers(provider: Provider, text: str, most: int, without: Collection[int] = ()) -> list[Customer]:
    """At most `most` more customers who have `text` anywhere in name, e-mail address or phone number. One query."""
    if most <= 0 or len(text) < SHORTEST_INSIDE:
        return []
    inside = Q(name__icontains=text) | Q(email__icontains=text) | Q(phone__contains=text)
    return list(Customer.objects.filter(inside, provider=provider).exclude(pk__in=without)[:most])
