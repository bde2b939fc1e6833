"""Window: record a payment of a customer. What it will pay is shown while one types."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import reswap, retarget

from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer_by_id
from makegood.kit.money import decimal_string, format_money
from makegood.kit.refusal import Refused
from makegood.payments.recording import list_payables
from makegood.payments.rules import Payable, field_of
from makegood.payments.selectors import list_cash_gl_codes
from makegood.payments.services.record_payment import record_payment
from makegood.providers.rules import Right
from makegood.web.frame.finding import or_404
from makegood.web.frame.form_refusals import add_refusal
from makegood.web.frame.rights import needs_right
from makegood.web.frame.sentences import in_words
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.frame.window import leave_window, show_window
from makegood.web.payments.forms import BY_HAND, PaymentForm, find_typed_invoices
from makegood.web.payments.look_ahead import find_invoices, look_ahead

RECORD = "record payments"
SUMMARY = "#payment-summary"


@require_http_methods(["GET", "HEAD", "POST"])
@needs_right(Right.BILL, RECORD, billing=True)
def record(request: StaffRequest, pk: int) -> HttpResponse:
    """A payment of the customer; `invoice` in the address names the one that is to be paid."""
    customer = or_404(get_customer_by_id, request.membership.provider, pk)
    form = _form(request, customer)
    if request.method == "POST" and form.is_valid() and request.POST.get("do") != "preview":
        try:
            return _save(request, customer, form)
        except Refused as refused:
            _refuse(form, refused)
    return _show(request, customer, form)


@require_POST
@needs_right(Right.BILL, RECORD, billing=True)
def preview(request: StaffRequest, pk: int) -> HttpResponse:
    """What the payment that is being typed would pay; books nothing. What is typed by hand is left as it is."""
    customer = or_404(get_customer_by_id, request.membership.provider, pk)
    form = _form(request, customer)
    context = look_ahead(request.membership, customer, form)
    if form.by_hand and request.POST.get("shown_how") == BY_HAND:
        return reswap(retarget(render(request, "payments/_summary.html", context), SUMMARY), "innerHTML")
    return render(request, "payments/_allocation.html", context)


def _save(request: StaffRequest, customer: Customer, form: PaymentForm) -> HttpResponse:
    payment = record_payment(
        membership=request.membership,
        customer=customer,
        key=f"form:{form.cleaned_data['key']}",
        allocations=find_invoices(customer, form.allocations),
        **form.values,
    )
    provider = customer.provider
    amount = format_money(payment.amount_minor, provider.currency, provider.currency_digits)
    messages.success(request, f"The payment of {amount} is recorded.")
    return leave_window(request, reverse("payment", args=[payment.pk]))


def _refuse(form: PaymentForm, refused: Refused) -> None:
    if refused.field in ("key", "allocations") or refused.field not in form.fields:
        form.add_error(None, in_words(refused.message))
    else:
        add_refusal(form, refused)


def _show(request: StaffRequest, customer: Customer, form: PaymentForm) -> HttpResponse:
    if "key" in form.errors:
        form.add_error(None, "The window was not sent whole. Close it and open it again.")
    context = {
        "back": reverse("customer-payments", args=[customer.pk]),
        **look_ahead(request.membership, customer, form),
    }
    return show_window(request, "payments/record.html", context, status=422 if form.errors else 200)


def _form(request: StaffRequest, customer: Customer) -> PaymentForm:
    provider = request.membership.provider
    is_sent = request.method == "POST"
    named = find_typed_invoices(request.POST) if is_sent else []
    payables = list_payables(customer, dict.fromkeys(named, 0))
    return PaymentForm(
        request.POST if is_sent else None,
        provider=provider,
        gl_codes=list_cash_gl_codes(provider),
        payables=payables,
        initial=None if is_sent else _first_values(request, payables),
    )


def _first_values(request: StaffRequest, payables: tuple[Payable, ...]) -> dict[str, Any]:
    """From the page of an invoice: what is due of it, for it."""
    asked = request.GET.get("invoice", "")
    wanted = next((each for each in payables if str(each.invoice_id) == asked), None)
    if wanted is None:
        return {}
    due = decimal_string(wanted.due_minor, request.membership.provider.currency_digits)
    return {"amount": due, "how": BY_HAND, field_of(wanted.invoice_id): due}
