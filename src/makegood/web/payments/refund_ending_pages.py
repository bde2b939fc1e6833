"""Window: settle a part of a refund of which the processor does not say what became."""

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.payments.rules import TransferState
from makegood.payments.selectors_refunds import get_transfer
from makegood.payments.services.settle_transfer import LONGEST_REFERENCE, find_why_not_by_hand, settle_transfer
from makegood.providers.rules import Right
from makegood.web.frame.finding import or_404
from makegood.web.frame.form_refusals import add_refusal
from makegood.web.frame.rights import needs_right
from makegood.web.frame.sentences import in_words
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.frame.window import leave_window, show_window
from makegood.web.payments.settlement_form import SettlementForm


class RefundSettlementForm(SettlementForm):
    """Whether a part of a refund was given back."""

    answer = "given_back"
    done, not_done = "It was given back", "It was not given back"
    missing = "Say whether it was given back."
    kept_with = "refund"
    longest_reference = LONGEST_REFERENCE


@require_http_methods(["GET", "HEAD", "POST"])
@needs_right(Right.BILL, "settle refunds")
def settle(request: StaffRequest, pk: int) -> HttpResponse:
    """Asks what stands at the processor, and books it."""
    provider = request.membership.provider
    transfer = or_404(get_transfer, provider, pk)
    back = reverse("payment", args=[transfer.payment_id])
    form = RefundSettlementForm(
        request.POST if request.method == "POST" else None,
        reference=transfer.reference,
        has_failed=transfer.state == TransferState.FAILED,
    )
    if request.method == "POST" and form.is_valid():
        try:
            settle_transfer(
                membership=request.membership,
                transfer=transfer,
                given_back=form.is_done,
                reason=form.cleaned_data["reason"],
                reference=form.cleaned_data["reference"],
            )
        except Refused as refused:
            add_refusal(form, refused)
        else:
            became = "is booked as given back" if form.is_done else "counts as failed"
            messages.success(request, f"This part of refund {transfer.refund_id} {became}.")
            return leave_window(request, back)
    why = find_why_not_by_hand(transfer, now())
    said = [str(error) for error in form.non_field_errors()]
    refusal = in_words(why.message) if why else ""
    context = {"transfer": transfer, "form": form, "back": back, "can": why is None}
    context["refusal"] = "" if refusal in said else refusal
    return show_window(request, "payments/settle_refund.html", context, status=422 if form.errors else 200)
