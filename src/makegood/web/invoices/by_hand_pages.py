"""Who collects an invoice: the window that leaves it to people, and the button that turns it back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from makegood.invoices.models import Invoice
from makegood.invoices.rules import OWED
from makegood.invoices.selectors import get_invoice_by_id
from makegood.kit.refusal import Refused
from makegood.payments.selectors_invoice import find_on_its_way
from makegood.payments.services.by_hand import collect_by_hand, turn_back
from makegood.providers.rules import Right
from makegood.web.frame.finding import or_404
from makegood.web.frame.form_refusals import add_refusal
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.frame.window import leave_window, show_window
from makegood.web.invoices.forms import ReasonForm

WHAT = "say how invoices are collected"


@require_http_methods(["GET", "HEAD", "POST"])
@needs_right(Right.BILL, WHAT, billing=True)
def leave_to_people(request: StaffRequest, pk: int) -> HttpResponse:
    """Says what it means that people collect an invoice, and leaves it to them."""
    invoice = _find(request, pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        was_by_hand = invoice.by_hand
        try:
            collect_by_hand(membership=request.membership, invoice=invoice, reason=form.cleaned_data["reason"])
        except Refused as refused:
            invoice = _find(request, pk)
            add_refusal(form, refused)
        else:
            if was_by_hand:
                messages.info(request, f"Invoice {invoice.number} was collected by hand already. Nothing is changed.")
            else:
                messages.success(request, f"Invoice {invoice.number} is collected by hand from now on.")
            return leave_window(request, reverse("invoice", args=[pk]))
    is_owed = invoice.state in OWED
    context: dict[str, Any] = {
        "invoice": invoice,
        "form": form,
        "back": reverse("invoice", args=[pk]),
        "is_owed": is_owed,
        "can": is_owed and not invoice.by_hand,
        "on_its_way": find_on_its_way([invoice]).get(pk),
    }
    return show_window(request, "invoices/by_hand.html", context, status=422 if form.errors else 200)


@require_POST
@needs_right(Right.BILL, WHAT, billing=True)
def turn_invoice_back(request: StaffRequest, pk: int) -> HttpResponse:
    """Has an invoice that people collect collected by itself again."""
    try:
        turn_back(membership=request.membership, invoice=_find(request, pk))
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, "This invoice is collected by itself again.")
    return redirect("invoice", pk=pk)


def _find(request: StaffRequest, pk: int) -> Invoice:
    return or_404(get_invoice_by_id, request.membership.provider, pk)
