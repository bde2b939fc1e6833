"""Billing: customers per second beside bare statements that write the same rows into the same tables and indexes.

An invoice run (drafts and issue), Available Funds for everybody's invoice, a day on which nothing is to be done, and
statements. Each round measures each of them and its floor, in turn, each on a fresh copy of the same database; medians
of the ratios within a round are what counts, since the machine's speed drifts.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table

from bench.billing_days import STATEMENTS
from bench.commands import measure
from bench.databases import BenchServer, bench_server
from bench.prepare import prepare_customers

SQL = Path(__file__).parent / "sql"
PATH = "bench.billing_path"
ROUNDS = {10_000: 3, 100_000: 2}
Round = dict[str, dict[str, Any]]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="script/bench billing", description=__doc__)
    parser.add_argument("--customers", type=int, nargs="+", default=list(ROUNDS))
    parser.add_argument("--rounds", type=int, help="how often each size is measured")
    asked = parser.parse_args(arguments)
    with bench_server() as server:
        for customers in asked.customers:
            prepare_billing(server, customers)
            rounds = [_measure_round(server, customers) for _ in range(asked.rounds or ROUNDS.get(customers, 2))]
            _print(customers, rounds)
    return 0


def prepare_billing(server: BenchServer, customers: int) -> None:
    """Makes the databases that measurements are copies of: everybody due, everybody owing with funds, nothing to do."""
    base = f"billing_{customers}"
    prepare_customers(server, base, customers)
    run_file(server.url(base), "billing_orders")
    for name in ("owed", "idle"):
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{base}_{name}" TEMPLATE "{base}" STRATEGY FILE_COPY')
        made = measure(server.url(f"{base}_{name}"), PATH, f"prepare_{name}")
        if made["customers"] != customers:
            raise RuntimeError(f"Only {made['customers']} of {customers} customers got an invoice.")
    with psycopg.connect(server.url(f"{base}_owed"), autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
    run_file(server.url(f"{base}_idle"), "billing_late")


def _measure_round(server: BenchServer, customers: int) -> Round:
    base = f"billing_{customers}"
    owed = f"{base}_owed"
    with server.copy_of(f"{base}_idle") as url:
        day = measure(url, PATH, "day")
    with server.copy_of(owed) as url:
        statements = measure(url, PATH, "statements")
    if not day["finished"] or day["did"]:
        raise RuntimeError(f"The day had something to do: {day['did']}.")
    return {
        "invoices": _beside_floor(server, base, "invoices", customers),
        "funds": _beside_floor(server, owed, "funds", customers),
        "day": day,
        "statements": statements,
    }


FLOORS = {
    "invoices": ("billing_ready_invoices", "billing_same_invoices"),
    "funds": ("billing_ready_uses", "billing_same_uses"),
}


def _beside_floor(server: BenchServer, name: str, part: str, customers: int) -> dict[str, Any]:
    ready, same = FLOORS[part]
    with server.copy_of(name) as url:
        run_file(url, ready)
        floor = run_file(url, same)
        rows = _count_rows(url)
    with server.copy_of(name) as url:
        path = measure(url, PATH, part)
        if path["customers"] != customers:
            raise RuntimeError(f"Only {path['customers']} of {customers} customers were worked.")
        if rows != _count_rows(url):
            raise RuntimeError(f"The floor wrote other rows: {rows} instead of {_count_rows(url)}.")
    return {**path, "floor": floor}


def run_file(url: str, name: str) -> float:
    """Runs the statements of a file, each in a transaction of its own; returns the seconds that they took."""
    with psycopg.connect(url, autocommit=True) as connection:
        began = time.perf_counter()
        for statement in (SQL / f"{name}.sql").read_text().split(";"):
            if statement.strip():
                connection.execute(statement)
        return time.perf_counter() - began


def _count_rows(url: str) -> list[tuple[Any, ...]]:
    tables = (
        "run_row",
        "invoice",
        "invoice_line",
        "invoice_tax",
        "receivable_entry",
        "credit_use",
        "credit_entry",
        "message",
    )
    counts = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables)
    sums = "SELECT 'funds', sum(funds_minor) FROM customer_balance UNION ALL "
    sums += "SELECT 'receivable', sum(receivable_minor) FROM customer_balance"
    with psycopg.connect(url) as connection:
        return connection.execute(f"{counts} UNION ALL {sums}").fetchall()


def _print(customers: int, rounds: list[Round]) -> None:
    table = Table(title=f"{customers:,} customers, {len(rounds)} rounds (medians)", box=None, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for part, what in (("invoices", "invoice run"), ("funds", "using funds")):
        figures = [each[part] for each in rounds]
        table.add_row(f"{what}: customers per second", f"{_median(figures, _speed):,.0f}")
        seconds = f"{_median(figures, _of('seconds')):.2f}"
        if part == "invoices":
            seconds += f", {_median(figures, _of('freeze_seconds')):.2f}"
        table.add_row("    seconds" + (", of them the drafts" if part == "invoices" else ""), seconds)
        table.add_row("    floor: the same rows, seconds", f"{_median(figures, _of('floor')):.2f}")
        table.add_row("    speed relative to it, aim 0.6", f"{_median(figures, _ratio):.2f}")
        table.add_row("    log bytes per customer", f"{_median(figures, _of('log_bytes')) / customers:,.0f}")
        table.add_row("    peak memory of the worker", f"{_median(figures, _of('peak_kib')) / 1024:,.0f} MiB")
        growth = f"{_median(figures, _of('growth_kib')) / 1024:,.1f} MiB"
        table.add_row("    growth from first to last chunk", growth)
    days = [each["day"] for each in rounds]
    table.add_row("a day with nothing to do: seconds", f"{_median(days, _of('seconds')):.2f}")
    times = _median(days, lambda day: day["seconds"] / day["count_seconds"])
    table.add_row("    times one count of the open invoices", f"{times:,.0f}")
    read = [each["statements"] for each in rounds]
    rows = _median(read, _of("rows")) / STATEMENTS
    table.add_row(
        f"statements of {STATEMENTS} customers, {rows:.1f} rows each: per second", f"{_median(read, _speed):,.0f}"
    )
    Console().print(table)


Figure = Callable[[dict[str, Any]], float]


def _median(figures: list[dict[str, Any]], of: Figure) -> float:
    return statistics.median(of(each) for each in figures)


def _of(name: str) -> Figure:
    return lambda figures: float(figures[name])


def _speed(figures: dict[str, Any]) -> float:
    return float(figures["customers"] / figures["seconds"])


def _ratio(figures: dict[str, Any]) -> float:
    return float(figures["floor"] / figures["seconds"])
