"""Pages: the list of payments."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from makegood.ledger.models import GLCode
from makegood.ledger.selectors import list_gl_codes
from makegood.payments.filters import PaymentFilter, list_matching_payments
from makegood.providers.models import Provider
from makegood.web.frame.list_kind import ListKind
from makegood.web.frame.list_page import count_list, export_list, show_list
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.payments.table import PaymentTable


def _with_columns(payments: QuerySet[Any]) -> QuerySet[Any, Any]:
    return payments.select_related("customer", "gl_code", "created_by", "payment_method")


def _options(provider: Provider) -> Mapping[str, Sequence[str]]:
    codes = list_gl_codes(provider).filter(type__in=(GLCode.Type.CASH, GLCode.Type.CLEARING))
    return {"gl_code": list(codes.values_list("code", flat=True))}


PAYMENTS = ListKind(
    name="payments",
    singular="payment",
    plural="payments",
    records=list_matching_payments,
    filter_class=PaymentFilter,
    table_class=PaymentTable,
    with_columns=_with_columns,
    search_hint="customer or reference",
    options=_options,
    amounts=("amount",),
)


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """The list of payments."""
    return show_list(request, PAYMENTS)


@require_safe
def count(request: StaffRequest) -> HttpResponse:
    """How many payments match."""
    return count_list(request, PAYMENTS)


@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    """The payments that match, as a CSV file."""
    return export_list(request, PAYMENTS)
