"""What collection settings can be. Pure: no database."""

from collections.abc import Mapping, Sequence
from typing import Any

from makegood.kit.money import LARGEST_AMOUNT_MINOR
from makegood.kit.refusal import Refused

MOST_TRIES = 10
LONGEST_WAIT_DAYS = 90
MOST_CHARGES = 1_000_000
MOST_AT_ONCE = 32


def check_collection(values: Mapping[str, Any]) -> None:
    """Refused, beside the field, for the first value that cannot be; `values` are all settings as they will be."""
    _check_days(values["retry_days"])
    charges, amount_minor, at_once = (values[name] for name in ("charges_per_hour", "amount_per_hour_minor", "at_once"))
    if charges is not None and not 0 < charges <= MOST_CHARGES:
        raise Refused(
            "charges_range", f"Write a number from 1 to {MOST_CHARGES:,}, or nothing for no limit.", "charges_per_hour"
        )
    if amount_minor is not None and not 0 < amount_minor <= LARGEST_AMOUNT_MINOR:
        wrong = "is more than zero" if amount_minor <= 0 else "is larger than any amount can be"
        raise Refused(
            "amount_range",
            f"The amount for each hour {wrong}; leave it empty for no limit.",
            "amount_per_hour_minor",
        )
    if not 1 <= at_once <= MOST_AT_ONCE:
        raise Refused("at_once_range", f"Write a number from 1 to {MOST_AT_ONCE}.", "at_once")


def _check_days(days: Sequence[int]) -> None:
    if len(days) > MOST_TRIES:
        raise Refused("too_many_tries", f"A charge can be tried again at most {MOST_TRIES} times.", "retry_days")
    if not all(1 <= each <= LONGEST_WAIT_DAYS for each in days):
        raise Refused("days_range", f"Each number of days is from 1 to {LONGEST_WAIT_DAYS}.", "retry_days")
