"""Days that nobody is billed for: they pass, so that nothing of them is billed later."""

from datetime import date

from makegood.invoices.selectors import get_billing_settings
from makegood.kit.sql import compose_sql, load_sql, run_sql
from makegood.kit.transactions import opens_transaction
from makegood.ledger.locks import lock_balances
from makegood.providers.models import Provider
from makegood.runs.chunked import CUSTOMERS_AT_ONCE, Chunked


def pass_over_periods(*, provider: Provider, day: date, after: int = 0, limit: int = CUSTOMERS_AT_ONCE) -> Chunked:
    """Lets days pass unbilled, for the next customers of whom some do; returns how many, and how far it came.

    While End Customer Billing is off, and for customers whose billing is disabled, the whole period that the day is in
    passes. An account with nothing that goes on has no next period any more. Days of a pause need not pass: they are
    never billed. To be called for each day, after its invoices. Opens a transaction.
    """
    settings = get_billing_settings(provider)
    if settings.invoices_from is None or day < settings.invoices_from:
        return Chunked(0, None)
    parameters = {
        "provider": provider.pk,
        "day": day,
        "invoices_from": settings.invoices_from,
        "is_on": provider.end_customer_billing,
    }
    parts = {
        "orders": compose_sql(load_sql(__package__, "passing_order")),
        "accounts": compose_sql(load_sql(__package__, "passing_account")),
    }
    with opens_transaction():
        found = run_sql(
            compose_sql(load_sql(__package__, "find_passing"), **parts), {**parameters, "after": after, "limit": limit}
        )
        if not found:
            return Chunked(0, None)
        customers = [row["customer_id"] for row in found]
        lock_balances(provider.pk, customers)
        statement = compose_sql(load_sql(__package__, "pass_over"), **parts)
        passed = run_sql(statement, {**parameters, "customers": customers})[0]
    return Chunked(passed["customers"], customers[-1] if len(found) == limit else None)
