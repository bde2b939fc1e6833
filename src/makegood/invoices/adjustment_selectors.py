"""Reads of discounts and surcharges on orders."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet

from makegood.invoices.models import OrderAdjustment
from makegood.kit.refusal import Refused
from makegood.orders.models import Order
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider


def list_adjustments(provider: Provider) -> QuerySet[OrderAdjustment]:
    """The provider's discounts and surcharges with order, customer and GL code, newest first."""
    adjustments = OrderAdjustment.objects.select_related("provider", "order", "customer", "gl_code", "created_by")
    return adjustments.filter(provider=provider).order_by("-id")


def list_adjustments_of(order: Order) -> QuerySet[OrderAdjustment]:
    """The order's discounts and surcharges with GL codes and who added them, newest first."""
    adjustments = OrderAdjustment.objects.select_related("gl_code", "created_by")
    return adjustments.filter(provider_id=order.provider_id, order=order).order_by("-from_on", "-id")


def list_standing_adjustments(provider: Provider) -> QuerySet[OrderAdjustment]:
    """Those that have not ended before today, newest first."""
    return list_adjustments(provider).filter(Q(until_on=None) | Q(until_on__gte=today_of(provider)))


def get_adjustment(provider: Provider, pk: int) -> OrderAdjustment:
    """The provider's discount or surcharge of that number; Refused if there is none."""
    found = list_adjustments(provider).filter(pk=pk).first()
    if found is None:
        raise Refused("adjustment_unknown", f"There is no discount or surcharge {pk}.", "adjustment")
    return found


def find_same_adjustment(order: Order, values: Mapping[str, Any]) -> OrderAdjustment | None:
    """One of the order that says the same and has not been ended otherwise: the form that was sent before."""
    return OrderAdjustment.objects.filter(provider_id=order.provider_id, order=order, **values).first()
