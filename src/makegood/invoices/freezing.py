"""Writing the drafts of an invoice run in one statement, put together from those in ``sql/``; or counting them."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from makegood.invoices.models import BillingSettings
from makegood.invoices.selectors import get_billing_settings, get_tax_gl_code
from makegood.kit.clock import now
from makegood.kit.sql import compose_sql, count_changed, load_sql, run_sql, without_nested_loops
from makegood.kit.transactions import demand_transaction
from makegood.providers.models import Provider
from makegood.runs.models import Run

LAST_CUSTOMER = 2**62
"""Beyond every customer."""
LARGE = 1_000
"""Beyond so many records, reading tables as a whole is better than looking records up one by one."""

PRICES_WITHOUT_TAX = {
    "tax": "round(sum(amount_minor) * tax_rate / 100)",
    "included": "0",
    "included_in_line": "0",
}
PRICES_WITH_TAX = {
    "tax": "round(sum(amount_minor) * tax_rate / (100 + tax_rate))",
    "included": "round(sum(amount_minor) * tax_rate / (100 + tax_rate))",
    # What the lines up to this one include, less what those before it do: the lines add up to the tax of the rate.
    "included_in_line": (
        "round(sum(amount_minor) OVER of_rate * tax_rate / (100 + tax_rate)) "
        "- round((sum(amount_minor) OVER of_rate - amount_minor) * tax_rate / (100 + tax_rate))"
    ),
}


@dataclass(frozen=True)
class StillDue:
    """How many customers are due and have no draft.

    with_lines: those whom an invoice can be made for. customers: besides, those whose next period has begun and who
    have nothing to be billed in it.
    """

    with_lines: int
    customers: int


def freeze_invoices(run: Run, selected_sql: str) -> None:
    """Writes the drafts of the run with its rows. Demands a transaction.

    Who has a draft of a finished run, in which something failed, gets another one.
    selected_sql: the customers that a person chose, who get a row each; empty for everybody who is due.
    """
    demand_transaction()
    settings = get_billing_settings(run.provider)
    chosen = f"SELECT DISTINCT customer_id FROM ({selected_sql}) AS selected" if selected_sql else ""
    asked = run.invoice_run
    count_changed(load_sql(__package__, "discard_failed"), {"provider": run.provider_id})
    is_large = run.selection is None or run.selection.items.count() > LARGE or run.selection.mode == "matching"
    with without_nested_loops(is_large):
        run_sql(
            _compose_writing(settings, chosen),
            {
                "run": run.pk,
                "provider": run.provider_id,
                "day": asked.day,
                "invoices_from": settings.invoices_from or asked.day,
                "tax_gl_code": get_tax_gl_code(run.provider).pk,
                "charges_only": asked.charges_only,
                "created_by": run.created_by_id,
                "created_at": now(),
                "after": 0,
                "upto": LAST_CUSTOMER,
            },
        )


def basis_sql(customers_sql: str) -> str:
    """The statement that hashes what invoices of the customers are made from; the query yields ``customer_id``."""
    return compose_sql(load_sql(__package__, "invoice_basis"), customers=customers_sql)


def count_still_due(provider: Provider, day: date) -> StillDue:
    """Whom an invoice run of that day would draft invoices for now, besides those who have a draft.

    Opens a transaction. Nobody where the provider makes no invoices, or none yet.
    """
    settings = get_billing_settings(provider)
    if settings.invoices_from is None or day < settings.invoices_from:
        return StillDue(0, 0)
    due = compose_sql(
        load_sql(__package__, "due_without_draft"), candidates=compose_sql(load_sql(__package__, "find_candidates"))
    )
    parameters = {
        "provider": provider.pk,
        "day": day,
        "invoices_from": settings.invoices_from,
        "charges_only": False,
    }
    with transaction.atomic():
        candidates = run_sql(f"SELECT count(*) AS candidates FROM ({due}) AS due", parameters)[0]["candidates"]
        if not candidates:
            return StillDue(0, 0)
        statement = _compose(settings, due, compose_sql(load_sql(__package__, "count_still_due")))
        with without_nested_loops(candidates > LARGE):
            return StillDue(**run_sql(statement, parameters)[0])


def _compose_writing(settings: BillingSettings, chosen: str) -> str:
    candidates = chosen or compose_sql(load_sql(__package__, "find_candidates"))
    skipped = compose_sql(load_sql(__package__, "skipped_rows"), candidates=chosen) if chosen else ""
    writes = compose_sql(
        load_sql(__package__, "write_drafts"),
        basis=basis_sql("SELECT customer_id FROM billed"),
        skipped=skipped,
    )
    return _compose(settings, candidates, writes)


def _compose(settings: BillingSettings, candidates: str, writes: str) -> str:
    return compose_sql(
        load_sql(__package__, "freeze_invoices"),
        candidates=candidates,
        behind_all=compose_sql(load_sql(__package__, "behind_all")),
        corrections=compose_sql(load_sql(__package__, "correction_lines")),
        further_lines=compose_sql(load_sql(__package__, "further_lines")),
        writes=writes,
        **(PRICES_WITH_TAX if settings.prices_include_tax else PRICES_WITHOUT_TAX),
    )
