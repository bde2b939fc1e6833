"""A clock that goes on from another moment. `kit.clock.frozen_clock` stands still: who waits for it waits for ever."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from unittest import mock

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class _Moved:
    def __init__(self, to: datetime) -> None:
        self._to, self._since = to, time.monotonic()

    def get(self) -> datetime:
        return self._to + timedelta(seconds=time.monotonic() - self._since)


@contextmanager
def moved_clock(to: datetime) -> Iterator[None]:
    """It is `to` at the beginning of the block, in all threads, and time goes on from there."""
    with mock.patch("makegood.kit.clock._frozen_at", _Moved(to)):
        yield


@contextmanager
def later(**since: float) -> Iterator[datetime]:
    """So much later than `START` (``minutes=5``) at the beginning of the block."""
    at = START + timedelta(**since)
    with moved_clock(at):
        yield at
