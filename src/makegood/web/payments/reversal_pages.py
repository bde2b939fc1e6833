"""Window: reverse a payment that was recorded by hand."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from makegood.kit.refusal import Refused
from makegood.payments.models import Payment
from makegood.payments.reversing import preview_reversal
from makegood.payments.selectors import get_payment
from makegood.payments.services.reverse_payment import reverse_payment
from makegood.providers.rules import Right
from makegood.web.frame.finding import or_404
from makegood.web.frame.form_refusals import add_refusal
from makegood.web.frame.rights import needs_right
from makegood.web.frame.sentences import in_words
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.frame.window import leave_window, show_window
from makegood.web.payments.forms import ReversalForm


@require_http_methods(["GET", "HEAD", "POST"])
@needs_right(Right.BILL, "reverse payments", billing=True)
def reverse_one(request: StaffRequest, pk: int) -> HttpResponse:
    """Says what reversing does, and does it."""
    payment = or_404(get_payment, request.membership.provider, pk)
    form = ReversalForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            reverse_payment(
                membership=request.membership,
                payment=payment,
                reason=form.cleaned_data["reason"],
                key=f"form:{form.cleaned_data['key']}",
            )
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, f"Payment {payment.pk} is reversed.")
            return leave_window(request, reverse("payment", args=[pk]))
    if "key" in form.errors:
        form.add_error(None, "The window was not sent whole. Close it and open it again.")
    return _show_reversal(request, get_payment(payment.provider, pk), form)


def _show_reversal(request: StaffRequest, payment: Payment, form: ReversalForm) -> HttpResponse:
    context: dict[str, Any] = {"payment": payment, "form": form, "back": reverse("payment", args=[payment.pk])}
    try:
        context["preview"] = preview_reversal(membership=request.membership, payment=payment)
    except Refused as refused:
        said = [str(error) for error in form.non_field_errors()]
        refusal = in_words(refused.message)
        context["refusal"] = "" if refusal in said else refusal
    return show_window(request, "payments/reverse.html", context, status=422 if form.errors else 200)
