"""Pages: the list of e-mails to customers."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from makegood.emails.filters import MessageFilter, list_matching_messages
from makegood.web.emails.table import MessageTable
from makegood.web.frame.list_kind import ListKind
from makegood.web.frame.list_page import count_list, export_list, show_list
from makegood.web.frame.staff_request import StaffRequest


def _with_columns(messages: QuerySet[Any]) -> QuerySet[Any, Any]:
    return messages.select_related("customer")


EMAILS = ListKind(
    name="emails",
    singular="e-mail",
    plural="e-mails",
    records=list_matching_messages,
    filter_class=MessageFilter,
    table_class=MessageTable,
    with_columns=_with_columns,
    search_hint="customer, address or subject",
)


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """The outbox, and what has left it."""
    return show_list(request, EMAILS)


@require_safe
def count(request: StaffRequest) -> HttpResponse:
    """How many e-mails match."""
    return count_list(request, EMAILS)


@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    """The e-mails that match, as a CSV file."""
    return export_list(request, EMAILS)
