"""Pages: the list of what processors sent, and one event of it."""

import json
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from makegood.gateways.filters import EventFilter, list_matching_events
from makegood.gateways.selectors import get_event
from makegood.gateways.services.events import handle_again
from makegood.kit.refusal import Refused
from makegood.payments.selectors_events import find_payment_of
from makegood.providers.rules import Right
from makegood.web.frame.finding import or_404
from makegood.web.frame.list_kind import ListKind
from makegood.web.frame.list_page import count_list, export_list, show_list
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.gateway_events.table import EventTable


def _with_columns(events: QuerySet[Any]) -> QuerySet[Any, Any]:
    return events.select_related("gateway").defer("payload")


EVENTS = ListKind(
    name="gateway-events",
    singular="event",
    plural="events",
    title="Webhook log",
    records=list_matching_events,
    filter_class=EventFilter,
    table_class=EventTable,
    with_columns=_with_columns,
    search_hint="the processor's id of event or charge",
)


@require_safe
def show_events(request: StaffRequest) -> HttpResponse:
    """What processors sent, newest first."""
    return show_list(request, EVENTS)


@require_safe
def count(request: StaffRequest) -> HttpResponse:
    """How many events match."""
    return count_list(request, EVENTS)


@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    """The events that match, as a CSV file."""
    return export_list(request, EVENTS)


@require_safe
def show(request: StaffRequest, pk: int) -> HttpResponse:
    """One event: what it tells of, what was done about it, and all that was sent but secrets."""
    event = or_404(get_event, request.membership.provider, pk)
    context = {
        "event": event,
        "payment": find_payment_of(event),
        "payload": json.dumps(event.payload, indent=2, ensure_ascii=False, sort_keys=True),
    }
    return render(request, "gateway-events/event.html", context)


@require_POST
@needs_right(Right.BILL, "have events handled again")
def again(request: StaffRequest, pk: int) -> HttpResponse:
    """Has an event handled that was given up."""
    event = or_404(get_event, request.membership.provider, pk)
    try:
        handle_again(membership=request.membership, event=event)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, "The event will be handled again.")
    return redirect("gateway-event", pk)
