"""Reads of services, orders and the Customer List."""

from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import OuterRef, QuerySet, Subquery

from makegood.customers.models import Customer
from makegood.kit.refusal import Refused
from makegood.orders.models import Order, Service
from makegood.providers.models import Provider


def list_services(provider: Provider) -> QuerySet[Service]:
    """The provider's services, by name."""
    return Service.objects.select_related("gl_code").filter(provider=provider).order_by("name")


def get_service(provider: Provider, name: str) -> Service:
    """The provider's service of that name; Refused if there is none."""
    service = list_services(provider).filter(name=name).first()
    if service is None:
        raise Refused("service_unknown", f"{provider.name} has no service “{name}”.", "service")
    return service


def list_areas(provider: Provider) -> QuerySet[Order, str]:
    """The areas of the provider's orders, by name; the first 5,000, to choose from."""
    areas = Order.objects.filter(provider=provider).exclude(area="").order_by("area")
    return areas.values_list("area", flat=True).distinct()[:5000]


def get_order(provider: Provider, number: str) -> Order:
    """The provider's order of that number; Refused if there is none."""
    order = Order.objects.select_related("service", "customer").filter(provider=provider, number=number).first()
    if order is None:
        raise Refused("order_unknown", f"{provider.name} has no order “{number}”.", "order")
    return order


def list_orders_of(customer: Customer) -> QuerySet[Order]:
    """The customer's orders with their services, oldest first."""
    orders = Order.objects.select_related("service").filter(provider_id=customer.provider_id, customer=customer)
    return orders.order_by("from_date", "id")


def with_list_columns(customers: QuerySet[Customer]) -> QuerySet[Customer, Any]:
    """Adds what a row of the Customer List shows: balance, figures, and `areas`, the service addresses' areas."""
    areas = (
        Order.objects.filter(customer=OuterRef("pk"), provider=OuterRef("provider_id"))
        .exclude(area="")
        .order_by()
        .values("customer")
        .annotate(areas=StringAgg("area", delimiter=", ", distinct=True))
        .values("areas")
    )
    return customers.select_related("balance", "figures").annotate(areas=Subquery(areas))
