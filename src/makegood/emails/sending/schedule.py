"""How long is waited before something is tried again. Pure functions."""

from collections.abc import Sequence
from datetime import timedelta

_MINUTES_OF_A_MESSAGE = (1, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60, 24 * 60)
"""After its first, second, … attempt; two days and 17 hours together."""
_SECONDS_OF_A_SERVER = (15, 30, 60, 120, 300, 600)
_SECONDS_OF_A_SETTING = (60, 300, 900, 1800)
LONG_ENOUGH_TO_TELL = timedelta(hours=1)
"""A server that has been away for so long is told of; what passes by itself sooner is not."""


def pause_of_message(attempts: int) -> timedelta | None:
    """Before the next attempt of a message that has had so many; None after the last."""
    if attempts > len(_MINUTES_OF_A_MESSAGE):
        return None
    return timedelta(minutes=_MINUTES_OF_A_MESSAGE[attempts - 1])


def pause_of_server(failures: int, *, lasting: bool) -> timedelta:
    """Before anything is tried again after so many failures in a row. A refused log-in is not tried often."""
    return timedelta(seconds=_choose(_SECONDS_OF_A_SETTING if lasting else _SECONDS_OF_A_SERVER, failures))


def _choose(pauses: Sequence[int], failures: int) -> int:
    return pauses[min(failures, len(pauses)) - 1]
