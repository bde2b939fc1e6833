"""Writing the drafts of an invoice run in one statement, put together from those in ``sql/``."""

from makegood.invoices.models import BillingSettings
from makegood.invoices.selectors import get_billing_settings, get_tax_gl_code
from makegood.kit.clock import now
from makegood.kit.sql import compose_sql, count_changed, load_sql, run_sql, without_nested_loops
from makegood.kit.transactions import demand_transaction
from makegood.runs.models import Run

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
            _compose(settings, chosen),
            {
                "run": run.pk,
                "provider": run.provider_id,
                "day": asked.day,
                "invoices_from": settings.invoices_from or asked.day,
                "tax_gl_code": get_tax_gl_code(run.provider).pk,
                "charges_only": asked.charges_only,
                "created_by": run.created_by_id,
                "created_at": now(),
            },
        )


def basis_sql(customers_sql: str) -> str:
    """The statement that hashes what invoices of the customers are made from; the query yields ``customer_id``."""
    return compose_sql(load_sql(__package__, "invoice_basis"), customers=customers_sql)


def _compose(settings: BillingSettings, chosen: str) -> str:
    candidates = chosen or compose_sql(load_sql(__package__, "find_candidates"))
    skipped = compose_sql(load_sql(__package__, "skipped_rows"), candidates=chosen) if chosen else ""
    writes = compose_sql(
        load_sql(__package__, "write_drafts"),
        basis=basis_sql("SELECT customer_id FROM billed"),
        skipped=skipped,
    )
    return compose_sql(
        load_sql(__package__, "freeze_invoices"),
        candidates=candidates,
        corrections=compose_sql(load_sql(__package__, "correction_lines")),
        further_lines=compose_sql(load_sql(__package__, "further_lines")),
        writes=writes,
        **(PRICES_WITH_TAX if settings.prices_include_tax else PRICES_WITHOUT_TAX),
    )
