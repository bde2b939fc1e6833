"""What an order's fields may say, and what its dates mean. Pure: no database, no clock."""

from datetime import date

from makegood.kit.refusal import Refused

LONGEST_NUMBER = 40
EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)


def require_date(on: date, field: str) -> None:
    """Refused for a date that can only be a typing error."""
    if not EARLIEST <= on <= LATEST:
        raise Refused("date_malformed", f"The date is between {EARLIEST.year} and {LATEST.year}.", field)


def require_new_price(*, effective_from: date, from_date: date, last_change: date, today: date) -> None:
    """Refused for a price that begins before the order, or before a change that has begun since.

    last_change: the day on which the price that holds today began.
    """
    require_date(effective_from, "effective_from")
    if effective_from < from_date:
        message = f"The order begins on {from_date:%Y-%m-%d}; a price cannot begin before that."
        raise Refused("before_order", message, "effective_from")
    if effective_from < last_change <= today:
        message = f"The price has changed on {last_change:%Y-%m-%d}. A new one can begin on that day or later."
        raise Refused("before_last_change", message, "effective_from")


def require_end(*, to_date: date, from_date: date) -> None:
    """Refused for an end before the beginning."""
    require_date(to_date, "to_date")
    if to_date < from_date:
        message = f"The order begins on {from_date:%Y-%m-%d}; it cannot end before that."
        raise Refused("ends_before_beginning", message, "to_date")
