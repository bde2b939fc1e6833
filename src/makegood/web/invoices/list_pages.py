"""Pages: the Invoice List."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from makegood.invoices.invoice_filters import InvoiceFilter, list_matching_invoices
from makegood.web.frame.list_kind import ListKind
from makegood.web.frame.list_page import count_list, export_list, show_list
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.invoices.table import InvoiceTable


def _with_columns(invoices: QuerySet[Any]) -> QuerySet[Any, Any]:
    return invoices.select_related("customer", "run_row")


INVOICES = ListKind(
    name="invoices",
    singular="invoice",
    plural="invoices",
    records=list_matching_invoices,
    filter_class=InvoiceFilter,
    table_class=InvoiceTable,
    with_columns=_with_columns,
    search_hint="invoice number or customer",
    amounts=("total", "used", "paid", "left"),
    actions="invoices/_list_actions.html",
)


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """The Invoice List."""
    return show_list(request, INVOICES)


@require_safe
def count(request: StaffRequest) -> HttpResponse:
    """How many invoices match."""
    return count_list(request, INVOICES)


@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    """The invoices that match, as a CSV file."""
    return export_list(request, INVOICES)
