"""What a negative invoice gives becomes Available Funds, in the transaction that issues it."""

from datetime import date

from makegood.credits.services.apply_funds import Wanted, use_funds
from makegood.invoices.issued import Issued, register_effect
from makegood.kit.sql import load_sql, run_sql
from makegood.kit.transactions import demand_transaction
from makegood.ledger.locks import allow_any_funds
from makegood.ledger.models import GLCode
from makegood.ledger.rules import Line
from makegood.ledger.selectors import get_control_gl_code_id
from makegood.ledger.services import book, next_journal_entry_id

FOR_EVER = date.max
"""A day by which everything that is owed is to be collected."""


def turn_into_funds(issued: Issued) -> None:
    """Makes credits of what each negative invoice gives; first of all they pay what the customer owes.

    Demands the transaction of the issue, with the customers locked. What payments had paid comes back as an
    overpayment, which can be paid out; the rest as a correction, which cannot. Neither expires. What else the customer
    has waits for the day to collect.
    """
    demand_transaction()
    provider_id = issued.provider.pk
    entry_id = next_journal_entry_id()
    receivable = get_control_gl_code_id(provider_id, GLCode.Type.RECEIVABLE)
    allow_any_funds()
    given = run_sql(
        load_sql(__package__, "book_funds_from_invoices"),
        {
            "provider": provider_id,
            "run": issued.run_id,
            "after": issued.after,
            "upto": issued.upto,
            "issued_at": issued.issued_at,
            "booked_on": issued.booked_on,
            "effective_on": issued.effective_on,
            "created_by": issued.created_by_id,
            "gl_code": receivable,
            "journal_entry": entry_id,
        },
    )[0]
    if not given["amount_minor"]:
        return
    book(
        entry_id=entry_id,
        provider_id=provider_id,
        booked_on=issued.booked_on,
        effective_on=issued.effective_on,
        event="funds_from_invoice",
        cause_type="run",
        cause_id=issued.run_id,
        lines=[
            Line(receivable, debit_minor=given["amount_minor"]),
            Line(get_control_gl_code_id(provider_id, GLCode.Type.AVAILABLE_FUNDS), credit_minor=given["amount_minor"]),
        ],
    )
    use_funds(
        issued.provider,
        given["customers"],
        Wanted(day=FOR_EVER, credits=tuple(given["credits"])),
        booked_on=issued.booked_on,
        effective_on=issued.effective_on,
    )


def register_effects() -> None:
    """Makes it follow from each issue; called when the application starts."""
    register_effect(turn_into_funds)
