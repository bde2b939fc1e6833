"""What follows from a refund or a pay-out that has come to its end."""

from makegood.credits.limits import money_of
from makegood.emails.services.outbox import add_messages
from makegood.kit.transactions import demand_transaction
from makegood.payments.failure_words import tell_staff_why
from makegood.payments.models import Refund
from makegood.payments.refund_emails import REFUND_CAUSE, REFUND_NAME
from makegood.payments.refund_rules import NEVER_ANSWERED
from makegood.payments.rules import RefundPurpose, RefundState, TransferState
from makegood.payments.telling import CUSTOMER, PAYMENT, tell_managers


def tell_of_refund(refund: Refund) -> None:
    """Writes to the customer what has gone back; tells managers, and who asked, of what has not.

    Demands the transaction in which the refund was settled; of one that is still on its way nothing is said.
    """
    demand_transaction()
    state = RefundState(refund.state)
    if state in (RefundState.DONE, RefundState.PARTLY):
        add_messages(
            provider_id=refund.provider_id,
            template=REFUND_NAME,
            cause_type=REFUND_CAUSE,
            cause_id=refund.pk,
            recipients_sql="SELECT %(customer)s::bigint AS customer_id",
            parameters={"customer": refund.customer_id},
        )
    if state in (RefundState.FAILED, RefundState.PARTLY):
        _tell_of_failure(refund, wholly=state == RefundState.FAILED)


def _tell_of_failure(refund: Refund, *, wholly: bool) -> None:
    provider = refund.provider
    failed = [each for each in refund.transfers.order_by("pk") if each.state == TransferState.FAILED]
    amount = money_of(provider, refund.amount_minor)
    what = "pay-out" if refund.purpose == RefundPurpose.PAY_OUT else "refund"
    missing = sum(each.amount_minor for each in failed)
    left = money_of(provider, missing)
    why = tell_staff_why(failed[0].failure_code, failed[0].failure) if failed else ""
    then = "Nothing has gone back; it can be asked for again." if wholly else f"{left} has not gone back."
    what_now = "Try again, pay it out by hand, or make it Available Funds."
    if any(each.failure_code == NEVER_ANSWERED for each in failed):
        then = f"{left} counts as not given back, but nobody can say that it was not."
        what_now = "Look there before anything is given back again; if it was given back, settle the refund by hand."
    subject = next((each.payment_id for each in failed if each.payment_id), None)
    tell_managers(
        refund.provider_id,
        "error",
        f"A {what} of {amount} {'failed' if wholly else 'was done in part'}",
        f"{why} {then} {what_now}".strip(),
        *((PAYMENT, subject) if subject else (CUSTOMER, refund.customer_id)),
        besides=[refund.created_by_id],
    )
