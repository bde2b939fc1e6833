"""How disputes go on, and what of a payment they take. Pure: no database, no clock. Amounts in minor units."""

from makegood.gateways.rules import DisputeState, MethodKind
from makegood.payments.declines import is_final
from makegood.payments.rules import State

_FURTHER = {DisputeState.WARNING: 0, DisputeState.OPEN: 1, DisputeState.LOST: 2, DisputeState.WON: 3}


def goes_on(known: str, said: str) -> bool:
    """Whether what the processor says can come after what is known; else it was said before, and came late.

    What is over does not begin again; one that counted as lost can be won after all.
    """
    return _FURTHER[DisputeState(said)] >= _FURTHER[DisputeState(known)]


def to_book(said: str, disputed_minor: int, booked_minor: int, held_minor: int) -> int:
    """What goes back by it, beyond what has; negative for what comes again.

    booked_minor: what went back by this dispute. held_minor: what the payment still holds. More than that never goes
    back, so that what was refunded before is not taken twice.
    """
    if said not in (DisputeState.OPEN, DisputeState.LOST):
        return -booked_minor
    return min(disputed_minor, booked_minor + held_minor) - booked_minor


def state_after(state: str, returned_minor: int, *, is_open: bool) -> State:
    """The state of a payment of which so much is returned. is_open: whether a dispute that took some of it is open.

    What is returned for good stays so when another part of it is disputed later.
    """
    if not returned_minor:
        return State.SUCCEEDED
    return State.DISPUTED if is_open and state != State.RETURNED else State.RETURNED


NOT_THE_OWNER = frozenset({"fraudulent", "unrecognized"})
"""Why a charge is disputed that its owner did not make; the method is not charged from then on."""
_TAKEN_FROM_ACCOUNTS = NOT_THE_OWNER | {"customer_initiated", "debit_not_authorized", "incorrect_account_details"}


def must_hold(kind: str, state: str, reason: str) -> bool:
    """Whether autopay does not charge a payment method of that kind any more after such a dispute.

    A card whose dispute is lost, and whatever its owner says not to have used, at once. A debit that came back for want
    of money says nothing of the account; one that was not allowed does.
    """
    if state == DisputeState.OPEN:
        return reason in NOT_THE_OWNER
    if state != DisputeState.LOST:
        return False
    return kind == MethodKind.CARD or reason in _TAKEN_FROM_ACCOUNTS or is_final(reason)
