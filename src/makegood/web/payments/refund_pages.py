"""Window: refund an invoice. What goes back, by which way and to whom, is shown while one types."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from makegood.invoices.models import Invoice
from makegood.invoices.selectors import get_invoice_by_id
from makegood.kit.money import decimal_string
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import list_credit_gl_codes
from makegood.payments.refunding import RefundPreview, preview_refund
from makegood.payments.selectors import list_cash_gl_codes
from makegood.payments.selectors_refunds import find_refund_by_key
from makegood.payments.services.refund_invoice import refund_invoice
from makegood.providers.rules import Right
from makegood.web.frame.finding import or_404
from makegood.web.frame.form_refusals import add_refusal
from makegood.web.frame.rights import needs_right
from makegood.web.frame.sentences import in_words
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.frame.window import leave_window, show_window
from makegood.web.payments.refund_form import RefundForm
from makegood.web.payments.refund_words import say_refund, say_what_was_not_shown

REFUND = "refund invoices"
FIELDS = {"amount_minor": "amount", "key": ""}
SHOWN_ALL_THE_SAME = ("way_gone", "amount_over_refundable", "amount_zero", "amount_not_in_steps")
"""Refusals that a person can do something about in the window."""


@require_http_methods(["GET", "HEAD", "POST"])
@needs_right(Right.BILL, REFUND, billing=True)
def refund(request: StaffRequest, pk: int) -> HttpResponse:
    """What goes back of what was paid, by which way, and what becomes of the invoice then."""
    invoice = or_404(get_invoice_by_id, request.membership.provider, pk)
    if request.method == "POST" and (known := _find_asked_before(request, invoice)):
        return known
    whole = preview_refund(membership=request.membership, invoice=invoice)
    form = _form(request, whole)
    if request.method == "POST" and form.is_valid() and request.POST.get("do") != "preview":
        try:
            return _save(request, invoice, form)
        except Refused as refused:
            add_refusal(form, say_what_was_not_shown(form, refused), FIELDS)
            # What stands against it now is shown as it is now.
            whole = preview_refund(membership=request.membership, invoice=invoice)
    return _show(request, whole, form)


@require_POST
@needs_right(Right.BILL, REFUND, billing=True)
def preview(request: StaffRequest, pk: int) -> HttpResponse:
    """What the refund that is being typed would do; books nothing."""
    invoice = or_404(get_invoice_by_id, request.membership.provider, pk)
    whole = preview_refund(membership=request.membership, invoice=invoice)
    return render(request, "payments/_refund_preview.html", _look_ahead(request, whole, _form(request, whole)))


def _save(request: StaffRequest, invoice: Invoice, form: RefundForm) -> HttpResponse:
    made = refund_invoice(
        membership=request.membership, invoice=invoice, key=f"form:{form.cleaned_data['key']}", **form.values
    )
    say_refund(request, made)
    return leave_window(request, reverse("invoice", args=[invoice.pk]))


def _find_asked_before(request: StaffRequest, invoice: Invoice) -> HttpResponse | None:
    """Where the window was sent before: the page on which its refund stands. Nothing goes back twice."""
    if not (key := request.POST.get("key", "")) or request.POST.get("do") == "preview":
        return None
    made = find_refund_by_key(invoice.provider, f"form:{key}")
    if made is None or made.invoice_id != invoice.pk:
        return None
    messages.info(request, "This window was sent before: here is its refund. Nothing goes back twice.")
    return leave_window(request, reverse("invoice", args=[invoice.pk]))


def _show(request: StaffRequest, whole: RefundPreview, form: RefundForm) -> HttpResponse:
    if "key" in form.errors:
        form.add_error(None, "The window was not sent whole. Close it and open it again.")
    context = {
        "back": reverse("invoice", args=[whole.invoice.pk]),
        **_look_ahead(request, whole, form),
    }
    return show_window(request, "payments/refund.html", context, status=422 if form.errors else 200)


def _look_ahead(request: StaffRequest, whole: RefundPreview, form: RefundForm) -> dict[str, Any]:
    """The form with what the refund would do, or why it cannot be; nothing while no amount is typed."""
    amount = decimal_string(whole.amount_minor, whole.invoice.provider.currency_digits)
    funds_url = f"{reverse('customer-credit-new', args=[whole.invoice.customer_id])}?amount={amount}"
    context: dict[str, Any] = {"invoice": whole.invoice, "whole": whole, "form": form, "funds_url": funds_url}
    if whole.refusal and whole.refusal.code not in SHOWN_ALL_THE_SAME:
        return {**context, "refusal": in_words(whole.refusal.message), "is_impossible": True}
    try:
        amount_minor = form.fields["amount"].clean(form["amount"].value())
    except ValidationError:
        return context
    found = whole
    if amount_minor != whole.amount_minor or form.hand:
        found = preview_refund(
            membership=request.membership, invoice=whole.invoice, amount_minor=amount_minor, by_hand=form.hand
        )
    refusal = found.refusal or (found.settle_refusal if form.settles else None)
    if refusal and refusal.code == "way_gone" and "by_hand" in form.fields:
        # It stands above the choice of ways.
        return context
    said = {str(error) for errors in form.errors.values() for error in errors}
    words = in_words(refusal.message) if refusal else ""
    return {
        **context,
        "preview": found,
        "is_split": len(found.parts) + len(found.returns) > 1,
        "has_processor_part": any(not part.is_at_once for part in found.parts),
        "refusal": "" if words in said else words,
    }


def _form(request: StaffRequest, whole: RefundPreview) -> RefundForm:
    provider = whole.invoice.provider
    return RefundForm(
        request.POST if request.method == "POST" else None,
        whole=whole,
        gl_codes=list_credit_gl_codes(provider),
        cash_gl_codes=list_cash_gl_codes(provider) if whole.way_gone else [],
    )
