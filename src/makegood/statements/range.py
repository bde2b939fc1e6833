"""The days of a statement, as a person types them."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from makegood.kit.refusal import Refused

DEFAULT_MONTHS = 3


@dataclass(frozen=True)
class Range:
    """The first and the last day of a statement, both inclusive."""

    from_on: date
    upto_on: date


def read_range(from_text: str | None, upto_text: str | None, today: date) -> Range:
    """The days of texts such as ``2026-01-31``: up to today, and of the three months before, where nothing is said.

    Refused for what is no day, and where the first is after the last.
    """
    upto_on = _read_day(upto_text, "to") or today
    from_on = _read_day(from_text, "from") or months_before(upto_on, DEFAULT_MONTHS)
    if from_on > upto_on:
        raise Refused("range_turned_round", "The first day is after the last one. Turn them round.", "from")
    return Range(from_on, upto_on)


def months_before(day: date, months: int) -> date:
    """The same date so many months before, or a shorter month's last day; never before the first day of all."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < 1:
        return date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _read_day(text: str | None, field: str) -> date | None:
    if not text or not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Refused("day_malformed", f"“{text[:40]}” is not a date; write one such as 2026-12-31.", field) from None
