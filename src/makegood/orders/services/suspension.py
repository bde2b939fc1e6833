"""Suspending orders because their customers are late with paying, and resuming them; who that is, is known above."""

from collections.abc import Mapping, Sequence
from datetime import date

from makegood.audit.services import record_each
from makegood.kit.clock import now
from makegood.kit.sql import Row, load_sql, run_sql
from makegood.kit.transactions import demand_transaction
from makegood.orders.services.figures import refresh_customer_figures


def suspend_late_orders(*, provider_id: int, since: Mapping[int, date], day: date) -> int:
    """Suspends the active orders of customers; returns how many customers had one.

    Demands a transaction that holds the customers' locks. since: for each customer the day on which an invoice had been
    late for long enough. An order that a person resumed on that day or later is left as it is.
    """
    demand_transaction()
    parameters = {
        "provider": provider_id,
        "customers": list(since),
        "since": list(since.values()),
        "day": day,
        "at": now(),
    }
    suspended = run_sql(load_sql(__package__, "suspend_late"), parameters)
    return _keep_account(provider_id, "order.suspended_late", suspended)


def resume_late_orders(*, provider_id: int, customer_ids: Sequence[int]) -> int:
    """Makes the orders active that were suspended because these customers were late; returns how many customers.

    Demands a transaction that holds the customers' locks. Orders that a person suspended stay suspended.
    """
    demand_transaction()
    parameters = {"provider": provider_id, "customers": list(customer_ids), "at": now()}
    resumed = run_sql(load_sql(__package__, "resume_late"), parameters)
    return _keep_account(provider_id, "order.resumed_paid", resumed)


def _keep_account(provider_id: int, action: str, orders: Sequence[Row]) -> int:
    """Figures and audit of orders that have changed; how many customers they are of."""
    customer_ids = sorted({order["customer_id"] for order in orders})
    if orders:
        refresh_customer_figures(provider_id=provider_id, customer_ids=customer_ids)
        details = {order["id"]: {"number": order["number"]} for order in orders}
        record_each(provider_id=provider_id, action=action, subject_type="order", details=details)
    return len(customer_ids)
