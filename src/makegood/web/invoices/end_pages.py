"""What a person does with an invoice: use funds for it, void it, mark it uncollectible."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from makegood.credits.selectors import get_usable_funds
from makegood.credits.services.apply_funds import apply_now
from makegood.credits.services.void_invoice import preview_void, void_invoice
from makegood.credits.services.write_off import write_off_invoice
from makegood.customers.selectors import get_customer_by_id
from makegood.invoices.models import Invoice
from makegood.invoices.selectors import get_invoice_by_id
from makegood.kit.money import format_money
from makegood.kit.refusal import Refused
from makegood.providers.calendar import today_of
from makegood.providers.rules import Right
from makegood.web.frame.finding import or_404
from makegood.web.frame.form_refusals import add_refusal
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.frame.window import leave_window, show_window
from makegood.web.invoices.forms import EndForm, VoidForm

METHODS = ["GET", "HEAD", "POST"]


@require_POST
@needs_right(Right.BILL, "use Available Funds for invoices", billing=True)
def apply(request: StaffRequest, pk: int) -> HttpResponse:
    """Uses the customer's funds for the invoice at once."""
    invoice = _find(request, pk)
    try:
        used = apply_now(membership=request.membership, customer=invoice.customer, invoice=invoice)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, f"Available Funds of {_money(invoice, used.amount_minor)} are used for this invoice.")
    return redirect("invoice", pk=pk)


@require_POST
@needs_right(Right.BILL, "use Available Funds for invoices", billing=True)
def apply_for_customer(request: StaffRequest, pk: int) -> HttpResponse:
    """Uses the customer's funds at once for all that is owed, oldest due first."""
    customer = or_404(get_customer_by_id, request.membership.provider, pk)
    try:
        used = apply_now(membership=request.membership, customer=customer)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        amount = format_money(used.amount_minor, customer.provider.currency, customer.provider.currency_digits)
        messages.success(request, f"Available Funds of {amount} are used for what is owed.")
    return redirect("customer", pk=pk)


@require_http_methods(METHODS)
@needs_right(Right.BILL, "void invoices", billing=True)
def void(request: StaffRequest, pk: int) -> HttpResponse:
    """Says what voiding does, what goes back to which credit, and does it."""
    invoice = _find(request, pk)
    form = VoidForm(request.POST if request.method == "POST" else None, seen=invoice.used_minor)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            void_invoice(
                membership=request.membership,
                invoice=invoice,
                reason=typed["reason"],
                bill_again=typed["bill_again"],
                charges_wait=typed["charges_wait"],
                seen_used_minor=typed["seen"],
            )
        except Refused as refused:
            invoice = _find(request, pk)
            form.look_again(invoice.used_minor)
            add_refusal(form, refused)
        else:
            said = f"Invoice {invoice.number} is void."
            if typed["seen"]:
                said += f" {_money(invoice, typed['seen'])} went back to the credits that had paid it."
            messages.success(request, said)
            return leave_window(request, reverse("invoice", args=[pk]))
    return _show(request, "invoices/void.html", invoice, form, {"preview": preview_void(invoice)})


@require_http_methods(METHODS)
@needs_right(Right.BILL, "write off invoices", billing=True)
def write_off(request: StaffRequest, pk: int) -> HttpResponse:
    """Says what is given up, and gives it up."""
    invoice = _find(request, pk)
    form = EndForm(request.POST if request.method == "POST" else None, seen=invoice.due_minor)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            write_off_invoice(
                membership=request.membership, invoice=invoice, reason=typed["reason"], seen_due_minor=typed["seen"]
            )
        except Refused as refused:
            invoice = _find(request, pk)
            form.look_again(invoice.due_minor)
            add_refusal(form, refused)
        else:
            messages.success(request, f"Invoice {invoice.number} is marked uncollectible.")
            return leave_window(request, reverse("invoice", args=[pk]))
    funds_minor = get_usable_funds(invoice.provider_id, invoice.customer_id, today_of(invoice.provider))
    return _show(request, "invoices/write_off.html", invoice, form, {"funds_minor": funds_minor})


def _find(request: StaffRequest, pk: int) -> Invoice:
    return or_404(get_invoice_by_id, request.membership.provider, pk)


def _show(
    request: StaffRequest, template: str, invoice: Invoice, form: EndForm, context: dict[str, Any]
) -> HttpResponse:
    if "seen" in form.errors:
        form.add_error(None, "The window was not sent whole. Close it and open it again.")
    shown = {"invoice": invoice, "form": form, "back": reverse("invoice", args=[invoice.pk]), **context}
    return show_window(request, template, shown, status=422 if form.errors else 200)


def _money(invoice: Invoice, minor: int) -> str:
    return format_money(minor, invoice.provider.currency, invoice.provider.currency_digits)
