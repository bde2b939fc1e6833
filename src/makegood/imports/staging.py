"""The tables of one import: filled by COPY, matched with what is known, checked, and written from, set by set."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from itertools import islice

from django.db import connection

from makegood.imports.report import MOST_REPORTED, BadRow, Counts, ImportReport
from makegood.imports.rules import shown
from makegood.kit.sql import Row, count_changed, load_sql, run_sql
from makegood.kit.transactions import demand_transaction
from makegood.orders.services.figures import refresh_customer_figures

LINES_AT_ONCE = 1_000
LONGEST_WAIT = "60s"
"""For another import, or for who works on the same customers."""
MOST_TOUCHED = 50_000
"""If an import touches more known customers than so many, the figures of all customers are refreshed at once."""

# The field that is at fault, and the reason with what the statement tells: {value}, {other}.
_REASONS = {
    "customer_repeated": ("number", "customer {value} stands on line {other} already"),
    "customer_differs": ("number", "customer {value} stands on line {other} already, with other values"),
    "customer_unknown": ("number", "customer {value} is not known, and the file says no name"),
    "order_repeated": ("number", "order {value} stands on line {other} already"),
    "order_of_another": ("number", "order {value} is of customer {other}; an order stays with its customer"),
    "customer_closed": ("status", "the customer is closed, so the order must be terminated, not {value}"),
    "end_missing": ("to_date", "to_date is empty; a terminated order needs the day on which it ended"),
    "end_before_start": ("to_date", "to_date is before from_date, {other}"),
}

ColumnOf = Callable[[int, str], str]


def prepare(provider_id: int) -> None:
    """Makes empty staging tables. Demands a transaction, and waits for another import of the provider to end."""
    demand_transaction()
    run_sql("SELECT set_config('lock_timeout', %(wait)s, true)", {"wait": LONGEST_WAIT})
    run_sql("SET LOCAL work_mem = '64MB'")
    # Of a provider that has just been filled the planner knows nothing; its loops would run millions times millions.
    run_sql("SET LOCAL enable_nestloop = off")
    run_sql("SET LOCAL jit = off")
    run_sql(_sql("lock_imports"), {"provider": provider_id})
    run_sql(_sql("create_staging"))


def copy_lines(lines: Iterable[str]) -> None:
    """Copies staged lines into the staging table."""
    source = iter(lines)
    with connection.cursor() as cursor:
        with cursor.copy(_sql("copy_rows")) as copy:
            while batch := "".join(islice(source, LINES_AT_ONCE)):
                copy.write(batch)
        cursor.execute("ANALYZE import_row")


def match(provider_id: int, today: date) -> None:
    """Works out what each staged record will be, and whether it is added, updated or unchanged."""
    run_sql(_sql("match_customers"), {"provider": provider_id, "today": today})
    run_sql(_sql("match_orders"), {"provider": provider_id})


def take_bad(report: ImportReport, column_of: ColumnOf) -> bool:
    """Finds what is wrong beyond single cells, takes those rows out and reports them; whether there were any."""
    for statement in (
        "find_unknown_customers",
        "find_repeated_customers",
        "find_repeated_orders",
        "find_impossible_orders",
    ):
        run_sql(_sql(statement))
    found = run_sql(_sql("take_bad"), {"limit": MOST_REPORTED})
    if found:
        report.bad_rows += found[0]["bad_rows"]
        report.add_bad(_tell(row, column_of) for row in found)
    return bool(found)


def has_new_service_without_gl_code() -> bool:
    """Whether a service will be added for which the map names no GL code."""
    return bool(run_sql(_sql("find_new_service_without_gl_code")))


def count(report: ImportReport) -> None:
    """Puts into the report what the import does."""
    for row in run_sql(_sql("count_changes")):
        counts: Counts = getattr(report, row["records"])
        setattr(counts, row["change"], row["number"])


def write(report: ImportReport, provider_id: int, gl_code_id: int | None, at: datetime, today: date) -> None:
    """Writes all that differs; customers first locked in the ledger's order. Demands a transaction.

    gl_code_id: of new services for which the map names none.
    """
    demand_transaction()
    provider = {"provider": provider_id}
    run_sql(_sql("lock_customers"), provider)
    run_sql(_sql("add_services"), provider | {"gl_code": gl_code_id})
    for statement in ("add_customers", "update_customers", "add_orders"):
        run_sql(_sql(statement), provider | {"at": at})
    run_sql(_sql("end_pauses"), {"today": today})
    run_sql(_sql("begin_pauses"), provider | {"today": today})
    run_sql(_sql("update_orders"), provider | {"at": at})
    report.orders.updated += count_changed(_sql("end_orders_of_closed"), provider | {"at": at})
    run_sql(_sql("add_order_prices"), provider | {"today": today})
    run_sql(_sql("add_customer_figures"), provider)
    touched = [row["id"] for row in run_sql(_sql("list_touched_customers"), {"limit": MOST_TOUCHED})]
    if touched:
        everybody = len(touched) > MOST_TOUCHED
        refresh_customer_figures(provider_id=provider_id, customer_ids=None if everybody else touched)


def _tell(row: Row, column_of: ColumnOf) -> BadRow:
    field, reason = _REASONS[row["why"]]
    value = shown(row["value"])
    return BadRow(
        row["line"], column_of(row["section"], field), value, reason.format(value=value, other=shown(row["other"], 200))
    )


def _sql(name: str) -> str:
    return load_sql(__package__, name)
