"""Pages: one charge, and what can be done with it and with those that wait."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from makegood.customers.selectors import get_customer_by_id
from makegood.invoices.charge_rules import shown_rate
from makegood.invoices.charge_selectors import find_invoice_of, get_charge, list_waiting_charges_of
from makegood.invoices.models import Charge
from makegood.invoices.selectors import get_billing_settings
from makegood.invoices.services.cancel_charge import cancel_charge, prepare_cancellation
from makegood.invoices.services.invoice_run import bill_now
from makegood.kit.refusal import Refused
from makegood.providers.rules import Right
from makegood.runs.selectors import get_run
from makegood.web.frame.finding import or_404
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.frame.window import leave_window, show_window

LONGEST_TOKEN = 64
CANCEL = "cancel charges"
MOST_SHOWN = 20
"""So many waiting charges are named one by one."""


@require_safe
def show(request: StaffRequest, pk: int) -> HttpResponse:
    """A charge: what it is, where it came from and where it stands."""
    charge = or_404(get_charge, request.membership.provider, pk)
    context = {
        "charge": charge,
        "tax_rate": shown_rate(charge.tax_rate),
        "invoice": find_invoice_of(charge) if charge.state == Charge.State.INVOICED else None,
    }
    return render(request, "charges/charge.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_right(Right.BILL, CANCEL, billing=True)
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    """Says what cancelling does, and does it."""
    charge = or_404(get_charge, request.membership.provider, pk)
    back = reverse("customer", args=[charge.customer_id])
    problem = ""
    if request.method == "POST":
        try:
            cancel_charge(membership=request.membership, charge=charge)
        except Refused as refused:
            problem = refused.message
            charge = get_charge(request.membership.provider, pk)
        else:
            messages.success(request, f"Charge {pk} is cancelled and will not be billed.")
            return leave_window(request, back)
    context = {"charge": charge, "back": back, "problem": problem}
    return show_window(request, "charges/cancel.html", context, status=422 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_right(Right.BILL, "make invoices", billing=True)
def bill(request: StaffRequest, pk: int) -> HttpResponse:
    """Puts a customer's waiting charges on an invoice of their own now; its run says what became of it."""
    customer = or_404(get_customer_by_id, request.membership.provider, pk)
    back = reverse("customer", args=[pk])
    problem = ""
    token = request.POST.get("token", "")[:LONGEST_TOKEN] or uuid4().hex
    if request.method == "POST":
        try:
            run = bill_now(membership=request.membership, customer=customer, key=f"bill-now:{pk}:{token}")
        except Refused as refused:
            problem = refused.message
        else:
            return leave_window(request, reverse("run", args=[run.pk]))
    waiting = list(list_waiting_charges_of(customer)[: MOST_SHOWN + 1])
    has_more = len(waiting) > MOST_SHOWN
    billing = get_billing_settings(customer.provider)
    context = {
        "customer": customer,
        "charges": waiting[:MOST_SHOWN],
        "has_more": has_more,
        "total_minor": sum(charge.amount_minor for charge in waiting),
        "adds_tax": not billing.prices_include_tax and any(charge.tax_rate for charge in waiting),
        "token": token,
        "back": back,
        "problem": problem,
    }
    return show_window(request, "charges/bill_now.html", context, status=422 if problem else 200)


@require_POST
@needs_right(Right.BILL, CANCEL, billing=True)
def cancel_of_run(request: StaffRequest, pk: int) -> HttpResponse:
    """Drafts a cancellation; its page shows customer by customer what it would cancel."""
    run = or_404(get_run, pk, request.membership.provider)
    token = request.POST.get("token", "")[:LONGEST_TOKEN]
    try:
        key = f"cancel-charges:{run.pk}:{token}" if token else None
        draft, _ = prepare_cancellation(membership=request.membership, run=run, key=key)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("run", pk=pk)
    return redirect("run", pk=draft.pk)
