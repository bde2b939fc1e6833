"""Keeping the figures that lists sort by."""

from collections.abc import Sequence

from makegood.kit.sql import count_changed, load_sql
from makegood.kit.transactions import demand_transaction


def refresh_customer_figures(*, provider_id: int, customer_ids: Sequence[int] | None) -> int:
    """Sets active orders and monthly price of customers (None: all of the provider) from their orders.

    Demands a transaction, the one that changed the orders. Returns how many customers' figures changed.
    """
    demand_transaction()
    parameters = {"provider": provider_id, "customers": None if customer_ids is None else list(customer_ids)}
    return count_changed(load_sql(__package__, "refresh_customer_figures"), parameters)
