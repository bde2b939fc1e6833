"""What the pages of runs show of invoice runs."""

from typing import Any

from django.utils.formats import date_format

from makegood.emails.selectors import count_messages
from makegood.invoices.invoice_run_kind import INVOICE
from makegood.invoices.run_sums import sum_run
from makegood.providers.rules import Right
from makegood.runs.models import Run, RunRow
from makegood.web.frame.list_columns import LinkColumn
from makegood.web.invoices.draft_review import review_drafts
from makegood.web.runs.shown_kinds import ShownKind, register_shown
from makegood.web.runs.table import RowTable


class InvoiceOfRowColumn(LinkColumn):
    """The invoice of a row; one without a number is a draft."""

    empty_values = ()

    def find_value(self, name: str, record: RunRow) -> Any:
        invoice = getattr(record, "invoice", None)
        return None if invoice is None else invoice.number or "Draft"

    def render(self, value: object, record: RunRow) -> Any:  # type: ignore[override]  # what a column is given
        shown = self.find_value("invoice", record)
        return "" if shown is None else super().render(shown, record)


class InvoiceRowTable(RowTable):
    """The customers of an invoice run, with their invoices."""

    class Meta:
        exclude = ("order", "credit")

    invoice = InvoiceOfRowColumn(
        "invoice", key="invoice__pk", verbose_name="Invoice", accessor="invoice__number", orderable=False
    )


def register_invoice_kind() -> None:
    """Makes the kind known to the pages; called when the application starts."""
    register_shown(
        INVOICE,
        ShownKind(
            describe=_describe,
            table=lambda run: InvoiceRowTable,
            start=Right.BILL,
            go_on=Right.BILL,
            values="invoices/_run_values.html",
            rehearsal="invoices/_drafts.html",
            rehearse=review_drafts,
            sums="invoices/_run_sums.html",
            prove=lambda run: {"sums": sum_run(run), "mails": count_messages(run.provider_id, "run", run.pk)},
            related=("invoice_run",),
            row_related=("customer", "invoice"),
            back="invoices",
            cancelled="Its invoices are discarded; nothing was billed.",
            rest="The drafts that wait are discarded, and their customers are due again: the next invoice run bills "
            "them as things are then. What is issued stays issued.",
        ),
    )


def _describe(run: Run) -> str:
    asked = run.invoice_run
    on = date_format(asked.day, "M j, Y")
    return f"Waiting charges, {on}" if asked.charges_only else f"Periods that begin by {on}"
