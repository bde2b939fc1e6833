"""The states of an invoice, and the days of billing periods. Pure: no database, no clock."""

from calendar import monthrange
from datetime import date, timedelta

from django.db.models import TextChoices


class State(TextChoices):
    """Where an invoice stands; `TRANSITIONS` says where it can go."""

    DRAFT = "draft", "Draft"
    OPEN = "open", "Open"
    PAID = "paid", "Paid"
    LATE = "late", "Late"
    VOID = "void", "Void"
    UNCOLLECTIBLE = "uncollectible", "Uncollectible"


TRANSITIONS: dict[State, tuple[State, ...]] = {
    State.DRAFT: (State.OPEN, State.PAID, State.VOID),
    State.OPEN: (State.PAID, State.LATE, State.VOID, State.UNCOLLECTIBLE),
    State.PAID: (State.OPEN, State.LATE, State.VOID),
    State.LATE: (State.PAID, State.VOID, State.UNCOLLECTIBLE),
    State.VOID: (),
    State.UNCOLLECTIBLE: (),
}
"""The state chart; a trigger on the table holds the same, and a test holds the two together."""

OWED = (State.OPEN, State.LATE)
"""States in which something is due."""


def is_left_to_people(*, state: str, by_hand: bool) -> bool:
    """Whether people collect an invoice now: it keeps its mark when it is paid, as it may be owed again."""
    return by_hand and state in OWED


def start_of_cycle(on: date, billing_day: int) -> date:
    """The first day of the billing cycle that the day is in.

    billing_day: 1 to 31; in a month that does not have it, the last day. In SQL: ``cycle_start``.
    """
    begins = _day_in_month(on.year, on.month, billing_day)
    if begins <= on:
        return begins
    before = on.replace(day=1) - timedelta(days=1)
    return _day_in_month(before.year, before.month, billing_day)


def start_of_next_cycle(on: date, billing_day: int) -> date:
    """The first day of the cycle after the one that the day is in. In SQL: ``cycle_end``."""
    begins = start_of_cycle(on, billing_day)
    after = begins.replace(day=1) + timedelta(days=32)
    return _day_in_month(after.year, after.month, billing_day)


def _day_in_month(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))
