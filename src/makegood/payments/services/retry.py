"""When autopay tries again what has failed, and when it gives up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from makegood.customers.models import Customer
from makegood.kit.sql import count_changed, load_sql, run_sql
from makegood.kit.transactions import demand_transaction
from makegood.ledger.locks import lock_customers
from makegood.payments.declines import is_final
from makegood.payments.services.collection_settings import get_collection_settings
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider


@dataclass(frozen=True)
class Failure:
    """A payment that has failed. code: the processor's word for why."""

    payment_id: int
    code: str = ""


def note_failures(provider: Provider, failures: Sequence[Failure], booked_on: date) -> list[int]:
    """Says of the invoices of failed payments on which day they are tried again, or gives them up.

    Demands the transaction that fails the payments, and holds their customers' locks. booked_on: the provider's day.
    Only autopay tries again; what a person had charged is left to people. Returns the payments of which an invoice was
    given up. Noted twice it counts once.
    """
    demand_transaction()
    if not failures:
        return []
    parameters = {
        "payments": [each.payment_id for each in failures],
        "finals": [is_final(each.code) for each in failures],
        "retry_days": list(get_collection_settings(provider).retry_days),
        "booked_on": booked_on,
    }
    return [row["payment_id"] for row in run_sql(load_sql(__package__, "note_failures"), parameters)]


def revive_collections(customer: Customer) -> int:
    """Has autopay try again what was given up, or waits for its next try, from the provider's day on; as if new.

    For a customer with a new method. Demands a transaction; locks the customer. Returns how many invoices that are.
    """
    demand_transaction()
    lock_customers(customer.provider_id, [customer.pk])
    parameters = {"provider": customer.provider_id, "customer": customer.pk, "day": today_of(customer.provider)}
    return count_changed(load_sql(__package__, "revive_collections"), parameters)
