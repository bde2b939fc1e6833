"""Reads of services, orders and the Customer List."""

from collections.abc import Collection
from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from makegood.customers.models import Customer
from makegood.customers.selectors import SHORTEST_INSIDE
from makegood.kit.prefixes import find_by_prefix
from makegood.kit.refusal import Refused
from makegood.orders.models import Order, OrderPause, OrderPrice, Service
from makegood.providers.models import Provider

MOST_SERVICES_TO_TICK = 30


def list_services(provider: Provider) -> QuerySet[Service]:
    """The provider's services, by name."""
    return Service.objects.select_related("gl_code").filter(provider=provider).order_by("name")


def list_services_to_tick(provider: Provider) -> list[str]:
    """The names of the provider's services, for ticking; none if they are too many to be ticked through."""
    names = list(list_services(provider).values_list("name", flat=True)[: MOST_SERVICES_TO_TICK + 1])
    return names if len(names) <= MOST_SERVICES_TO_TICK else []


def get_service(provider: Provider, name: str) -> Service:
    """The provider's service of that name; Refused if there is none."""
    service = list_services(provider).filter(name=name).first()
    if service is None:
        raise Refused("service_unknown", f"{provider.name} has no service “{name}”.", "service")
    return service


def get_service_by_id(provider: Provider, pk: int) -> Service:
    """The provider's service of that number; Refused if there is none."""
    service = list_services(provider).filter(pk=pk).first()
    if service is None:
        raise Refused("service_unknown", f"{provider.name} has no such service.", "service")
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


def get_order_by_id(provider: Provider, pk: int) -> Order:
    """The provider's order of that id, with service, customer and successor; Refused if there is none."""
    orders = Order.objects.select_related("provider", "service", "customer", "replaced_by")
    order = orders.filter(provider=provider, pk=pk).first()
    if order is None:
        raise Refused("order_unknown", f"{provider.name} has no such order.", "order")
    return order


def find_same_order(order: Order) -> Order | None:
    """The order of that number if it says the same as this new one: the form that was sent before."""
    same = ("customer_id", "service_id", "area", "street", "postal_code", "price_minor", "from_date")
    found = Order.objects.filter(provider_id=order.provider_id, number=order.number).first()
    if found is None or any(getattr(found, name) != getattr(order, name) for name in same):
        return None
    return found


def list_orders_of(customer: Customer) -> QuerySet[Order]:
    """The customer's orders with their services, oldest first."""
    orders = Order.objects.select_related("service").filter(provider_id=customer.provider_id, customer=customer)
    return orders.order_by("from_date", "id")


def list_open_orders_of(customer: Customer) -> QuerySet[Order]:
    """The customer's orders that are not terminated, with their services, newest first."""
    return list_orders_of(customer).exclude(status=Order.Status.TERMINATED).order_by("-from_date", "-id")


def list_other_orders(order: Order) -> QuerySet[Order]:
    """The other orders of the order's customer, with their services, newest first: any may have come in its place."""
    others = Order.objects.select_related("service").filter(
        provider_id=order.provider_id, customer_id=order.customer_id
    )
    return others.exclude(pk=order.pk).order_by("-from_date", "-id")


def list_replaced_orders(order: Order) -> QuerySet[Order]:
    """The orders in whose place this one came."""
    others = Order.objects.filter(provider_id=order.provider_id, customer_id=order.customer_id, replaced_by=order)
    return others.order_by("id")


def has_yet_to_begin(order: Order) -> bool:
    """Whether the order is pending and has never been in use. One that was made pending later has a pause."""
    if order.status != Order.Status.PENDING:
        return False
    return not OrderPause.objects.filter(provider_id=order.provider_id, order=order, until=None).exists()


def list_prices(order: Order) -> QuerySet[OrderPrice]:
    """The order's monthly prices, newest first; of several for a day, the first counts."""
    return OrderPrice.objects.filter(provider_id=order.provider_id, order=order).order_by("-effective_from", "-id")


def suggest_order_number(customer: Customer) -> str:
    """A number for the customer's next order: the customer's with the next free figure behind it."""
    numbers = set(
        Order.objects.filter(provider_id=customer.provider_id, customer=customer).values_list("number", flat=True)
    )
    position = len(numbers) + 1
    while f"{customer.number}-{position}" in numbers:
        position += 1
    return f"{customer.number}-{position}"


def get_account(provider: Provider, pk: int) -> Customer:
    """The provider's customer of that id with balance, figures and `orders_in_all`; Refused if there is none."""
    counted = Order.objects.filter(customer=OuterRef("pk"), provider=provider).order_by().values("customer")
    orders = Coalesce(Subquery(counted.annotate(number=Count("pk")).values("number")), 0)
    customers = Customer.objects.select_related("provider", "balance", "figures").annotate(orders_in_all=orders)
    customer = customers.filter(provider=provider, pk=pk).first()
    if customer is None:
        raise Refused("customer_unknown", f"{provider.name} has no such customer.", "customer")
    return customer


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


def search_orders(provider: Provider, text: str, most: int) -> list[Order]:
    """At most `most` orders whose number begins with `text`, with customer and service. Two queries, on indexes."""
    found = [each.pk for each in find_by_prefix(Order.objects.filter(provider=provider), ("number",), text, most)]
    if not found:
        return []
    with_words = {each.pk: each for each in Order.objects.select_related("customer", "service").filter(pk__in=found)}
    return [with_words[pk] for pk in found]


def search_inside_orders(provider: Provider, text: str, most: int, without: Collection[int] = ()) -> list[Order]:
    """At most `most` more orders that have `text` anywhere in the street of the service address. One query."""
    if most <= 0 or len(text) < SHORTEST_INSIDE:
        return []
    orders = Order.objects.select_related("customer", "service").filter(provider=provider, street__icontains=text)
    return list(orders.exclude(pk__in=without)[:most])
