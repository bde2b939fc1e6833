"""The only place that asks what time it is, so that a test can say."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_frozen_at: ContextVar[datetime | None] = ContextVar("frozen_at", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _frozen_at.get() or datetime.now(UTC)


def today_in(timezone: str) -> date:
    """The date on the calendar of a time zone named as in the IANA database."""
    return now().astimezone(ZoneInfo(timezone)).date()


@contextmanager
def frozen_clock(at: datetime) -> Iterator[None]:
    """Makes `now` answer `at` inside the block."""
    token = _frozen_at.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _frozen_at.reset(token)
