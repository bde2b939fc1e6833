"""What is said of a refund or a pay-out that was asked for."""

from django.contrib import messages

from makegood.kit.money import format_money
from makegood.kit.refusal import Refused
from makegood.payments.failure_words import tell_staff_why
from makegood.payments.models import Refund
from makegood.payments.rules import RefundPurpose, RefundState, TransferState
from makegood.payments.selectors_refunds import list_transfers
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.payments.pay_out_form import PayOutForm
from makegood.web.payments.refund_form import RefundForm


def say_refund(request: StaffRequest, refund: Refund) -> None:
    """How it stands: done, on its way, or why not."""
    provider = request.membership.provider
    amount = format_money(refund.amount_minor, provider.currency, provider.currency_digits)
    what = "pay-out" if refund.purpose == RefundPurpose.PAY_OUT else "refund"
    if refund.state == RefundState.DONE:
        messages.success(request, f"The {what} of {amount} is done.")
    elif refund.state == RefundState.PENDING:
        messages.success(request, f"The {what} of {amount} is on its way. It stands here how far it has come.")
    elif refund.state == RefundState.PARTLY:
        messages.warning(request, f"A part of the {what} of {amount} could not be given back. {_why(refund)}")
    else:
        messages.error(request, f"The {what} of {amount} failed, and nothing went back. {_why(refund)}")


def _why(refund: Refund) -> str:
    """Why its first part that failed did; what became of the others stands on the page."""
    failed = list_transfers(refund).filter(state=TransferState.FAILED).order_by("pk").first()
    return tell_staff_why(failed.failure_code, failed.failure) if failed else "Why is said below."


def say_what_was_not_shown(form: RefundForm | PayOutForm, refused: Refused) -> Refused:
    """The refusal; in other words where nothing has changed but what the person typed after the split was shown."""
    if refused.code != "changed_meanwhile" or form.cleaned_data["shown"] == form.asked:
        return refused
    return Refused("not_shown", "Look at what goes back now. If that is right, send it once more.")
