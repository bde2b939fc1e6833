"""Payments by card that were booked, and what banks take back of them."""

import secrets
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from makegood.customers.models import Customer
from makegood.gateways.interface import Charge, Dispute
from makegood.gateways.rules import DisputeState, Standing
from makegood.invoices.models import Invoice
from makegood.ledger.selectors import get_balance
from makegood.payments.models import Payment, PaymentMovement
from makegood.payments.services.book_results import Answer, book_results
from makegood.payments.services.charge_by_hand import charge_invoices
from makegood.payments.services.collect_now import collect_now
from makegood.payments.services.handle_dispute import book_dispute
from makegood.providers.models import Membership
from tests.support.paying import pay

ANSWER_BY = datetime(2030, 1, 31, 12, tzinfo=UTC)


def charge(clerk: Membership, customer: Customer, *invoices: Invoice) -> Payment:
    """What is due of the invoices, or of all, charged to the customer's test method; booked if that succeeds."""
    payment = charge_invoices(membership=clerk, customer=customer, invoices=invoices or None, key=secrets.token_hex(8))
    collect_now(provider=clerk.provider)
    payment.refresh_from_db()
    return payment


def charge_late(clerk: Membership, customer: Customer, *, paid_meanwhile_minor: int) -> Payment:
    """A charge that failed and had succeeded after all, when so much of its invoices had been paid in cash."""
    payment = charge_invoices(membership=clerk, customer=customer, key=secrets.token_hex(8))
    tell(payment, Standing.FAILED)
    pay(clerk, customer, paid_meanwhile_minor, method="cash")
    return tell(payment, Standing.SUCCEEDED)


def tell(payment: Payment, standing: Standing) -> Payment:
    """What the processor says of the payment, booked."""
    payment.refresh_from_db()
    if payment.state == "created":
        Payment.objects.filter(pk=payment.pk).update(state="submitted", submitted_at=payment.created_at)
    reference, failure = f"ch_{payment.pk}", "card_declined" if standing == Standing.FAILED else ""
    said = Charge(reference, str(payment.attempt_key), standing, payment.amount_minor, failure, failure)
    book_results(provider=payment.provider, answers=[Answer(payment.pk, said)])
    payment.refresh_from_db()
    return payment


def dispute(
    payment: Payment, amount_minor: int, state: str = "open", reference: str = "dp_1", *, reason: str = "fraudulent"
) -> str:
    """What the processor says of a dispute of the payment, booked; returns what was done, in words."""
    said = replace(said_of(payment, amount_minor, state, reference), reason=reason)
    done = book_dispute(provider=payment.provider, payment=payment, said=said)
    payment.refresh_from_db()
    return done.words


def said_of(payment: Payment, amount_minor: int, state: str, reference: str) -> Dispute:
    """What the processor says of a dispute of the payment."""
    return Dispute(
        reference=reference,
        charge=payment.gateway_reference,
        state=DisputeState(state),
        amount_minor=amount_minor,
        reason="fraudulent",
        answer_by=ANSWER_BY if state in ("warning", "open") else None,
    )


def figures(customer: Customer) -> tuple[int, int]:
    """What the customer owes and has, in minor units."""
    balance = get_balance(customer.provider_id, customer.pk)
    return balance.receivable_minor, balance.funds_minor


def parts_of(payment: Payment) -> dict[str, Any]:
    """Where the money of a payment is now; what is nothing is left out."""
    payment.refresh_from_db()
    names = ("allocated", "over", "refunded", "paid_out", "returned")
    parts = {name: getattr(payment, f"{name}_minor") for name in names}
    return {"state": payment.state, **{name: minor for name, minor in parts.items() if minor}}


def movements_of(payment: Payment) -> list[tuple[str, int]]:
    """What moved the payment's money, in order."""
    moved = PaymentMovement.objects.filter(payment=payment).order_by("number")
    return list(moved.values_list("type", "amount_minor"))


def lines_of_last(payment: Payment) -> list[tuple[str, int, int]]:
    """The journal lines of the payment's last movement: GL code, debit, credit; by code."""
    entry = PaymentMovement.objects.filter(payment=payment).order_by("-number")[0].journal_entry
    return list(entry.lines.order_by("gl_code__code").values_list("gl_code__code", "debit_minor", "credit_minor"))
