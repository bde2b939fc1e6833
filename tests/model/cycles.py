"""Billing cycles, counted on the calendar. Knows nothing of the program."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

ONE_DAY = timedelta(days=1)


def cycle_of(day: date, billing_day: int) -> tuple[date, date]:
    """The first day of the cycle that the day is in, and the first day after it."""
    begin = day
    while begin.day != min(billing_day, monthrange(begin.year, begin.month)[1]):
        begin -= ONE_DAY
    after = begin + ONE_DAY
    while after.day != min(billing_day, monthrange(after.year, after.month)[1]):
        after += ONE_DAY
    return begin, after


def days_between(begin: date, after: date) -> Iterator[date]:
    """The days from the first to the one before the last."""
    while begin < after:
        yield begin
        begin += ONE_DAY


def rounded(amount: Fraction) -> int:
    """To a whole number; a half goes away from zero."""
    whole = int(abs(amount) + Fraction(1, 2))
    return whole if amount >= 0 else -whole
