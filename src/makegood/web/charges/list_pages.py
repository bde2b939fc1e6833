"""Pages: the list of charges."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from makegood.invoices.charge_filters import ChargeFilter, list_matching_charges
from makegood.ledger.selectors import CHARGE_TYPES, list_gl_codes
from makegood.providers.models import Provider
from makegood.web.charges.table import ChargeTable
from makegood.web.frame.list_kind import ListKind
from makegood.web.frame.list_page import count_list, export_list, show_list
from makegood.web.frame.staff_request import StaffRequest


def _with_columns(charges: QuerySet[Any]) -> QuerySet[Any, Any]:
    return charges.select_related("customer", "gl_code", "order", "created_by", "run_row")


def _options(provider: Provider) -> Mapping[str, Sequence[str]]:
    codes = list_gl_codes(provider).filter(type__in=CHARGE_TYPES)
    return {"gl_code": list(codes.values_list("code", flat=True))}


CHARGES = ListKind(
    name="charges",
    singular="charge",
    plural="charges",
    records=list_matching_charges,
    filter_class=ChargeFilter,
    table_class=ChargeTable,
    with_columns=_with_columns,
    search_hint="customer or description",
    options=_options,
    amounts=("amount",),
)


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """The list of charges."""
    return show_list(request, CHARGES)


@require_safe
def count(request: StaffRequest) -> HttpResponse:
    """How many charges match."""
    return count_list(request, CHARGES)


@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    """The charges that match, as a CSV file."""
    return export_list(request, CHARGES)
