"""Whom invoice runs leave out: drafts that nobody goes on with, and customers without a draft."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from makegood.invoices.freezing import count_still_due
from makegood.kit.sql import load_sql, run_sql
from makegood.providers.models import Provider
from makegood.runs.models import Run

OLD = timedelta(days=7)
"""So long after their day drafts are old: they should have been issued or given up."""

REASONS: dict[str, str] = {
    "billing_disabled": "Automatic billing is disabled, so nothing is billed.",
    "draft_elsewhere": "A draft of another run is there already. Issue it or give it up.",
    "due_since": "Due since the drafts were made. The next run bills them.",
}
"""Why a run of everybody who is due has no draft for a customer with something that goes on."""


@dataclass(frozen=True)
class WithoutDraft:
    """Customers whom a run leaves out for one of the `REASONS`."""

    code: str
    customers: int

    @property
    def sentence(self) -> str:
        return REASONS[self.code]


@dataclass(frozen=True)
class RestingDrafts:
    """An invoice run of a day that is stopped, parked or an old draft, and how many drafts it keeps."""

    run_id: int
    state: str
    day: date
    drafts: int


def count_without_draft(run: Run) -> Sequence[WithoutDraft]:
    """Whom a draft run leaves out, as things are now; only reasons that somebody has. Opens a transaction.

    Nobody where the customers were chosen: each of those has a row. Nobody for a run of charges.
    """
    asked = run.invoice_run
    if run.selection_id is not None or asked.charges_only:
        return []
    parameters = {"run": run.pk, "provider": run.provider_id, "day": asked.day}
    counted = run_sql(load_sql(__package__, "count_without_draft"), parameters)[0]
    counted["due_since"] = count_still_due(run.provider, asked.day).with_lines
    return [WithoutDraft(code, counted[code]) for code in REASONS if counted[code]]


def list_resting_drafts(provider: Provider, day: date) -> list[RestingDrafts]:
    """The runs with drafts that nobody goes on with on that day. Their customers are not billed meanwhile."""
    parameters = {"provider": provider.pk, "old": day - OLD}
    return [RestingDrafts(**row) for row in run_sql(load_sql(__package__, "list_resting_drafts"), parameters)]
