"""Payments by hand, as a person records and reverses them."""

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.ledger.models import JournalEntry
from makegood.payments.models import Payment
from makegood.payments.services.record_payment import record_payment
from makegood.payments.services.reverse_payment import reverse_payment
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership


def pay(
    membership: Membership,
    customer: Customer,
    amount_minor: int,
    *,
    allocations: Mapping[Invoice, int] | None = None,
    method: str = "bank_transfer",
    received_on: date | None = None,
    key: str | None = None,
    **asked: Any,
) -> Payment:
    """A bank transfer that came today, for the oldest due unless invoices are named. A key of its own unless given."""
    return record_payment(
        membership=membership,
        customer=customer,
        method=method,
        amount_minor=amount_minor,
        received_on=received_on or today_of(membership.provider),
        allocations=allocations,
        key=key or secrets.token_hex(8),
        **asked,
    )


def reverse(membership: Membership, payment: Payment, *, reason: str = "It bounced", key: str | None = None) -> Payment:
    """The payment, reversed because it bounced."""
    return reverse_payment(membership=membership, payment=payment, reason=reason, key=key or secrets.token_hex(8))


def stand_of(invoice: Invoice) -> tuple[str, int, int]:
    """State, paid and due of an invoice now."""
    invoice.refresh_from_db()
    return invoice.state, invoice.paid_minor, invoice.due_minor


def lines_of(entry: JournalEntry | None) -> list[tuple[str, int, int]]:
    """The lines of a journal entry: GL code, debit, credit; by code."""
    assert entry is not None
    return list(entry.lines.order_by("gl_code__code").values_list("gl_code__code", "debit_minor", "credit_minor"))
