"""Movements of money that a test wants on one very record, booked as the ledger demands, so that the books agree."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F

from makegood.credits.models import Credit, CreditEntry, CreditUse
from makegood.customers.models import Customer
from makegood.invoices.models import Invoice, InvoiceCounter, InvoiceLine, InvoiceTax, ReceivableEntry
from makegood.invoices.services.end_invoice import book_write_off
from makegood.kit.clock import now
from makegood.ledger.locks import hold_books, lock_customers
from makegood.ledger.models import CustomerBalance, GLCode
from makegood.ledger.rules import Line
from makegood.ledger.services import book
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider

PARTS = {"used": "used_minor", "expired": "expired_minor"}


def owe(customer: Customer, amount_minor: int, *, due_on: date | None = None) -> Invoice:
    """The customer gets an invoice of so much more, without tax, due in two weeks unless said."""
    provider = customer.provider
    receivable, service = _code(provider, "receivable"), _code(provider, "service")
    today = today_of(provider)
    due_on = due_on or today + timedelta(days=14)
    with transaction.atomic():
        hold_books(provider)
        lock_customers(provider.pk, [customer.pk])
        counter, _ = InvoiceCounter.objects.get_or_create(provider=provider)
        InvoiceCounter.objects.filter(pk=provider.pk).update(last_number=counter.last_number + 1)
        invoice = Invoice.objects.create(
            provider=provider,
            customer=customer,
            number=counter.last_number + 1,
            net_minor=amount_minor,
            tax_minor=0,
            created_at=now(),
            issued_at=now(),
            period_from=today,
            period_to=today,
            issued_on=today,
            due_on=due_on,
            collect_on=due_on,
            kind="single",
            state="late" if due_on < today else "open",
            late_on=today if due_on < today else None,
            cycle="monthly",
            billing_day=1,
        )
        InvoiceLine.objects.create(
            invoice=invoice,
            position=1,
            provider=provider,
            customer=customer,
            gl_code_id=service,
            amount_minor=amount_minor,
            net_minor=amount_minor,
            tax_rate=0,
            kind="service",
            description="Service",
        )
        InvoiceTax.objects.create(
            invoice=invoice,
            provider=provider,
            tax_rate=0,
            gl_code_id=_code(provider, "tax"),
            net_minor=amount_minor,
            tax_minor=0,
        )
        lines = [Line(receivable, debit_minor=amount_minor), Line(service, credit_minor=amount_minor)]
        _enter_receivable(
            invoice, "issued", amount_minor, _book(customer, "invoice_issued", lines), "invoice", invoice.pk
        )
    invoice.refresh_from_db()
    return invoice


def use(credit: Credit, amount_minor: int) -> None:
    """So much of this very credit pays the customer's newest invoice of which as much is due."""
    receivable, funds = _code(credit.provider, "receivable"), _code(credit.provider, "available_funds")
    lines = [Line(funds, debit_minor=amount_minor), Line(receivable, credit_minor=amount_minor)]
    with transaction.atomic():
        hold_books(credit.provider)
        lock_customers(credit.provider_id, [credit.customer_id])
        owed = Invoice.objects.filter(customer_id=credit.customer_id, state__in=["open", "late"])
        invoice = owed.filter(due_minor__gte=amount_minor).order_by("-id")[0]
        entry_id = _book(credit.customer, "funds_used", lines)
        used = CreditUse.objects.create(
            provider=credit.provider,
            customer=credit.customer,
            credit=credit,
            invoice=invoice,
            journal_entry_id=entry_id,
            amount_minor=amount_minor,
            created_at=now(),
            used_on=today_of(credit.provider),
        )
        _enter(credit, "used", -amount_minor, entry_id, used)
        is_paid = invoice.due_minor == amount_minor
        Invoice.objects.filter(pk=invoice.pk).update(
            used_minor=F("used_minor") + amount_minor,
            state="paid" if is_paid else invoice.state,
            settled_on=today_of(credit.provider) if is_paid else None,
        )
        _enter_receivable(invoice, "used", -amount_minor, entry_id, "credit_use", used.pk)


def pay(invoice: Invoice) -> None:
    """What is due of the invoice is given up: nothing is owed any more."""
    with transaction.atomic():
        today = hold_books(invoice.provider)
        lock_customers(invoice.provider_id, [invoice.customer_id])
        book_write_off(invoice=invoice, gl_code_id=_code(invoice.provider, "write_off"), booked_on=today)


def expire(credit: Credit) -> None:
    """What remains of the credit expires."""
    funds, amount = _code(credit.provider, "available_funds"), credit.remaining_minor
    lines = [Line(funds, debit_minor=amount), Line(credit.gl_code_id, credit_minor=amount)]
    with transaction.atomic():
        hold_books(credit.provider)
        lock_customers(credit.provider_id, [credit.customer_id])
        _enter(credit, "expired", -amount, _book(credit.customer, "credit_expired", lines))


def _enter(credit: Credit, type_: str, amount_minor: int, entry_id: int, used: CreditUse | None = None) -> None:
    part = PARTS[type_]
    Credit.objects.filter(pk=credit.pk).update(**{part: F(part) - amount_minor})
    CustomerBalance.objects.filter(customer_id=credit.customer_id).update(funds_minor=F("funds_minor") + amount_minor)
    CreditEntry.objects.create(
        credit=credit,
        number=credit.entries.count() + 1,
        provider_id=credit.provider_id,
        customer_id=credit.customer_id,
        journal_entry_id=entry_id,
        use=used,
        amount_minor=amount_minor,
        funds_after_minor=CustomerBalance.objects.get(customer_id=credit.customer_id).funds_minor,
        created_at=now(),
        booked_on=today_of(credit.provider),
        type=type_,
    )
    credit.refresh_from_db()


def _enter_receivable(
    invoice: Invoice, type_: str, amount_minor: int, entry_id: int, cause_type: str, cause_id: int
) -> None:
    ReceivableEntry.objects.create(
        invoice=invoice,
        number=invoice.entries.count() + 1,
        provider_id=invoice.provider_id,
        customer_id=invoice.customer_id,
        journal_entry_id=entry_id,
        cause_type=cause_type,
        cause_id=cause_id,
        amount_minor=amount_minor,
        created_at=now(),
        booked_on=today_of(invoice.provider),
        type=type_,
    )
    CustomerBalance.objects.filter(customer_id=invoice.customer_id).update(
        receivable_minor=F("receivable_minor") + amount_minor
    )


def _book(customer: Customer, event: str, lines: Sequence[Line]) -> int:
    return book(
        provider_id=customer.provider_id,
        booked_on=today_of(customer.provider),
        event=event,
        cause_type="customer",
        cause_id=customer.pk,
        lines=lines,
    )


def _code(provider: Provider, type_: str) -> int:
    codes = GLCode.objects.filter(provider=provider, type=type_).order_by("code")
    return codes.values_list("pk", flat=True)[0]
