"""The end of credits whose last day has passed."""

from datetime import date, timedelta

from makegood.credits.back_to_gl_codes import lines_back_to_gl_codes
from makegood.kit.clock import now
from makegood.kit.sql import load_sql, run_sql
from makegood.kit.transactions import opens_transaction
from makegood.ledger.locks import hold_books, lock_balances
from makegood.ledger.services import book, next_journal_entry_id
from makegood.providers.models import Provider
from makegood.runs.chunked import CUSTOMERS_AT_ONCE, Chunked

LOOKS_BACK = timedelta(days=7)
"""Each day ends what the day before has passed; on the first of a month everything is looked at once more."""


def expire_credits(*, provider: Provider, day: date, after: int = 0, limit: int = CUSTOMERS_AT_ONCE) -> Chunked:
    """Ends what is left of credits whose last day lies before `day`, of the next customers. Opens a transaction.

    Booked today; where that is another day than `day`, that is the day it concerns. Done twice it ends nothing twice.
    """
    with opens_transaction():
        booked_on = hold_books(provider)
        found = run_sql(
            load_sql(__package__, "find_customers_with_expired"),
            {
                "provider": provider.pk,
                "day": day,
                "since": None if day.day == 1 else day - LOOKS_BACK,
                "after": after,
                "limit": limit,
            },
        )
        customers = [row["customer_id"] for row in found]
        if not customers:
            return Chunked(0, None)
        lock_balances(provider.pk, customers)
        ended = _expire(provider, customers, day, booked_on)
    return Chunked(ended.customers, customers[-1] if len(customers) == limit else None, ended.amount_minor)


def _expire(provider: Provider, customers: list[int], day: date, booked_on: date) -> Chunked:
    entry_id = next_journal_entry_id()
    effective_on = None if day == booked_on else day
    by_gl_code = run_sql(
        load_sql(__package__, "expire_credits"),
        {
            "provider": provider.pk,
            "customers": customers,
            "day": day,
            "booked_on": booked_on,
            "effective_on": effective_on,
            "created_at": now(),
            "journal_entry": entry_id,
        },
    )
    if not by_gl_code:
        return Chunked(0, None)
    total = sum(row["amount_minor"] for row in by_gl_code)
    book(
        entry_id=entry_id,
        provider_id=provider.pk,
        booked_on=booked_on,
        effective_on=effective_on,
        event="credit_expired",
        cause_type="provider",
        cause_id=provider.pk,
        lines=lines_back_to_gl_codes(provider.pk, by_gl_code),
    )
    return Chunked(by_gl_code[0]["customers"], None, total)
