"""Parts of refunds and pay-outs with what is said of each, on their own page and on that of the payment."""

from collections.abc import Iterable
from dataclasses import dataclass

from makegood.kit.clock import now
from makegood.payments.failure_words import tell_staff_why
from makegood.payments.models import RefundTransfer
from makegood.payments.refund_words import say_how_to_book_late
from makegood.payments.rules import RefundPurpose, TransferState
from makegood.payments.services.settle_transfer import find_why_not_by_hand
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.providers.selectors import can_act


@dataclass(frozen=True)
class ShownPart:
    """A part of a refund with what is said of it. advice: what can be done where nobody can settle it as it is."""

    transfer: RefundTransfer
    why: str
    can_settle: bool
    advice: str


def list_parts(membership: Membership, transfers: Iterable[RefundTransfer]) -> list[ShownPart]:
    """The same parts, with why they failed, and what this person can do. transfers: read with their refunds."""
    may_bill, at = can_act(membership, Right.BILL), now()
    parts = []
    for transfer in transfers:
        failed = transfer.state == TransferState.FAILED or transfer.bounced_at is not None
        why = tell_staff_why(transfer.failure_code, transfer.failure) if failed else ""
        refusal = find_why_not_by_hand(transfer, at)
        is_pay_out = transfer.refund.purpose == RefundPurpose.PAY_OUT
        is_used = is_pay_out and refusal is not None and refusal.code == "used_otherwise"
        advice = f"Did the processor make it after all? {say_how_to_book_late(transfer)}" if is_used else ""
        parts.append(ShownPart(transfer, why, may_bill and refusal is None, advice))
    return parts
