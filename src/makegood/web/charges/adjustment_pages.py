"""Windows: add a discount or surcharge to an order, and end one."""

from typing import cast

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from makegood.invoices.adjustment_selectors import get_adjustment
from makegood.invoices.models import OrderAdjustment
from makegood.invoices.services.adjustments import (
    SHOWN_OF_ADJUSTMENT,
    AdjustmentValues,
    add_adjustment,
    end_adjustment,
    fill_adjustment_values,
)
from makegood.kit.fingerprint import fingerprint_of
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import get_gl_code
from makegood.orders.models import Order
from makegood.orders.selectors import get_order_by_id
from makegood.providers.rules import Right
from makegood.transaction_templates.selectors import get_active_template
from makegood.web.charges.forms import AdjustmentForm, EndAdjustmentForm
from makegood.web.frame.finding import or_404
from makegood.web.frame.form_refusals import add_refusal
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.frame.window import leave_window, show_window

METHODS = ["GET", "HEAD", "POST"]
ADJUST = "change discounts and surcharges"
CHANGED_MEANWHILE = (
    "Somebody else has changed this while the window was open. Nothing is saved yet: look at its days as they are now, "
    "and save again if yours still holds."
)


@require_http_methods(METHODS)
@needs_right(Right.BILL, ADJUST, billing=True)
def add(request: StaffRequest, pk: int) -> HttpResponse:
    """A new discount or surcharge of an order. The same window sent again adds nothing more."""
    order = or_404(get_order_by_id, request.membership.provider, pk)
    form = AdjustmentForm(request.POST if request.method == "POST" else None, order)
    back = reverse("order", args=[pk])
    if request.method == "POST" and form.is_valid():
        try:
            added = add_adjustment(membership=request.membership, order=order, values=_read(order, form))
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, f"The {added.get_direction_display().lower()} is added to order {order.number}.")
            return leave_window(request, back)
    context = {"form": form, "order": order, "back": back}
    return show_window(request, "charges/adjustment_add.html", context, status=422 if form.errors else 200)


def _read(order: Order, form: AdjustmentForm) -> AdjustmentValues:
    typed = form.cleaned_data
    template = get_active_template(order.provider, typed["template"]) if typed["template"] else None
    return fill_adjustment_values(
        provider=order.provider,
        template=template,
        direction=typed["direction"],
        amount_minor=typed["amount"],
        description=typed["description"],
        gl_code=get_gl_code(order.provider, typed["gl_code"]) if typed["gl_code"] else None,
        from_on=typed["from_on"],
        until_on=typed["until_on"],
    )


@require_http_methods(METHODS)
@needs_right(Right.BILL, ADJUST, billing=True)
def end(request: StaffRequest, pk: int) -> HttpResponse:
    """The last day of a discount or surcharge."""
    adjustment = or_404(get_adjustment, request.membership.provider, pk)
    form = EndAdjustmentForm(request.POST if request.method == "POST" else None, adjustment)
    back = reverse("order", args=[adjustment.order_id])
    if request.method == "POST" and form.is_valid():
        try:
            end_adjustment(membership=request.membership, adjustment=adjustment, **form.cleaned_data)
        except Refused as refused:
            if refused.code == "changed_meanwhile":
                adjustment = get_adjustment(request.membership.provider, pk)
                _see_again(form, adjustment)
            else:
                add_refusal(form, refused)
        else:
            messages.success(request, f"The last day of the {adjustment.get_direction_display().lower()} is saved.")
            return leave_window(request, back)
    context = {"form": form, "adjustment": adjustment, "order": adjustment.order, "back": back}
    return show_window(request, "charges/adjustment_end.html", context, status=422 if form.errors else 200)


def _see_again(form: EndAdjustmentForm, adjustment: OrderAdjustment) -> None:
    """Says that it is another by now; the next time the form is sent, that has been seen."""
    data = cast(QueryDict, form.data).copy()
    data["seen"] = fingerprint_of(adjustment, SHOWN_OF_ADJUSTMENT)
    form.data = data
    form.add_error(None, CHANGED_MEANWHILE)
