"""Window: pay a customer's prepaid and overpaid funds out."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer_by_id
from makegood.kit.refusal import Refused
from makegood.payments.paying_out import PayOutPreview, preview_pay_out
from makegood.payments.selectors import list_cash_gl_codes
from makegood.payments.selectors_refunds import find_refund_by_key
from makegood.payments.services.pay_out import pay_out
from makegood.providers.rules import Right
from makegood.web.frame.finding import or_404
from makegood.web.frame.form_refusals import add_refusal
from makegood.web.frame.rights import needs_right
from makegood.web.frame.sentences import in_words
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.frame.window import leave_window, show_window
from makegood.web.payments.pay_out_form import PayOutForm
from makegood.web.payments.refund_words import say_refund, say_what_was_not_shown

PAY_OUT = "pay Available Funds out"
FIELDS = {"amount_minor": "amount", "key": ""}
IN_THE_WINDOW = ("amount_over_methods", "amount_over_funds", "amount_zero", "amount_not_in_steps")
"""Refusals that a person can do something about in the window."""


@require_http_methods(["GET", "HEAD", "POST"])
@needs_right(Right.BILL, PAY_OUT, billing=True)
def pay_funds_out(request: StaffRequest, pk: int) -> HttpResponse:
    """What of the customer's funds is paid money, and how it goes back."""
    customer = or_404(get_customer_by_id, request.membership.provider, pk)
    if request.method == "POST" and _was_asked_before(request, customer):
        messages.info(request, "This window was sent before. Nothing is paid out twice.")
        return leave_window(request, _page(customer))
    whole = preview_pay_out(membership=request.membership, customer=customer)
    form = _form(request, whole)
    if request.method == "POST" and form.is_valid() and request.POST.get("do") != "preview":
        try:
            made = pay_out(
                membership=request.membership,
                customer=customer,
                key=f"form:{form.cleaned_data['key']}",
                **form.values,
            )
        except Refused as refused:
            add_refusal(form, say_what_was_not_shown(form, refused), FIELDS)
            whole = preview_pay_out(membership=request.membership, customer=customer)
        else:
            say_refund(request, made)
            return leave_window(request, _page(customer))
    return _show(request, whole, form)


@require_POST
@needs_right(Right.BILL, PAY_OUT, billing=True)
def preview(request: StaffRequest, pk: int) -> HttpResponse:
    """What the pay-out that is being typed would do; books nothing."""
    customer = or_404(get_customer_by_id, request.membership.provider, pk)
    whole = preview_pay_out(membership=request.membership, customer=customer)
    context = _look_ahead(request, whole, _form(request, whole))
    return render(request, "payments/_pay_out_preview.html", context)


def _was_asked_before(request: StaffRequest, customer: Customer) -> bool:
    if not (key := request.POST.get("key", "")) or request.POST.get("do") == "preview":
        return False
    made = find_refund_by_key(customer.provider, f"form:{key}")
    return made is not None and made.customer_id == customer.pk


def _show(request: StaffRequest, whole: PayOutPreview, form: PayOutForm) -> HttpResponse:
    if "key" in form.errors:
        form.add_error(None, "The window was not sent whole. Close it and open it again.")
    context = {"back": _page(whole.customer), **_look_ahead(request, whole, form)}
    return show_window(request, "payments/pay_out.html", context, status=422 if form.errors else 200)


def _look_ahead(request: StaffRequest, whole: PayOutPreview, form: PayOutForm) -> dict[str, Any]:
    """The form with what the pay-out would do, or why it cannot be; nothing while no amount is typed."""
    context: dict[str, Any] = {"customer": whole.customer, "whole": whole, "form": form}
    if whole.refusal and whole.refusal.code not in IN_THE_WINDOW:
        return {**context, "refusal": in_words(whole.refusal.message), "is_impossible": True}
    try:
        amount_minor = form.fields["amount"].clean(form["amount"].value())
    except ValidationError:
        return context
    found = preview_pay_out(
        membership=request.membership, customer=whole.customer, amount_minor=amount_minor, way=form.chosen_way
    )
    said = {str(error) for errors in form.errors.values() for error in errors}
    words = in_words(found.refusal.message) if found.refusal else ""
    return {**context, "preview": found, "refusal": "" if words in said else words}


def _form(request: StaffRequest, whole: PayOutPreview) -> PayOutForm:
    cash = list_cash_gl_codes(whole.customer.provider)
    return PayOutForm(request.POST if request.method == "POST" else None, whole=whole, cash_gl_codes=cash)


def _page(customer: Customer) -> str:
    return reverse("customer-credits", args=[customer.pk])
