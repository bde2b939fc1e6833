"""Autopay: what is to be collected on a day becomes payments, one for each customer."""

from datetime import date
from typing import Any

from makegood.audit.services import record
from makegood.credits.services.apply_funds import Wanted, use_funds
from makegood.kit.clock import now
from makegood.kit.sql import run_sql
from makegood.kit.transactions import opens_transaction
from makegood.ledger.locks import hold_books, lock_balances
from makegood.ledger.models import CustomerBalance, GLCode
from makegood.ledger.selectors import get_control_gl_code_id
from makegood.payments.to_charge import with_to_charge
from makegood.providers.locks import hold_provider
from makegood.providers.models import Provider
from makegood.runs.chunked import CUSTOMERS_AT_ONCE, Chunked


def make_charges(*, provider: Provider, day: date, after: int = 0, limit: int = CUSTOMERS_AT_ONCE) -> Chunked:
    """Makes payments of the next customers with autopay for what is to be collected by this day of the provider.

    Opens a transaction. Funds come first: what the customers have is used before anything is charged. Nothing is
    charged or booked here: the payments wait to be submitted. Done twice it makes nothing twice: a customer has one
    payment for each day, and an invoice one in flight.
    """
    with opens_transaction():
        booked_on = hold_books(provider)
        if not hold_provider(provider.pk).end_customer_billing:
            return Chunked(0, None)
        parameters = {"provider": provider.pk, "day": day, "after": after, "limit": limit}
        customers = [row["customer_id"] for row in run_sql(with_to_charge("make_charges_find"), parameters)]
        if not customers:
            return Chunked(0, None)
        lock_balances(provider.pk, customers)
        use_funds(provider, _with_funds(customers), Wanted(day=day), booked_on=booked_on)
        made = _make(provider, day, customers)
    return Chunked(made["customers"], customers[-1] if len(customers) == limit else None, made["amount_minor"])


def _make(provider: Provider, day: date, customers: list[int]) -> dict[str, Any]:
    made = run_sql(
        with_to_charge("make_charges"),
        {
            "provider": provider.pk,
            "day": day,
            "customers": customers,
            "gl_code": get_control_gl_code_id(provider.pk, GLCode.Type.CLEARING),
            "at": now(),
        },
    )[0]
    if made["customers"]:
        record(
            provider_id=provider.pk,
            staff_id=None,
            action="payments.autopay",
            subject_type="provider",
            subject_id=provider.pk,
            detail={"day": day.isoformat(), **made},
        )
    return made


def _with_funds(customers: list[int]) -> list[int]:
    """Who has got funds since they were last used."""
    balances = CustomerBalance.objects.filter(customer_id__in=customers, funds_minor__gt=0)
    return list(balances.order_by("customer_id").values_list("customer_id", flat=True))
