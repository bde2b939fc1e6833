"""Window: on which day of the month a customer's periods begin."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from makegood.customers.selectors import get_customer_by_id
from makegood.invoices.models import BillingAccount
from makegood.invoices.selectors import get_billing_account
from makegood.invoices.services.billing_cycle import set_billing_cycle
from makegood.kit.refusal import Refused
from makegood.providers.rules import Right
from makegood.web.frame.finding import or_404
from makegood.web.frame.form_refusals import add_refusal
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.frame.window import leave_window, show_window

MEANINGS = {
    BillingAccount.Cycle.MONTHLY: "A first part of a month is billed by days.",
    BillingAccount.Cycle.ANNIVERSARY: "Each period is a whole month; nothing is billed by days at the beginning.",
}


class CycleForm(forms.Form):
    """When periods begin."""

    cycle = forms.ChoiceField(
        label="Periods begin",
        choices=[
            (value, format_html("<strong>{}</strong> <small>{}</small>", value.label, MEANINGS[value]))
            for value in BillingAccount.Cycle
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose when periods begin.", "invalid_choice": "Choose when periods begin."},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs_right(Right.BILL, "change when customers are billed", billing=True)
def change(request: StaffRequest, pk: int) -> HttpResponse:
    """Says what is billed how far, and changes when periods begin."""
    customer = or_404(get_customer_by_id, request.membership.provider, pk)
    back = reverse("customer", args=[pk])
    account = get_billing_account(customer)
    form = CycleForm(request.POST if request.method == "POST" else None, initial={"cycle": account.cycle})
    if request.method == "POST" and form.is_valid():
        try:
            set_billing_cycle(membership=request.membership, customer=customer, cycle=form.cleaned_data["cycle"])
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, f"The billing cycle of customer {customer.number} is saved.")
            return leave_window(request, back)
    context = {"form": form, "customer": customer, "account": account, "back": back}
    return show_window(request, "invoices/cycle.html", context, status=422 if form.errors else 200)
