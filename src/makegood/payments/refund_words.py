"""What is said of refunds and pay-outs to staff, the same on pages, in files and on the command line.

All of it reads the parts as `selectors_refunds.with_parts` gives them.
"""

from makegood.payments.models import Payment, Refund
from makegood.payments.rules import Follow, RefundPurpose, RefundState, TransferState, Way

AVAILABLE_FUNDS = "Available Funds"


def name_way(way: str, payment: Payment | None) -> str:
    """Where a part goes, such as ``Visa ending 4242`` or ``Cash``."""
    if way != Way.GATEWAY or payment is None:
        return str(Way(way).label)
    return str(payment.payment_method or payment.get_method_display())


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
