"""Pages: the list of the provider's days."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from makegood.days.filters import DayFilter, list_matching_days
from makegood.web.days.table import DayTable
from makegood.web.frame.list_kind import ListKind
from makegood.web.frame.list_page import count_list, export_list, show_list
from makegood.web.frame.staff_request import StaffRequest

DAYS = ListKind(
    name="days",
    singular="day",
    plural="days",
    records=list_matching_days,
    filter_class=DayFilter,
    table_class=DayTable,
)


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """The list of days."""
    return show_list(request, DAYS)


@require_safe
def count(request: StaffRequest) -> HttpResponse:
    """How many days match."""
    return count_list(request, DAYS)


@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    """The days that match, as a CSV file."""
    return export_list(request, DAYS)
