"""Pages of the Order List."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from makegood.orders.filters import OrderFilter, list_matching_orders
from makegood.orders.selectors import list_services_to_tick
from makegood.providers.models import Provider
from makegood.web.frame.list_kind import ListKind
from makegood.web.frame.list_page import count_list, export_list, show_list
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.orders.table import OrderTable


def _options(provider: Provider) -> Mapping[str, Sequence[str]]:
    return {"service": list_services_to_tick(provider)}


def _with_columns(orders: QuerySet[Any]) -> QuerySet[Any, Any]:
    return orders.select_related("customer", "service")


ORDERS = ListKind(
    name="orders",
    singular="order",
    plural="orders",
    records=list_matching_orders,
    filter_class=OrderFilter,
    table_class=OrderTable,
    with_columns=_with_columns,
    search_hint="order, customer, name or street",
    selectable=True,
    options=_options,
    suggestions={"area": "customers-areas"},
    amounts=("price",),
)


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """The Order List."""
    return show_list(request, ORDERS)


@require_safe
def count(request: StaffRequest) -> HttpResponse:
    """The number of orders that match."""
    return count_list(request, ORDERS)


@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    """The orders that match, as a CSV file."""
    return export_list(request, ORDERS)
