"""What an invoice run has issued, and what has become of it."""

from dataclasses import dataclass

from makegood.kit.sql import load_sql, run_sql
from makegood.runs.models import Run


@dataclass(frozen=True)
class RunSums:
    """Sums over the issued invoices of a run, in minor units. billed_minor: without those that are negative.

    entries_minor, journal_minor: what the issue says in the sub-ledger of receivables and in the journal.
    The rest is what has become of the invoices until now.
    """

    invoices: int
    billed_minor: int
    total_minor: int
    tax_minor: int
    entries_minor: int
    journal_minor: int
    used_minor: int
    paid_minor: int
    written_off_minor: int
    voided_minor: int
    to_funds_minor: int
    due_minor: int
    booked_minor: int

    @property
    def holds(self) -> bool:
        """Whether the run, its invoices, their entries and the journal say the same."""
        return self.booked_minor == self.billed_minor and self.total_minor == self.entries_minor == self.journal_minor


def sum_run(run: Run) -> RunSums:
    """The sums of the run; reads each of its invoices once."""
    parameters = {"run": run.pk, "provider": run.provider_id}
    return RunSums(**run_sql(load_sql(__package__, "invoice_sum_run"), parameters)[0], booked_minor=run.booked_minor)
