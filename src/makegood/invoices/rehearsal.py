"""What an invoice run would bill, seen before it is issued, and held against the invoices before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from makegood.invoices.selectors import get_billing_settings
from makegood.invoices.without_draft import WithoutDraft, count_without_draft
from makegood.kit.sql import load_sql, run_sql
from makegood.providers.calendar import today_of
from makegood.runs.models import Run
from makegood.runs.outcomes import Category
from makegood.runs.selectors import OutcomeCount, count_outcomes

MOST_CHANGES_SHOWN = 10


@dataclass(frozen=True)
class Change:
    """A customer whose invoice is not what the one before was; minor units."""

    customer_id: int
    number: str
    name: str
    invoice_id: int
    before_minor: int
    total_minor: int

    @property
    def change_minor(self) -> int:
        return self.total_minor - self.before_minor


@dataclass(frozen=True)
class InvoiceRehearsal:
    """The drafts of a run in figures; amounts in minor units.

    final: invoices of customers of whom nothing goes on. negative: those that come to less than nothing, which give
    `to_funds_minor` to the customers. up, down: customers whose invoice is larger or smaller than the one before, and
    by how much in all; new: those who have had none. will_use_minor: what Available Funds, as they are now, would pay
    of the drafts on their dates. skipped: why there is no draft for others of a selection; without_draft: why there is
    none for others where everybody was asked for who is due.
    """

    run: Run
    invoices: int
    net_minor: int
    tax_minor: int
    total_minor: int
    nothing: int
    final: int
    negative: int
    to_funds_minor: int
    without_email: int
    opted_out: int
    new: int
    new_minor: int
    up: int
    up_minor: int
    down: int
    down_minor: int
    will_use_minor: int
    customers_with_funds: int
    due_on: date
    largest: Sequence[Change]
    skipped: Sequence[OutcomeCount]
    without_draft: Sequence[WithoutDraft]

    @property
    def same(self) -> int:
        """Customers whose invoice is as much as the one before."""
        return self.invoices - self.new - self.up - self.down


def get_invoice_rehearsal(run: Run) -> InvoiceRehearsal:
    """The figures of a draft run. The due date is that of an issue today. Opens a transaction."""
    parameters = {"run": run.pk, "provider": run.provider_id, "most": MOST_CHANGES_SHOWN}
    figures = run_sql(load_sql(__package__, "rehearse_invoices"), parameters)[0]
    largest = run_sql(load_sql(__package__, "list_largest_changes"), parameters)
    skipped = [count for count in count_outcomes(run, sum_waiting=False) if count.category is Category.SKIPPED]
    settings = get_billing_settings(run.provider)
    return InvoiceRehearsal(
        run=run,
        due_on=today_of(run.provider) + timedelta(days=settings.due_days),
        largest=[Change(**row) for row in largest],
        skipped=skipped,
        without_draft=count_without_draft(run),
        **{name: int(value) for name, value in figures.items()},
    )
