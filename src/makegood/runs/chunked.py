"""Work of a provider's day that goes over customers in chunks without a list: what is due is found anew each time."""

from collections.abc import Callable
from dataclasses import dataclass

CUSTOMERS_AT_ONCE = 5_000
"""How many customers such work takes into one transaction."""


@dataclass(frozen=True)
class Chunked:
    """What one chunk did.

    customers: how many it changed. upto: the last customer it looked at; None when none was left.
    amount_minor: what it booked, in minor units.
    """

    customers: int
    upto: int | None
    amount_minor: int = 0


def work_through(chunk: Callable[[int], Chunked], *, should_let_go: Callable[[], bool] = lambda: False) -> Chunked:
    """Calls the chunk with the last customer of the one before, from 0, until none is left. Returns the sums.

    should_let_go: asked between chunks; True leaves the rest for another time, and `upto` says where it stopped.
    """
    customers, amount_minor, after = 0, 0, 0
    while True:
        done = chunk(after)
        customers += done.customers
        amount_minor += done.amount_minor
        if done.upto is None:
            return Chunked(customers, None, amount_minor)
        after = done.upto
        if should_let_go():
            return Chunked(customers, after, amount_minor)
