"""What the days of a discount or surcharge can be. Pure: no database, no clock."""

from datetime import date

from makegood.kit.refusal import Refused
from makegood.orders.rules import require_date


def require_days(*, from_on: date, until_on: date | None, order_from: date, order_to: date | None) -> None:
    """Refused for days that can only be a typing error, that are in the wrong order, or that miss the order's."""
    require_date(from_on, "from_on")
    if order_to is not None and from_on > order_to:
        raise Refused("after_order", f"The order ends on {order_to:%Y-%m-%d}; begin on that day or before.", "from_on")
    if until_on is None:
        return
    require_date(until_on, "until_on")
    if until_on < from_on:
        raise Refused("ends_before_beginning", "The last day cannot be before the first.", "until_on")
    if until_on < order_from:
        raise Refused(
            "before_order", f"The order begins on {order_from:%Y-%m-%d}; this would end before that.", "until_on"
        )


def require_end_of_adjustment(*, until_on: date, from_on: date) -> None:
    """Refused for a last day before the first."""
    require_date(until_on, "until_on")
    if until_on < from_on:
        raise Refused(
            "ends_before_beginning", f"It begins on {from_on:%Y-%m-%d}; the last day cannot be before that.", "until_on"
        )
