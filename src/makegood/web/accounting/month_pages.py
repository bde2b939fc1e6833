"""Pages: the months of the books, and the window in which one is closed."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from makegood.accounting.months import list_months, require_turn, tie_month
from makegood.accounting.rules import days_of_month, read_month
from makegood.accounting.services.close_month import close_month
from makegood.kit.refusal import Refused
from makegood.ledger.closing import list_pending
from makegood.providers.models import Provider
from makegood.providers.rules import Right
from makegood.web.accounting.causes import PAGES
from makegood.web.accounting.report_days import query_of
from makegood.web.frame.rights import needs_right
from makegood.web.frame.sentences import in_words
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.frame.window import leave_window, show_window

STATES = {
    "closed": ("finished", "Closed"),
    "next": ("active", "Next to close"),
    "open": ("pending", "Open"),
    "running": ("draft", "Running"),
}
"""For each state of a month: its badge, and its words."""


class CloseForm(forms.Form):
    """leave_waiting: closes the month over runs that rest."""

    leave_waiting = forms.BooleanField(
        label="Close the month although they wait; what they book later is dated then", required=False
    )


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """All months from the first with a booking, newest first."""
    months = [
        {"month": each, "badge": STATES[each.state], "days": query_of(days_of_month(each.month))}
        for each in list_months(request.membership.provider)
    ]
    return render(request, "months/list.html", {"months": months})


@require_http_methods(["GET", "POST"])
@needs_right(Right.CLOSE_BOOKS, "close a month")
def close(request: StaffRequest, month: str) -> HttpResponse:
    """The window: what stands against closing the month, and the button that closes it."""
    day = _read(month)
    form = CloseForm(request.POST if request.method == "POST" else None)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            close_month(
                membership=request.membership, month=day, leave_waiting=bool(form.cleaned_data["leave_waiting"])
            )
        except Refused as refused:
            problem = in_words(refused.message)
        else:
            messages.success(request, f"{day:%B %Y} is closed. What corrects it is booked on the day it is made.")
            return leave_window(request, reverse("months"))
    context = {"text": f"{day:%Y-%m}", "name": f"{day:%B %Y}", "form": form, "problem": problem}
    context |= _look(request.membership.provider, day)
    return show_window(request, "months/close.html", context, status=422 if problem else 200)


def _read(text: str) -> date:
    try:
        return read_month(text)
    except Refused as refused:
        raise Http404(refused.message) from None


def _look(provider: Provider, month: date) -> dict[str, Any]:
    """What closing would find; only why not, where it is not the month's turn."""
    try:
        require_turn(provider, month)
    except Refused as refused:
        return {"refusal": in_words(refused.message)}
    ties = tie_month(provider, month)
    pending = [
        (each, reverse(PAGES[each.subject_type], args=[each.subject_id]) if each.subject_type in PAGES else "")
        for each in list_pending(provider, month)
    ]
    must_end = [line for line in pending if not line[0].can_stay]
    return {
        "ties": ties,
        "must_end": must_end,
        "may_stay": [line for line in pending if line[0].can_stay],
        "can_close": ties.hold and not must_end,
    }
