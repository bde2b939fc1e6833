"""Customers who pay by autopay, and the payments that are made of what they owe.

Rows stand for what a processor knows, so that nothing has to answer; what a test says that it answered is booked.
"""

import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any

from makegood.customers.models import Customer
from makegood.gateways.interface import Charge
from makegood.gateways.models import Gateway
from makegood.gateways.rules import Standing
from makegood.invoices.models import Invoice
from makegood.kit.clock import now
from makegood.payments.models import Collection, Payment, PaymentClaim, PaymentMethod
from makegood.payments.services.book_results import Answer, book_results
from makegood.payments.services.make_charges import make_charges
from makegood.providers.models import Provider
from makegood.runs.chunked import Chunked
from tests.support.billing import on_day


def add_gateway(provider: Provider, *, kind: str = "sandbox") -> Gateway:
    """A gateway of the provider, active."""
    secret = "" if kind == "sandbox" else "sealed"
    return Gateway.objects.create(
        provider=provider, kind=kind, secret_key=secret, token=secrets.token_hex(20), created_at=now(), changed_at=now()
    )


def add_card(customer: Customer, *, default: bool = True, **fields: Any) -> PaymentMethod:
    """A card of the customer at the provider's active gateway."""
    return PaymentMethod.objects.create(
        provider_id=customer.provider_id,
        customer=customer,
        gateway=Gateway.objects.get(provider_id=customer.provider_id, active=True),
        kind="card",
        reference=f"pm_{secrets.token_hex(8)}",
        brand="Visa",
        last_four="4242",
        is_default=default,
        created_at=now(),
        **fields,
    )


def charge_on(provider: Provider, day: date, **asked: Any) -> Chunked:
    """What the day's autopay makes, on that day."""
    with on_day(day):
        return make_charges(provider=provider, day=day, **asked)


def payments_of(customer: Customer) -> list[Payment]:
    """The customer's payments, oldest first."""
    return list(Payment.objects.filter(customer=customer).order_by("id"))


def claims_of(payment: Payment) -> list[tuple[int | None, int, bool]]:
    """Invoice number, amount and whether it is open, of each claim; by invoice."""
    claims = PaymentClaim.objects.filter(payment=payment).order_by("invoice_id")
    return list(claims.values_list("invoice__number", "amount_minor", "open"))


def collection_of(invoice: Invoice) -> tuple[int, date | None, date | None]:
    """Tries, the day of the next one, and the day on which it was given up."""
    collection = Collection.objects.get(invoice=invoice)
    return collection.tries, collection.next_try_on, collection.given_up_on


def fail(payments: Sequence[Payment], day: date, code: str = "card_declined") -> None:
    """The processor says on that day that it declined the payments, and that is booked."""
    with on_day(day):
        answers = [
            Answer(payment.pk, Charge("", str(payment.attempt_key), Standing.FAILED, payment.amount_minor, code, code))
            for payment in payments
        ]
        booked = book_results(provider=payments[0].provider, answers=answers)
    assert sorted(booked.failed) == sorted(payment.pk for payment in payments)
