"""Window: settle a part of a refund of which the processor does not say what became."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.payments.models import RefundTransfer
from makegood.payments.rules import LONGEST_NOTE, TransferState
from makegood.payments.selectors_refunds import get_transfer
from makegood.payments.services.settle_transfer import LONGEST_REFERENCE, find_why_not_by_hand, settle_transfer
from makegood.providers.rules import Right
from makegood.web.frame.finding import or_404
from makegood.web.frame.form_refusals import add_refusal
from makegood.web.frame.rights import needs_right
from makegood.web.frame.sentences import in_words
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.frame.window import leave_window, show_window

GIVEN_BACK, NOT_GIVEN_BACK = "yes", "no"


class RefundSettlementForm(forms.Form):
    """What a person found out at the processor."""

    given_back = forms.ChoiceField(
        label="What stands at the processor",
        choices=[(GIVEN_BACK, "It was given back"), (NOT_GIVEN_BACK, "It was not given back")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it was given back."},
    )
    reference = forms.CharField(
        label="What the processor calls it",
        required=False,
        max_length=LONGEST_REFERENCE,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", "spellcheck": "false"}),
    )
    reason = forms.CharField(
        label="How you know",
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2, "data-longest": LONGEST_NOTE, "dir": "auto"}),
        error_messages={"required": "Say how you know; it is kept with the refund."},
    )

    def __init__(self, data: QueryDict | None = None, *, transfer: RefundTransfer) -> None:
        super().__init__(data, initial={"reference": transfer.reference}, auto_id="settlement_%s")
        if transfer.state == TransferState.FAILED:
            self.fields["given_back"].choices = [(GIVEN_BACK, "It was given back")]  # type: ignore[attr-defined]
            self.initial["given_back"] = GIVEN_BACK


@require_http_methods(["GET", "HEAD", "POST"])
@needs_right(Right.BILL, "settle refunds")
def settle(request: StaffRequest, pk: int) -> HttpResponse:
    """Asks what stands at the processor, and books it."""
    provider = request.membership.provider
    transfer = or_404(get_transfer, provider, pk)
    back = reverse("payment", args=[transfer.payment_id])
    form = RefundSettlementForm(request.POST if request.method == "POST" else None, transfer=transfer)
    if request.method == "POST" and form.is_valid():
        given_back = form.cleaned_data["given_back"] == GIVEN_BACK
        try:
            settle_transfer(
                membership=request.membership,
                transfer=transfer,
                given_back=given_back,
                reason=form.cleaned_data["reason"],
                reference=form.cleaned_data["reference"],
            )
        except Refused as refused:
            add_refusal(form, refused)
        else:
            became = "is booked as given back" if given_back else "counts as failed"
            messages.success(request, f"This part of refund {transfer.refund_id} {became}.")
            return leave_window(request, back)
    why = find_why_not_by_hand(transfer, now())
    said = [str(error) for error in form.non_field_errors()]
    refusal = in_words(why.message) if why else ""
    context = {"transfer": transfer, "form": form, "back": back, "can": why is None}
    context["refusal"] = "" if refusal in said else refusal
    return show_window(request, "payments/settle_refund.html", context, status=422 if form.errors else 200)
