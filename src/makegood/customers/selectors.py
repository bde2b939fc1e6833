"""Reads of customers."""

from django.db.models import QuerySet

from makegood.customers.models import Customer
from makegood.kit.refusal import Refused
from makegood.providers.models import Provider


def list_customers(provider: Provider) -> QuerySet[Customer]:
    """The provider's customers, by number."""
    return Customer.objects.filter(provider=provider).order_by("number")


def get_customer(provider: Provider, number: str) -> Customer:
    """The provider's customer of that number; Refused if there is none."""
    customer = Customer.objects.filter(provider=provider, number=number).first()
    if customer is None:
        raise Refused("customer_unknown", f"{provider.name} has no customer “{number}”.", "customer")
    return customer
