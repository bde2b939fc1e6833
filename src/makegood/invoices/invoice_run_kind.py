"""What an invoice run does to its list and to a chunk of it."""

from makegood.invoices.freezing import LAST_CUSTOMER, freeze_invoices
from makegood.invoices.issuing import issue, skip_what_cannot_be_issued
from makegood.invoices.outcomes import DRAFT_DISCARDED, INVOICED
from makegood.kit.sql import count_changed, load_sql
from makegood.kit.transactions import demand_transaction
from makegood.providers.models import Membership
from makegood.providers.rules import Right, rights_of
from makegood.providers.selectors import require_billing, require_right
from makegood.runs.kinds import Booked, Chunk, Tally
from makegood.runs.locks import lock_chunk
from makegood.runs.models import Run
from makegood.runs.reasons import reason_for_all
from makegood.runs.settle import settle_chunk

INVOICE = "invoice"


class InvoiceRunKind:
    """A run that drafts an invoice for each customer who is due, and issues it when it is started."""

    noun = "invoice run"
    done = INVOICED

    def freeze(self, run: Run, selected_sql: str) -> None:
        """Writes the drafts with lines and taxes, and a row for each. Demands a transaction."""
        freeze_invoices(run, selected_sql)

    def require_startable(self, run: Run, membership: Membership) -> None:
        """Refused without the right to bill, and while billing is off."""
        require_billing(run.provider)
        require_right(membership, Right.BILL, "issue invoices")

    def book(self, run: Run, chunk: Chunk) -> Booked:
        """Locks the customers of a chunk and issues the drafts of those of whom nothing has changed.

        Demands a transaction.
        """
        demand_transaction()
        if reason := reason_for_all(run, lambda role, provider: Right.BILL in rights_of(role)):
            skipped = settle_chunk(chunk, reason)
            count_changed(load_sql(__package__, "discard_settled"), {**chunk.parameters(), "outcome": reason.code})
            return Booked(Tally(), skipped, Tally())
        lock_chunk(chunk)
        skipped = skip_what_cannot_be_issued(chunk)
        return Booked(issue(run, chunk), skipped, Tally())


def discard_drafts(run: Run) -> None:
    """Makes the drafts of a cancelled run void: they never get a number. Demands a transaction."""
    demand_transaction()
    count_changed(load_sql(__package__, "discard_drafts"), {"run": run.pk, "rows": None})


def discard_rest(run: Run) -> None:
    """Makes the drafts void of rows whose invoices were given up. Demands a transaction that holds the run's lock."""
    demand_transaction()
    count_changed(
        load_sql(__package__, "discard_settled"),
        {"run": run.pk, "after": 0, "upto": LAST_CUSTOMER, "outcome": DRAFT_DISCARDED.code},
    )
