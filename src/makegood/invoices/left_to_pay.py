"""What customers have left to pay after the Available Funds that can pay on a day: SQL to build statements on.

Funds count until their last day only, also where their end is not booked yet. What funds consist of is known above.
"""

from makegood.kit.sql import compose_sql, load_sql

_past_their_day: list[str] = []


def register_past_funds(sql: str) -> None:
    """Says what of the customer's funds can pay nothing on `day` any more; called when the application starts.

    sql: a query of one number in minor units, for the row of customer_balance that is at hand.
    """
    _past_their_day[:] = [sql]


def with_left_to_pay(name: str) -> str:
    """The named statement of this folder with `late_left_to_pay` in it; `day` is one of its parameters then."""
    return compose_sql(load_sql(__package__, name), left_to_pay=_left_to_pay_sql())


def _left_to_pay_sql() -> str:
    (past,) = _past_their_day
    return compose_sql(load_sql(__package__, "late_left_to_pay"), past_funds=compose_sql(past))
