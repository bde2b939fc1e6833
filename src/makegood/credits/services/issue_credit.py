"""Giving one customer a credit at once, without a run: as a part of something larger that a person does."""

from datetime import date

from django.db.models import F

from makegood.credits.models import Credit, CreditEntry, Kind
from makegood.kit.clock import now
from makegood.kit.sql import run_sql
from makegood.kit.transactions import demand_transaction
from makegood.ledger.locks import allow_any_funds
from makegood.ledger.models import CustomerBalance, GLCode
from makegood.ledger.rules import Line
from makegood.ledger.selectors import get_control_gl_code_id
from makegood.ledger.services import book

CREDIT = "credit"
"""What the journal entry names as its cause."""


def issue_credit(
    *,
    balance: CustomerBalance,
    amount_minor: int,
    gl_code: GLCode,
    kind: str = Kind.CORRECTION,
    description: str = "",
    staff_id: int | None,
    booked_on: date,
) -> Credit:
    """Puts so much (minor units) on the customer's account: credit, entry, balance and journal.

    Demands a transaction that holds the books and the customer's lock. balance: as it is under the lock; it is brought
    up to date. Asks for no right and no limit, not even that of the customer's funds, and uses nothing.
    """
    demand_transaction()
    allow_any_funds()
    pk, at = _next_credit_id(), now()
    entry_id = book(
        provider_id=balance.provider_id,
        booked_on=booked_on,
        event="credit_issued",
        cause_type=CREDIT,
        cause_id=pk,
        lines=[
            Line(gl_code.pk, debit_minor=amount_minor),
            Line(get_control_gl_code_id(balance.provider_id, GLCode.Type.AVAILABLE_FUNDS), credit_minor=amount_minor),
        ],
    )
    CustomerBalance.objects.filter(pk=balance.pk).update(funds_minor=F("funds_minor") + amount_minor)
    balance.refresh_from_db(fields=["funds_minor"])
    credit = Credit.objects.create(
        pk=pk,
        provider_id=balance.provider_id,
        customer_id=balance.customer_id,
        gl_code=gl_code,
        created_by_id=staff_id,
        created_at=at,
        issued_minor=amount_minor,
        issued_on=booked_on,
        kind=kind,
        description=description,
    )
    CreditEntry.objects.create(
        credit=credit,
        number=1,
        provider_id=balance.provider_id,
        customer_id=balance.customer_id,
        journal_entry_id=entry_id,
        amount_minor=amount_minor,
        funds_after_minor=balance.funds_minor,
        created_at=at,
        booked_on=booked_on,
        type=CreditEntry.Type.ISSUED,
    )
    return credit


def _next_credit_id() -> int:
    return int(run_sql("SELECT nextval('credit_id_seq') AS id")[0]["id"])
