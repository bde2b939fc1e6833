"""When a payment or a refund that is under way is looked at again. Pure: no database, no clock."""

from datetime import datetime, timedelta

SAME_ORDER_WITHIN = timedelta(hours=20)
"""So long a processor surely knows a key again, so that the same order does not charge twice; it forgets after 24."""
ASK_FROM = timedelta(minutes=10)
"""How much earlier than it was submitted a charge may be dated by the processor's clock."""
POLL = timedelta(hours=1)
"""How often the processor is asked about what it is still at; its events say so sooner."""
TURN_AROUND = timedelta(seconds=30)
"""After which something is tried again that the processor had no time for."""

_MINUTES = (1, 2, 5, 15, 60)

MANY_CHECKS = 5
"""So often in vain, one time after the other, shows that it will not end by itself."""
LONG = timedelta(days=1)
"""After so long managers are told that nobody knows what became of something."""


def longest_call(seconds: int) -> timedelta:
    """No call takes longer of a processor whose silence is borne for so many seconds: to connect, and what it says.

    Whoever holds a payment for less does not begin one.
    """
    return timedelta(seconds=5 + 3 * seconds)


def ask_again_after(checks: int, wanted: float | None = None) -> timedelta:
    """How long is waited before the processor is asked again, after so many vain attempts.

    wanted: the seconds that the processor itself asks to wait, if it does.
    """
    pause = timedelta(minutes=_MINUTES[min(checks, len(_MINUTES) - 1)])
    return max(pause, timedelta(seconds=wanted or 0))


def submit_again_after(wanted: float | None) -> timedelta:
    """How long is waited before something is submitted that the processor did not take now; at most an hour."""
    return min(max(timedelta(seconds=wanted or 0), TURN_AROUND), timedelta(hours=1))


def may_order_again(submitted_at: datetime, at: datetime) -> bool:
    """Whether the same order with the same key may still be sent."""
    return at - submitted_at < SAME_ORDER_WITHIN


PAUSE = timedelta(minutes=5)
"""So long nothing is submitted after the processor did not answer at all, or refused the key."""
