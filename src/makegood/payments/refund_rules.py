"""How money goes back: what of each payment, and by which way. Pure: no database, no clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from makegood.kit.money import LARGEST_AMOUNT_MINOR
from makegood.kit.refusal import Refused
from makegood.payments.rules import Money, TransferState

UNDER_WAY = (TransferState.CREATED, TransferState.SUBMITTED, TransferState.UNKNOWN)
"""States of a part of a refund of which nobody knows yet what becomes of it."""

TRANSFER_TRANSITIONS: dict[TransferState, tuple[TransferState, ...]] = {
    TransferState.CREATED: (TransferState.SUBMITTED, TransferState.FAILED),
    TransferState.SUBMITTED: (
        TransferState.CREATED,
        TransferState.UNKNOWN,
        TransferState.SUCCEEDED,
        TransferState.FAILED,
    ),
    TransferState.UNKNOWN: (TransferState.SUBMITTED, TransferState.SUCCEEDED, TransferState.FAILED),
    TransferState.SUCCEEDED: (),
    TransferState.FAILED: (TransferState.SUCCEEDED,),
}
"""The state chart; a trigger on the table holds the same, and a test holds the two together.

Failed becomes succeeded where the processor has made it after all. What the bank does not take after it succeeded stays
succeeded and is marked as bounced.
"""

NEVER_ARRIVED = "never_arrived"
"""Why a refund failed that the processor does not know of, after it could no longer be asked for again."""

NEVER_ANSWERED = "refund_never_answered"
"""Why a refund counts as failed of which nobody can ask the processor any more; it may have been made."""

CHECKS_OF_A_DAY = 24
"""So often a processor is asked on a day of which nobody knows whether it gave something back."""

WAY_GONE = frozenset(
    {
        "account_closed",
        "bank_account_closed",
        "bank_ownership_changed",
        "expired_or_canceled_card",
        "lost_or_stolen_card",
        "no_account",
    }
)
"""Processors' words for a card or an account that takes nothing back any more."""


@dataclass(frozen=True)
class Source:
    """What could go back of one payment, in minor units. pays_minor: what it pays, where more could be asked for."""

    payment_id: int
    most_minor: int
    pays_minor: int = 0


def require_refundable_amount(amount_minor: int, most_minor: int, money: Money) -> None:
    """Refused, beside the amount, for what is no amount and for more than can go back."""
    if amount_minor <= 0:
        raise Refused("amount_zero", "The amount must be greater than zero.", "amount")
    if amount_minor > min(most_minor, LARGEST_AMOUNT_MINOR):
        raise Refused("amount_over_refundable", f"At most {money(most_minor)} can go back.", "amount")


def split_in_order(amount_minor: int, sources: Iterable[Source]) -> dict[int, int]:
    """What goes back of each payment, in minor units: of the first as much as it holds, and so on; no empty parts."""
    left, parts = amount_minor, dict[int, int]()
    for source in sources:
        part = min(left, source.most_minor)
        if part > 0:
            parts[source.payment_id] = part
            left -= part
    return parts


@dataclass(frozen=True)
class Held:
    """What a credit still holds of paid money, in minor units. payment_id: of what payment it is over, if of any."""

    credit_id: int
    amount_minor: int
    payment_id: int | None


def take_oldest_first(amount_minor: int, held: Sequence[Held]) -> list[Held]:
    """What a pay-out takes of each credit, in their order, until the amount is reached."""
    left, taken = amount_minor, []
    for each in held:
        part = min(left, each.amount_minor)
        if part > 0:
            taken.append(Held(each.credit_id, part, each.payment_id))
            left -= part
    return taken


def split_own_first(taken: Sequence[Held], refundable: Sequence[Source]) -> tuple[dict[int, int], int]:
    """What a pay-out gives back of each payment, and what of it no payment can.

    What is over of a payment goes back to that payment as far as it can, the rest to the others in their order.
    """
    left = {source.payment_id: source.most_minor for source in refundable}
    parts: dict[int, int] = {}
    without = 0
    for each in taken:
        own = min(each.amount_minor, left.get(each.payment_id, 0)) if each.payment_id is not None else 0
        if own and each.payment_id is not None:
            left[each.payment_id] -= own
            parts[each.payment_id] = parts.get(each.payment_id, 0) + own
        without += each.amount_minor - own
    for payment_id, most_minor in left.items():
        part = min(without, most_minor)
        if part > 0:
            parts[payment_id] = parts.get(payment_id, 0) + part
            without -= part
    return parts, without
