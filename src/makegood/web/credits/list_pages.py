"""Pages: the list of credits."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from makegood.credits.credit_filters import CreditFilter, list_matching_credits
from makegood.ledger.models import GLCode
from makegood.ledger.selectors import list_gl_codes
from makegood.providers.models import Provider
from makegood.web.credits.table import CreditTable
from makegood.web.frame.list_kind import ListKind
from makegood.web.frame.list_page import count_list, export_list, show_list
from makegood.web.frame.staff_request import StaffRequest


def _with_columns(credits: QuerySet[Any]) -> QuerySet[Any, Any]:
    return credits.select_related("customer", "gl_code", "created_by", "run_row")


def _options(provider: Provider) -> Mapping[str, Sequence[str]]:
    codes = list_gl_codes(provider).filter(type=GLCode.Type.CREDIT)
    return {"gl_code": list(codes.values_list("code", flat=True))}


CREDITS = ListKind(
    name="credits",
    singular="credit",
    plural="credits",
    records=list_matching_credits,
    filter_class=CreditFilter,
    table_class=CreditTable,
    with_columns=_with_columns,
    search_hint="customer or description",
    options=_options,
    amounts=("amount", "left"),
)


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """The list of credits."""
    return show_list(request, CREDITS)


@require_safe
def count(request: StaffRequest) -> HttpResponse:
    """How many credits match."""
    return count_list(request, CREDITS)


@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    """The credits that match, as a CSV file."""
    return export_list(request, CREDITS)
