"""Pages: the list of refunds and pay-outs."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from makegood.payments.refund_filters import RefundFilter, list_matching_refunds
from makegood.payments.selectors_refunds import with_parts
from makegood.web.frame.list_kind import ListKind
from makegood.web.frame.list_page import count_list, export_list, show_list
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.refunds.table import RefundTable


def _with_columns(refunds: QuerySet[Any]) -> QuerySet[Any, Any]:
    return with_parts(refunds.select_related("customer", "invoice", "created_by"))


REFUNDS = ListKind(
    name="refunds",
    singular="refund or pay-out",
    plural="refunds and pay-outs",
    records=list_matching_refunds,
    filter_class=RefundFilter,
    table_class=RefundTable,
    with_columns=_with_columns,
    search_hint="customer or reason",
    amounts=("amount",),
)


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """The list of refunds and pay-outs."""
    return show_list(request, REFUNDS)


@require_safe
def count(request: StaffRequest) -> HttpResponse:
    """How many match."""
    return count_list(request, REFUNDS)


@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    """Those that match, as a CSV file."""
    return export_list(request, REFUNDS)
