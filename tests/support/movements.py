"""Movements of money that no service makes yet, booked as the ledger demands, so that the books still agree."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F

from makegood.credits.models import Credit, CreditEntry
from makegood.customers.models import Customer
from makegood.kit.clock import now, today_in
from makegood.ledger.locks import lock_customers
from makegood.ledger.models import CustomerBalance, GLCode
from makegood.ledger.rules import Line
from makegood.ledger.services import book
from makegood.providers.models import Provider

PARTS = {"used": "used_minor", "expired": "expired_minor"}


def owe(customer: Customer, amount_minor: int) -> None:
    """The customer owes so much more; a negative amount pays it."""
    receivable, service = _code(customer.provider, "receivable"), _code(customer.provider, "service")
    amount = abs(amount_minor)
    with transaction.atomic():
        lock_customers(customer.provider_id, [customer.pk])
        CustomerBalance.objects.filter(customer=customer).update(receivable_minor=F("receivable_minor") + amount_minor)
        debit, credit = (receivable, service) if amount_minor > 0 else (service, receivable)
        _book(customer, "invoice_issued", [Line(debit, debit_minor=amount), Line(credit, credit_minor=amount)])


def use(credit: Credit, amount_minor: int) -> None:
    """So much of the credit pays what the customer owes."""
    receivable, funds = _code(credit.provider, "receivable"), _code(credit.provider, "available_funds")
    lines = [Line(funds, debit_minor=amount_minor), Line(receivable, credit_minor=amount_minor)]
    with transaction.atomic():
        _enter(credit, "used", -amount_minor, lines)
        CustomerBalance.objects.filter(customer_id=credit.customer_id).update(
            receivable_minor=F("receivable_minor") - amount_minor
        )


def expire(credit: Credit) -> None:
    """What remains of the credit expires."""
    funds, amount = _code(credit.provider, "available_funds"), credit.remaining_minor
    lines = [Line(funds, debit_minor=amount), Line(credit.gl_code_id, credit_minor=amount)]
    with transaction.atomic():
        _enter(credit, "expired", -amount, lines)


def _enter(credit: Credit, type_: str, amount_minor: int, lines: Sequence[Line]) -> None:
    [balance] = lock_customers(credit.provider_id, [credit.customer_id])
    part = PARTS[type_]
    Credit.objects.filter(pk=credit.pk).update(**{part: F(part) - amount_minor})
    CustomerBalance.objects.filter(customer_id=credit.customer_id).update(funds_minor=F("funds_minor") + amount_minor)
    CreditEntry.objects.create(
        credit=credit,
        number=credit.entries.count() + 1,
        provider_id=credit.provider_id,
        customer_id=credit.customer_id,
        journal_entry_id=_book(credit.customer, f"credit_{type_}", lines),
        amount_minor=amount_minor,
        funds_after_minor=balance.funds_minor + amount_minor,
        created_at=now(),
        booked_on=today_in(credit.provider.timezone),
        type=type_,
    )
    credit.refresh_from_db()


def _book(customer: Customer, event: str, lines: Sequence[Line]) -> int:
    return book(
        provider_id=customer.provider_id,
        booked_on=today_in(customer.provider.timezone),
        event=event,
        cause_type="customer",
        cause_id=customer.pk,
        lines=lines,
    )


def _code(provider: Provider, type_: str) -> int:
    codes = GLCode.objects.filter(provider=provider, type=type_).order_by("code")
    return codes.values_list("pk", flat=True)[0]
