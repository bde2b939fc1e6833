"""Issuing the drafts of a chunk: what is booked, and what follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from makegood.emails.kinds import find_kind
from makegood.emails.services.outbox import add_messages
from makegood.invoices.freezing import basis_sql
from makegood.invoices.issued import Issued, carry_out_effects
from makegood.invoices.selectors import get_billing_settings
from makegood.kit.clock import now
from makegood.kit.sql import Row, compose_sql, count_changed, load_sql, run_sql, without_nested_loops
from makegood.kit.transactions import demand_transaction
from makegood.ledger.models import GLCode
from makegood.ledger.rules import Line
from makegood.ledger.selectors import get_control_gl_code_id
from makegood.ledger.services import book, next_journal_entry_id
from makegood.runs.kinds import Chunk, Tally
from makegood.runs.models import Run
from makegood.runs.settle import skip_rows

NEW_INVOICE = "new_invoice"
"""The kind of e-mail that tells customers of their invoices."""

CUSTOMERS_OF_CHUNK = """
SELECT customer_id
FROM run_row
WHERE run_id = %(run)s AND customer_id > %(after)s AND customer_id <= %(upto)s
    AND outcome IS NOT DISTINCT FROM %(claim)s
"""

RECIPIENTS = """
SELECT invoice.customer_id
FROM invoice
WHERE invoice.id BETWEEN %(first_id)s AND %(last_id)s
    AND invoice.number BETWEEN %(first_number)s AND %(last_number)s
    AND invoice.provider_id = %(of_provider)s
"""


@dataclass(frozen=True)
class _Moment:
    """When a chunk is issued, and how its bookings are dated."""

    issued_at: datetime
    booked_on: date
    effective_on: date | None


def skip_what_cannot_be_issued(chunk: Chunk) -> Tally:
    """Skips rows whose customer, orders, prices or charges have changed since the draft, and discards their drafts.

    Demands a transaction that holds the customers' locks.
    """
    demand_transaction()
    run_sql("SELECT FROM billing_settings WHERE provider_id = %(provider)s FOR SHARE", {"provider": chunk.provider_id})
    statement = compose_sql(load_sql(__package__, "find_not_issuable"), basis=basis_sql(CUSTOMERS_OF_CHUNK))
    with without_nested_loops(chunk.is_dense):
        rows = run_sql(statement, chunk.parameters())
    if rows:
        parameters = {"run": chunk.run_id, "rows": [row["id"] for row in rows]}
        count_changed(load_sql(__package__, "discard_drafts"), parameters)
    return skip_rows(chunk, rows)


def issue(run: Run, chunk: Chunk) -> Tally:
    """Issues all drafts of the chunk that are left. Demands a transaction that holds the customers' locks."""
    demand_transaction()
    day = run.invoice_run.day
    moment = _Moment(now(), chunk.booked_on, day if day != chunk.booked_on else None)
    entry_id = next_journal_entry_id()
    issued = _write(run, chunk, moment, entry_id)
    if not issued["invoices"]:
        return Tally()
    with without_nested_loops(chunk.is_dense):
        billed = run_sql(load_sql(__package__, "sum_billed"), _range(run, issued))
    _book(run, issued, billed, moment, entry_id)
    count_changed(load_sql(__package__, "move_billing_on"), _range(run, issued))
    if find_kind(NEW_INVOICE) is not None:
        add_messages(
            provider_id=run.provider_id,
            template=NEW_INVOICE,
            cause_type="run",
            cause_id=run.pk,
            recipients_sql=RECIPIENTS,
            parameters={**_range(run, issued), "of_provider": run.provider_id},
        )
    carry_out_effects(
        Issued(
            provider=run.provider,
            run_id=run.pk,
            after=chunk.after,
            upto=chunk.upto,
            issued_at=moment.issued_at,
            booked_on=moment.booked_on,
            effective_on=moment.effective_on,
            created_by_id=run.started_by_id,
        )
    )
    return Tally(issued["invoices"], issued["invoices"], issued["amount_minor"])


def _write(run: Run, chunk: Chunk, moment: _Moment, entry_id: int) -> Row:
    settings = get_billing_settings(run.provider)
    return run_sql(
        load_sql(__package__, "issue_invoices"),
        {
            **chunk.parameters(),
            "journal_entry": entry_id,
            "issued_at": moment.issued_at,
            "booked_on": moment.booked_on,
            "effective_on": moment.effective_on,
            "due_days": settings.due_days,
            "autopay_days": settings.autopay_days,
        },
    )[0]


def _book(run: Run, issued: Row, billed: Sequence[Row], moment: _Moment, entry_id: int) -> None:
    """The journal entry: what is owed, against what is billed by GL code; none if all of it comes to nothing."""
    lines = [_line(row["gl_code_id"], -row["amount_minor"]) for row in billed]
    if issued["total_minor"]:
        receivable = get_control_gl_code_id(run.provider_id, GLCode.Type.RECEIVABLE)
        lines.insert(0, _line(receivable, issued["total_minor"]))
    if lines:
        book(
            entry_id=entry_id,
            provider_id=run.provider_id,
            booked_on=moment.booked_on,
            effective_on=moment.effective_on,
            event="invoice_issued",
            cause_type="run",
            cause_id=run.pk,
            lines=lines,
        )


def _line(gl_code_id: int, debit_minor: int) -> Line:
    return Line(gl_code_id, debit_minor=max(debit_minor, 0), credit_minor=max(-debit_minor, 0))


def _range(run: Run, issued: Row) -> dict[str, object]:
    names = ("first_id", "last_id", "first_number", "last_number")
    return {"provider": run.provider_id, **{name: issued[name] for name in names}}
