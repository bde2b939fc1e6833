"""Windows: withdraw a payment that waits; settle one of which the processor does not say what became."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.payments.models import Payment
from makegood.payments.rules import LONGEST_NOTE, State
from makegood.payments.selectors import get_payment
from makegood.payments.services.settle_by_hand import LONGEST_REFERENCE, find_why_not_by_hand, settle_by_hand
from makegood.payments.services.withdraw import find_why_not_withdrawn, withdraw_payment
from makegood.providers.rules import Right
from makegood.web.frame.finding import or_404
from makegood.web.frame.form_refusals import add_refusal
from makegood.web.frame.rights import needs_right
from makegood.web.frame.sentences import in_words
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.frame.window import leave_window, show_window
from makegood.web.payments.settlement_form import SettlementForm


class WithdrawalForm(forms.Form):
    """Why a payment is withdrawn."""

    reason = forms.CharField(
        label="Reason",
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2, "data-longest": LONGEST_NOTE, "dir": "auto", "autofocus": True}),
        error_messages={"required": "Say why; it is kept with the payment."},
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="withdrawal_%s")


class PaymentSettlementForm(SettlementForm):
    """Whether a payment was charged."""

    answer = "charged"
    done, not_done = "It was charged", "It was not charged"
    missing = "Say whether it was charged."
    kept_with = "payment"
    longest_reference = LONGEST_REFERENCE


@require_http_methods(["GET", "HEAD", "POST"])
@needs_right(Right.BILL, "withdraw payments")
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    """Says what withdrawing does, and does it."""
    payment = or_404(get_payment, request.membership.provider, pk)
    form = WithdrawalForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_payment(membership=request.membership, payment=payment, reason=form.cleaned_data["reason"])
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, f"Payment {payment.pk} is withdrawn. Nothing was charged.")
            return leave_window(request, reverse("payment", args=[pk]))
    payment = get_payment(payment.provider, pk)
    return _show(request, "payments/withdraw.html", payment, form, find_why_not_withdrawn(payment))


@require_http_methods(["GET", "HEAD", "POST"])
@needs_right(Right.BILL, "settle payments")
def settle(request: StaffRequest, pk: int) -> HttpResponse:
    """Asks what stands at the processor, and books it."""
    payment = or_404(get_payment, request.membership.provider, pk)
    form = PaymentSettlementForm(
        request.POST if request.method == "POST" else None,
        reference=payment.gateway_reference,
        has_failed=payment.state == State.FAILED,
    )
    if request.method == "POST" and form.is_valid():
        try:
            settle_by_hand(
                membership=request.membership,
                payment=payment,
                charged=form.is_done,
                reason=form.cleaned_data["reason"],
                reference=form.cleaned_data["reference"],
            )
        except Refused as refused:
            add_refusal(form, refused)
        else:
            became = "is booked as charged" if form.is_done else "counts as failed"
            messages.success(request, f"Payment {payment.pk} {became}.")
            return leave_window(request, reverse("payment", args=[pk]))
    payment = get_payment(payment.provider, pk)
    return _show(request, "payments/settle.html", payment, form, find_why_not_by_hand(payment, now()))


def _show(
    request: StaffRequest, template: str, payment: Payment, form: forms.Form, why: Refused | None
) -> HttpResponse:
    context: dict[str, Any] = {"payment": payment, "form": form, "back": reverse("payment", args=[payment.pk])}
    said = [str(error) for error in form.non_field_errors()]
    refusal = in_words(why.message) if why else ""
    context |= {"can": why is None, "refusal": "" if refusal in said else refusal}
    return show_window(request, template, context, status=422 if form.errors else 200)
