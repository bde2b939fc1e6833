"""Suspending the orders of customers who stay late, and lifting it once nothing late is left to pay."""

from collections.abc import Sequence
from datetime import date

from makegood.invoices.left_to_pay import with_left_to_pay
from makegood.invoices.selectors import get_billing_settings
from makegood.kit.sql import run_sql
from makegood.kit.transactions import demand_transaction, opens_transaction
from makegood.ledger.locks import hold_books, lock_balances
from makegood.orders.services.suspension import resume_late_orders, suspend_late_orders
from makegood.providers.locks import hold_provider
from makegood.providers.models import Provider
from makegood.runs.chunked import CUSTOMERS_AT_ONCE, Chunked


def suspend_late_customers(*, provider: Provider, day: date, after: int = 0, limit: int = CUSTOMERS_AT_ONCE) -> Chunked:
    """Suspends the active orders of the next customers who have been late for as many days as the settings say.

    Opens a transaction. Only where something is left to pay after Available Funds. Who has billing disabled or is
    closed is left alone, and so is an order that a person resumed since.
    """
    late_days = get_billing_settings(provider).suspend_after_days
    if late_days is None:
        return Chunked(0, None)
    find = with_left_to_pay("suspend_find_customers")
    parameters = {
        "provider": provider.pk,
        "customers": None,
        "after": after,
        "day": day,
        "late_days": late_days,
        "limit": limit,
    }
    with opens_transaction():
        hold_books(provider)
        customers = [row["customer_id"] for row in run_sql(find, parameters)]
        if not customers or not hold_provider(provider.pk).end_customer_billing:
            return Chunked(0, None)
        lock_balances(provider.pk, customers)
        found = run_sql(find, {**parameters, "customers": customers})
        since = {row["customer_id"]: row["since"] for row in found}
        suspended = suspend_late_orders(provider_id=provider.pk, since=since, day=day)
    return Chunked(suspended, customers[-1] if len(customers) == limit else None)


def lift_suspensions(*, provider_id: int, customer_ids: Sequence[int], day: date) -> int:
    """Resumes what was suspended because these customers were late, where nothing late is left to pay.

    Demands a transaction that holds the customers' locks. To be called after something was paid, covered or voided.
    day: on which Available Funds would have to pay. What was written off since the suspension counts as not paid: a
    person may resume the order. Returns how many customers.
    """
    demand_transaction()
    if not customer_ids:
        return 0
    covered = _find_covered(provider_id, customer_ids, day, after=0, limit=None)
    return resume_late_orders(provider_id=provider_id, customer_ids=covered) if covered else 0


def lift_covered(*, provider: Provider, after: int = 0, limit: int = CUSTOMERS_AT_ONCE) -> Chunked:
    """The same for the next customers of the provider, whoever they are. Opens a transaction."""
    with opens_transaction():
        today = hold_books(provider)
        customers = _find_covered(provider.pk, None, today, after=after, limit=limit)
        lock_balances(provider.pk, customers)
        lifted = lift_suspensions(provider_id=provider.pk, customer_ids=customers, day=today)
    return Chunked(lifted, customers[-1] if len(customers) == limit else None)


def _find_covered(
    provider_id: int, customer_ids: Sequence[int] | None, day: date, *, after: int, limit: int | None
) -> list[int]:
    parameters = {
        "provider": provider_id,
        "customers": None if customer_ids is None else list(customer_ids),
        "after": after,
        "day": day,
        "limit": limit,
    }
    return [row["customer_id"] for row in run_sql(with_left_to_pay("suspend_find_covered"), parameters)]
