"""The booking of an invoice's end: what is left of it is voided or written off."""

from collections import defaultdict
from datetime import date

from django.db.models import F, Max, Sum

from makegood.invoices.models import Invoice, InvoiceLine, InvoiceTax, ReceivableEntry
from makegood.invoices.rules import State
from makegood.kit.clock import now
from makegood.kit.transactions import demand_transaction
from makegood.ledger.models import CustomerBalance
from makegood.ledger.rules import Line
from makegood.ledger.selectors import get_control_gl_code_id
from makegood.ledger.services import book, next_journal_entry_id


def book_void(*, invoice: Invoice, booked_on: date) -> None:
    """Makes an issued invoice Void and takes what was billed back from its GL codes.

    Demands a transaction that holds the books and the customer's lock; nothing of the invoice may be paid or used.
    """
    demand_transaction()
    receivable = get_control_gl_code_id(invoice.provider_id, "receivable")
    lines = [*_take_back_billed(invoice), *_on_one_side(receivable, -invoice.total_minor)]
    _end(invoice, State.VOID, "voided", booked_on, lines)


def book_write_off(*, invoice: Invoice, gl_code_id: int, booked_on: date) -> None:
    """Makes an invoice Uncollectible; what is due of it goes to the GL code of write-offs.

    Demands a transaction that holds the books and the customer's lock.
    """
    demand_transaction()
    receivable = get_control_gl_code_id(invoice.provider_id, "receivable")
    lines = [Line(gl_code_id, debit_minor=invoice.due_minor), Line(receivable, credit_minor=invoice.due_minor)]
    _end(invoice, State.UNCOLLECTIBLE, "written_off", booked_on, lines)


def _end(invoice: Invoice, state: State, part: str, booked_on: date, lines: list[Line]) -> None:
    due_minor = invoice.due_minor
    if lines:
        entry_id = book(
            entry_id=next_journal_entry_id(),
            provider_id=invoice.provider_id,
            booked_on=booked_on,
            event=f"invoice_{part}",
            cause_type="invoice",
            cause_id=invoice.pk,
            lines=lines,
        )
        if due_minor:
            _enter(invoice, part, entry_id, booked_on)
    Invoice.objects.filter(pk=invoice.pk).update(
        **{f"{part}_minor": due_minor}, state=state, settled_on=invoice.settled_on or booked_on
    )


def _enter(invoice: Invoice, part: str, entry_id: int, booked_on: date) -> None:
    """The movement of the receivable. An invoice of nothing has moved none, whatever is on its lines."""
    last_number = ReceivableEntry.objects.filter(invoice=invoice).aggregate(last=Max("number"))["last"]
    ReceivableEntry.objects.create(
        invoice=invoice,
        number=last_number + 1,
        provider_id=invoice.provider_id,
        customer_id=invoice.customer_id,
        journal_entry_id=entry_id,
        cause_type="invoice",
        cause_id=invoice.pk,
        amount_minor=-invoice.due_minor,
        created_at=now(),
        booked_on=booked_on,
        type=part,
    )
    CustomerBalance.objects.filter(customer_id=invoice.customer_id).update(
        receivable_minor=F("receivable_minor") - invoice.due_minor
    )


def _take_back_billed(invoice: Invoice) -> list[Line]:
    billed: dict[int, int] = defaultdict(int)
    of_lines = InvoiceLine.objects.filter(invoice=invoice).values_list("gl_code_id").annotate(sum=Sum("net_minor"))
    of_taxes = InvoiceTax.objects.filter(invoice=invoice).values_list("gl_code_id").annotate(sum=Sum("tax_minor"))
    for gl_code_id, amount_minor in [*of_lines, *of_taxes]:
        billed[gl_code_id] += amount_minor
    return [line for gl_code_id, amount in sorted(billed.items()) for line in _on_one_side(gl_code_id, amount)]


def _on_one_side(gl_code_id: int, debit_minor: int) -> list[Line]:
    """A line that debits the amount, or credits it if it is negative; nothing for nothing."""
    if not debit_minor:
        return []
    return [Line(gl_code_id, debit_minor=max(debit_minor, 0), credit_minor=max(-debit_minor, 0))]
