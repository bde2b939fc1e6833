"""Settling by hand a part of a refund of which the processor does not say what became: a person has looked there."""

from datetime import datetime

from makegood.audit.services import record
from makegood.credits.services.void_invoice import clean_reason
from makegood.gateways.interface import Refund as Answer
from makegood.gateways.rules import Standing
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.kit.transactions import opens_transaction
from makegood.ledger.locks import hold_books
from makegood.payments.models import RefundTransfer
from makegood.payments.refund_rules import NEVER_ANSWERED, NEVER_ARRIVED, UNDER_WAY
from makegood.payments.rules import TransferState
from makegood.payments.schedule import LONG, MANY_CHECKS
from makegood.payments.services.book_transfer import book_answer, can_book_late, lock_transfer
from makegood.payments.services.give_back import payment_of
from makegood.payments.services.late_pay_out import can_book_late_pay_out
from makegood.payments.services.settle_by_hand import clean_reference_there
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.providers.selectors import require_right

LONGEST_REFERENCE = RefundTransfer._meta.get_field("reference").max_length or 0


def settle_transfer(
    *, membership: Membership, transfer: RefundTransfer, given_back: bool, reason: str, reference: str = ""
) -> RefundTransfer:
    """Books what a person found out at the processor: that a part of a refund or pay-out was given back, or was not.

    Opens a transaction: books, then the customer. reference: what the processor calls it, so that it is recognised if
    it bounces. What follows of it is booked as if the processor had said so. Done twice with the same answer it changes
    nothing.
    Refused without the right, without a reason, with another reference than it is known by, as long as it may still end
    by itself (`find_why_not_by_hand`), and where it counted as failed and its money was used otherwise since.
    """
    require_right(membership, Right.BILL, "settle refunds")
    reason, reference = clean_reason(reason), clean_reference_there(reference, LONGEST_REFERENCE)
    provider = membership.provider
    with opens_transaction():
        booked_on = hold_books(provider)
        transfer = lock_transfer(provider, transfer.pk)
        if transfer.state == (TransferState.SUCCEEDED if given_back else TransferState.FAILED):
            if given_back:
                _require_same(transfer, reference)
            return transfer
        if refusal := find_why_not_by_hand(transfer, now(), given_back=given_back):
            raise refusal
        book_answer(transfer=transfer, answer=_answer(transfer, given_back, reason, reference), booked_on=booked_on)
        record(
            provider_id=provider.pk,
            staff_id=membership.staff_id,
            action="refund.said_given_back" if given_back else "refund.said_not_given_back",
            subject_type="payment",
            subject_id=payment_of(transfer),
            detail={"refund": transfer.refund_id, "amount_minor": transfer.amount_minor, "reason": reason},
        )
    return transfer


def find_why_not_by_hand(transfer: RefundTransfer, at: datetime, *, given_back: bool = True) -> Refused | None:
    """Why nobody can settle the part by hand at that moment; None if somebody can.

    It was asked about in vain: at least once of a gateway that is not in use, many times and for more than a day else.
    What counts as failed without an answer can still turn out to have been given back.
    """
    name = f"This part of refund {transfer.refund_id}"
    if transfer.state == TransferState.FAILED and transfer.failure_code in (NEVER_ARRIVED, NEVER_ANSWERED):
        if given_back and not (can_book_late(transfer) or can_book_late_pay_out(transfer)):
            return Refused(
                "used_otherwise",
                f"{name} counted as failed, and its money was used otherwise since, so that it cannot be booked.",
                "refund",
            )
        return None
    if transfer.state not in UNDER_WAY or transfer.submitted_at is None or transfer.gateway is None:
        label = TransferState(transfer.state).label.lower()
        return Refused("refund_settled", f"{name} is {label}; there is nothing to settle.", "refund")
    if transfer.held_until is not None and transfer.held_until > at:
        return Refused("refund_held", f"{name} is being looked at. Wait a moment.", "refund")
    is_stuck = transfer.checks >= MANY_CHECKS and transfer.submitted_at <= at - LONG
    if is_stuck or (transfer.checks and not transfer.gateway.active):
        return None
    return Refused(
        "refund_not_stuck",
        f"The processor may still say what became of it. {name} can be settled by hand once it was asked in vain for a "
        "day.",
        "refund",
    )


def _require_same(transfer: RefundTransfer, reference: str) -> None:
    """Refused for a reference that is not the one by which the processor is known to call it."""
    if transfer.reference and reference not in ("", transfer.reference):
        raise Refused("reference_differs", f"The processor calls this refund {transfer.reference}.", "reference")


def _answer(transfer: RefundTransfer, given_back: bool, reason: str, reference: str) -> Answer:
    key, charge = str(transfer.attempt_key), transfer.payment.gateway_reference if transfer.payment else ""
    if not given_back:
        return Answer(transfer.reference, key, charge, Standing.FAILED, transfer.amount_minor, NEVER_ARRIVED, reason)
    _require_same(transfer, reference)
    reference = transfer.reference or reference
    if not reference:
        raise Refused("reference_missing", "Write what the processor calls the refund, such as re_…", "reference")
    others = RefundTransfer.objects.filter(gateway=transfer.gateway, reference=reference).exclude(pk=transfer.pk)
    if (other := others.values_list("refund_id", flat=True).first()) is not None:
        raise Refused("reference_used", f"That is a part of refund {other} already.", "reference")
    return Answer(reference, key, charge, Standing.SUCCEEDED, transfer.amount_minor)
