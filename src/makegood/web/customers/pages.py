"""Pages of the Customer List."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makegood.orders.filters import CustomerFilter, list_matching_customers
from makegood.orders.selectors import list_areas, list_services_to_tick, with_list_columns
from makegood.payments.selectors_methods import with_default_method
from makegood.providers.models import Provider
from makegood.web.customers.table import CustomerTable
from makegood.web.frame.list_kind import ListKind
from makegood.web.frame.list_page import count_list, export_list, show_list
from makegood.web.frame.staff_request import StaffRequest


def _with_columns(customers: QuerySet[Any]) -> QuerySet[Any, Any]:
    return with_default_method(with_list_columns(customers))


def _options(provider: Provider) -> Mapping[str, Sequence[str]]:
    return {"service": list_services_to_tick(provider)}


CUSTOMERS = ListKind(
    name="customers",
    singular="customer",
    plural="customers",
    records=list_matching_customers,
    filter_class=CustomerFilter,
    table_class=CustomerTable,
    with_columns=_with_columns,
    search_hint="number, name, e-mail or phone",
    selectable=True,
    options=_options,
    suggestions={"area": "customers-areas"},
    amounts=("price", "funds", "due"),
    actions="customers/_list_actions.html",
)


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """The Customer List."""
    return show_list(request, CUSTOMERS)


@require_safe
def count(request: StaffRequest) -> HttpResponse:
    """The number of customers that match."""
    return count_list(request, CUSTOMERS)


@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    """The customers that match, as a CSV file."""
    return export_list(request, CUSTOMERS)


@require_safe
def suggest_areas(request: StaffRequest) -> HttpResponse:
    """Areas to choose from while typing one."""
    return render(request, "frame/suggestions.html", {"suggestions": list_areas(request.membership.provider)})
