"""Late fees: charged once for each invoice that stays unpaid, and billed with the customer's next invoice."""

from datetime import date
from typing import Any

from makegood.audit.services import record
from makegood.invoices.left_to_pay import with_left_to_pay
from makegood.invoices.models import BillingSettings
from makegood.invoices.selectors import get_billing_settings, get_late_fee_gl_code
from makegood.kit.clock import now
from makegood.kit.sql import compose_sql, load_sql, run_sql
from makegood.kit.transactions import opens_transaction
from makegood.ledger.locks import hold_books, lock_balances
from makegood.providers.locks import hold_provider
from makegood.providers.models import Provider
from makegood.runs.chunked import CUSTOMERS_AT_ONCE, Chunked


def charge_late_fees(*, provider: Provider, day: date, after: int = 0, limit: int = CUSTOMERS_AT_ONCE) -> Chunked:
    """Charges the next customers for Late invoices whose days of grace are over on this day of the provider.

    Opens a transaction. A fixed amount, or a percentage of what is left to pay after Available Funds; once for each
    invoice, without tax. Who has billing disabled or is closed pays none, nor who has no order that will be billed
    again: nothing would bring the fee on an invoice. Refused where a fee is due and the provider has no GL code of type
    fee that could be used.
    """
    settings = get_billing_settings(provider)
    if settings.late_fee == BillingSettings.LateFee.NONE:
        return Chunked(0, None)
    is_fixed = settings.late_fee == BillingSettings.LateFee.FIXED
    parameters: dict[str, Any] = {
        "provider": provider.pk,
        "customers": None,
        "after": after,
        "day": day,
        "grace_days": settings.late_fee_grace_days,
        "fixed_minor": settings.late_fee_minor if is_fixed else None,
        "percent": 0 if is_fixed else settings.late_fee_percent,
        "limit": limit,
    }
    fees = with_left_to_pay("late_find_fees")
    with opens_transaction():
        hold_books(provider)
        found = run_sql(fees, parameters)
        customers = sorted({row["customer_id"] for row in found})
        if not customers or not hold_provider(provider.pk).end_customer_billing:
            return Chunked(0, None)
        lock_balances(provider.pk, customers)
        # Of the last customer not all fees may be among those found.
        parameters |= {"customers": customers, "limit": None, "at": now()}
        parameters["gl_code"] = get_late_fee_gl_code(provider).pk
        charge = compose_sql(load_sql(__package__, "late_charge_fees"), fees=fees)
        charged = run_sql(charge, parameters)[0]
        if charged["fees"]:
            record(
                provider_id=provider.pk,
                staff_id=None,
                action="late_fees.charged",
                subject_type="provider",
                subject_id=provider.pk,
                detail={"day": day.isoformat(), **charged},
            )
    return Chunked(charged["customers"], customers[-1] if len(found) == limit else None, charged["amount_minor"])
