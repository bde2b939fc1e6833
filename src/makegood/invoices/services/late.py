"""Open invoices become Late when their due date has passed."""

from datetime import date

from makegood.audit.services import record
from makegood.kit.sql import load_sql, run_sql
from makegood.kit.transactions import opens_transaction
from makegood.ledger.locks import hold_books, lock_balances
from makegood.providers.models import Provider
from makegood.runs.chunked import CUSTOMERS_AT_ONCE, Chunked


def mark_late(*, provider: Provider, day: date, after: int = 0, limit: int = CUSTOMERS_AT_ONCE) -> Chunked:
    """Makes the Open invoices of the next customers Late that were due before this day of the provider.

    Opens a transaction. It is a fact and happens to customers with billing disabled too. The amount is what is due of
    them. Done twice it changes nothing more.
    """
    with opens_transaction():
        hold_books(provider)
        parameters = {"provider": provider.pk, "day": day, "after": after, "limit": limit}
        found = run_sql(load_sql(__package__, "late_find_customers"), parameters)
        customers = [row["customer_id"] for row in found]
        if not customers:
            return Chunked(0, None)
        lock_balances(provider.pk, customers)
        marked = run_sql(load_sql(__package__, "late_mark"), {**parameters, "customers": customers})[0]
        if marked["invoices"]:
            record(
                provider_id=provider.pk,
                staff_id=None,
                action="invoices.late",
                subject_type="provider",
                subject_id=provider.pk,
                detail={"day": day.isoformat(), **marked},
            )
    return Chunked(marked["customers"], customers[-1] if len(customers) == limit else None, marked["amount_minor"])
