"""What is said of refunds and pay-outs to staff, the same on pages, in files and on the command line.

All of it reads the parts as `selectors_refunds.with_parts` gives them.
"""

from makegood.payments.method_words import name_method_of
from makegood.payments.models import Payment, Refund, RefundTransfer
from makegood.payments.refund_rules import NEVER_ANSWERED, NEVER_ARRIVED
from makegood.payments.rules import Follow, RefundPurpose, RefundState, TransferState, Way

AVAILABLE_FUNDS = "Available Funds"


def name_way(way: str, payment: Payment | None) -> str:
    """Where a part goes, such as ``Visa ending 4242`` or ``Cash``."""
    if way != Way.GATEWAY or payment is None:
        return str(Way(way).label)
    return name_method_of(payment)


def say_way(way: str, payment: Payment | None) -> str:
    """How a part goes, within a sentence, such as ``to Visa ending 4242`` or ``in cash``."""
    if way == Way.GATEWAY:
        return f"to {name_way(way, payment)}"
    return "in cash" if way == Way.CASH else "by bank transfer"


def name_ways(refund: Refund) -> list[str]:
    """Where all parts of a refund went or are to go, each once."""
    ways = [name_way(part.way, part.payment) for part in refund.transfers.all()]
    return list(dict.fromkeys([*ways, *([AVAILABLE_FUNDS] if refund.funds_minor else [])]))


def say_what_followed(refund: Refund) -> str:
    """What became of the invoice; empty for a pay-out, and where nothing was given back."""
    if refund.purpose == RefundPurpose.PAY_OUT or refund.state == RefundState.FAILED:
        return ""
    settles = refund.follow == Follow.SETTLE
    if refund.state == RefundState.PENDING:
        return "To be settled" if settles else "To be left open"
    if not settles:
        return "Left open"
    return "Settled" if list_settling(refund) else "Written off"


def list_settling(refund: Refund) -> list[int]:
    """The credits, by number, that settled the invoice."""
    settling = [part.credit_id for part in refund.transfers.all()] + [refund.credit_id]
    return [pk for pk in settling if pk is not None]


def has_bounced(refund: Refund) -> bool:
    """Whether a bank sent something of it back after it had been given back."""
    return any(part.bounced_at is not None for part in refund.transfers.all())


def sum_given(refund: Refund) -> int:
    """What of it went back and stayed there, in minor units; none of what is under way, failed or bounced."""
    parts = refund.transfers.all()
    given = sum(
        part.amount_minor for part in parts if part.state == TransferState.SUCCEEDED and part.bounced_at is None
    )
    return given + (refund.funds_minor if refund.funds_returned else 0)


def say_how_to_book_late(transfer: RefundTransfer) -> str:
    """What a manager can do where a pay-out that counts as failed was made, and its funds are used otherwise by now."""
    by_hand = transfer.failure_code in (NEVER_ARRIVED, NEVER_ANSWERED)
    then = (
        "Once as much of paid funds is there again, it can be settled by hand on its page. Until then it"
        if by_hand
        else "It"
    )
    return (
        "Its funds were used meanwhile, so that it cannot be booked: the customer has the money twice. Ask for it "
        f"back, and record what comes as a payment. {then} stands as a difference of the clearing account."
    )
