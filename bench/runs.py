"""Customers credited per second through the whole path, beside two floors.

(a) the same rows into the same tables and indexes by one bare statement per table;
(b) bare entries plus one update of the balances.
Each round measures the path and both floors, in turn, each on a fresh copy of the same database; medians of the
ratios within a round are what counts, since the machine's speed drifts.
"""

import argparse
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
from rich.console import Console
from rich.table import Table

from bench.commands import measure
from bench.databases import BenchServer, bench_server
from bench.prepare import prepare_customers

SQL = Path(__file__).parent / "sql"
ROUNDS = {10_000: 5, 100_000: 3, 1_000_000: 2}


@dataclass(frozen=True)
class Round:
    """One measurement of the path and of both floors; seconds, bytes, KiB."""

    path: float
    freeze: float
    same_rows: float
    entries: float
    log_bytes: int
    peak_kib: int
    growth_kib: int


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="script/bench runs", description=__doc__)
    parser.add_argument("--customers", type=int, nargs="+", default=list(ROUNDS))
    parser.add_argument("--rounds", type=int, help="how often each size is measured")
    asked = parser.parse_args(arguments)
    measured = {}
    with bench_server() as server:
        for customers in asked.customers:
            name = f"bench_{customers}"
            prepare_customers(server, name, customers)
            rounds = asked.rounds or ROUNDS.get(customers, 3)
            measured[customers] = [_measure_round(server, name, customers) for _ in range(rounds)]
            _print_size(customers, measured[customers])
    _print_cost(measured)
    return 0


def _measure_round(server: BenchServer, name: str, customers: int) -> Round:
    with server.copy_of(name) as url:
        same_rows = _seconds_of(url, "same_rows")
    with server.copy_of(name) as url:
        entries = _seconds_of(url, "entries_and_balance")
    with server.copy_of(name) as url:
        path = measure(url, "bench.credit_path")
    if path["credited"] != customers:
        raise RuntimeError(f"Only {path['credited']} of {customers} customers were credited.")
    return Round(
        path=path["seconds"],
        freeze=path["freeze_seconds"],
        same_rows=same_rows,
        entries=entries,
        log_bytes=path["log_bytes"],
        peak_kib=path["peak_kib"],
        growth_kib=path["memory_growth_kib"],
    )


def _seconds_of(url: str, name: str) -> float:
    with psycopg.connect(url, autocommit=True) as connection:
        began = time.perf_counter()
        for statement in (SQL / f"{name}.sql").read_text().split(";"):
            if statement.strip():
                connection.execute(statement)
        return time.perf_counter() - began


def _print_size(customers: int, rounds: list[Round]) -> None:
    def median(figures: list[float]) -> float:
        return statistics.median(figures)

    seconds = median([each.path for each in rounds])
    table = Table(title=f"{customers:,} customers, {len(rounds)} rounds (medians)", box=None, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_row("customers per second", f"{customers / seconds:,.0f}")
    table.add_row("seconds, of them freezing", f"{seconds:.2f}, {median([each.freeze for each in rounds]):.2f}")
    table.add_row("floor (a) same rows, seconds", f"{median([each.same_rows for each in rounds]):.2f}")
    table.add_row("floor (b) entries and balance, seconds", f"{median([each.entries for each in rounds]):.2f}")
    table.add_row("speed relative to (a), aim 0.7", f"{median([each.same_rows / each.path for each in rounds]):.2f}")
    table.add_row("speed relative to (b), aim 0.3", f"{median([each.entries / each.path for each in rounds]):.2f}")
    table.add_row("log bytes per credit", f"{median([each.log_bytes for each in rounds]) / customers:,.0f}")
    table.add_row("peak memory of the worker", f"{median([each.peak_kib for each in rounds]) / 1024:,.0f} MiB")
    table.add_row("growth from first to last chunk", f"{median([each.growth_kib for each in rounds]) / 1024:,.1f} MiB")
    Console().print(table)


def _print_cost(measured: dict[int, list[Round]]) -> None:
    if len(measured) < 2:
        return
    smallest, largest = min(measured), max(measured)
    costs = [statistics.median(each.path for each in measured[size]) / size for size in (smallest, largest)]
    Console().print(
        f"Cost per customer at {largest:,} is {costs[1] / costs[0]:.2f} times that at {smallest:,} (aim: at most 1.5)."
    )
