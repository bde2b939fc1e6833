"""Giving rows of a chunk an outcome other than done."""

from collections.abc import Mapping, Sequence

from makegood.kit.sql import Row, count_changed, load_sql, run_sql
from makegood.kit.transactions import demand_transaction
from makegood.runs.kinds import Chunk, Tally
from makegood.runs.outcomes import Category, Outcome, get_outcome


def settle_chunk(chunk: Chunk, outcome: Outcome) -> Tally:
    """Gives every row of the chunk this outcome; returns how many rows and customers. Demands a transaction."""
    demand_transaction()
    settled = run_sql(load_sql(__package__, "settle_chunk"), {**chunk.parameters(), "outcome": outcome.code})[0]
    return Tally(settled["rows"], settled["customers"])


def settle_customers(chunk: Chunk, outcomes: Mapping[int, str]) -> dict[Category, Tally]:
    """Gives all rows of some customers of the chunk the customer's outcome. Demands a transaction.

    Returns how many rows and customers were skipped and failed; those that wait again are not counted.
    """
    demand_transaction()
    parameters = {**chunk.parameters(), "customers": list(outcomes), "outcomes": list(outcomes.values())}
    codes = [row["outcome"] for row in run_sql(load_sql(__package__, "settle_customers"), parameters)]
    return {
        category: Tally(
            sum(get_outcome(code).category is category for code in codes),
            sum(get_outcome(code).category is category for code in outcomes.values()),
        )
        for category in (Category.SKIPPED, Category.FAILED)
    }


def skip_rows(chunk: Chunk, rows: Sequence[Row]) -> Tally:
    """Gives single rows (``id``, ``customer_id``, ``outcome``) of the chunk a skipped outcome. Demands a transaction.

    Returns how many rows, and how many customers who have no row left in the chunk.
    """
    demand_transaction()
    if not rows:
        return Tally()
    parameters = {
        "run": chunk.run_id,
        "rows": [row["id"] for row in rows],
        "outcomes": [row["outcome"] for row in rows],
    }
    count_changed(load_sql(__package__, "settle_rows"), parameters)
    customers = sorted({row["customer_id"] for row in rows})
    emptied = run_sql(load_sql(__package__, "count_emptied"), {**chunk.parameters(), "customers": customers})[0]
    return Tally(len(rows), emptied["customers"])
