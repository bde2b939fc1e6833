"""Months, ranges of days, and how old what is owed is. Pure: no database, no clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from makegood.kit.refusal import Refused

EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)
"""Days outside are typing errors."""
LONGEST_RANGE_MONTHS = 120


def month_of(day: date) -> date:
    """The first day of the month that the day is in."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def previous_month(month: date) -> date:
    """The first day of the month before."""
    return (month.replace(day=1) - timedelta(days=1)).replace(day=1)


def last_day_of(month: date) -> date:
    """The last day of the month that the day is in."""
    return next_month(month) - timedelta(days=1)


def months_back(month: date, number: int) -> date:
    """The first day of the month so many months before."""
    whole = month.year * 12 + month.month - 1 - number
    return date(whole // 12, whole % 12 + 1, 1)


@dataclass(frozen=True)
class Days:
    """A range of days, both ends included."""

    first: date
    last: date

    @property
    def is_one_month(self) -> bool:
        return self.first.day == 1 and self.last == last_day_of(self.first)

    @property
    def is_whole_months(self) -> bool:
        return self.first.day == 1 and self.last == last_day_of(self.last)

    def months(self) -> Iterator["Days"]:
        """The months that the range touches, cut to the range."""
        first = self.first
        while first <= self.last:
            yield Days(first, min(last_day_of(first), self.last))
            first = next_month(first)

    def __str__(self) -> str:
        if self.is_one_month:
            return f"{self.first:%Y-%m}"
        return f"{self.first} to {self.last}"


def days_of_month(month: date) -> Days:
    """The whole month that the day is in."""
    return Days(month_of(month), last_day_of(month))


def read_month(text: str, field: str = "month") -> date:
    """The first day of a month written as ``2026-01``. Refused for anything else."""
    text = text.strip()
    if len(text) == 7 and text.isascii():
        try:
            return _within(date.fromisoformat(f"{text}-01"), text, field)
        except ValueError:
            pass
    raise Refused("month_malformed", f"“{text[:40]}” is not a month; write it as 2026-01.", field)


def read_day(text: str, field: str) -> date:
    """A day written as ``2026-01-31``. Refused for anything else."""
    text = text.strip()
    if len(text) == 10 and text.isascii():
        try:
            return _within(date.fromisoformat(text), text, field)
        except ValueError:
            pass
    raise Refused("date_malformed", f"“{text[:40]}” is not a date; write it as 2026-01-31.", field)


def make_days(first: date, last: date) -> Days:
    """The range of these days. Refused where it ends before it begins, or is longer than ten years."""
    if last < first:
        raise Refused("days_reversed", "The last day lies before the first.", "to")
    if month_of(first) < months_back(month_of(last), LONGEST_RANGE_MONTHS - 1):
        raise Refused("days_too_many", "A report covers at most ten years at a time.", "from")
    return Days(first, last)


def _within(day: date, text: str, field: str) -> date:
    if not EARLIEST <= day <= LATEST:
        raise Refused("date_out_of_range", f"{text} lies outside of {EARLIEST.year} to {LATEST.year}.", field)
    return day


@dataclass(frozen=True)
class AgeBand:
    """How long what is owed is overdue. days: the fewest and the most; None where it has no end."""

    name: str
    label: str
    fewest: int | None
    most: int | None


AGE_BANDS = (
    AgeBand("current", "Not overdue", None, 0),
    AgeBand("upto_30", "1 to 30 days", 1, 30),
    AgeBand("upto_60", "31 to 60 days", 31, 60),
    AgeBand("upto_90", "61 to 90 days", 61, 90),
    AgeBand("over_90", "Over 90 days", 91, None),
)
"""Bands of overdue days, the least overdue first. An invoice is not overdue on the day on which it is due."""
