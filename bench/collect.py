"""Collecting: customers charged and booked per second in a day's collection, beside bare calls of the same client.

With the sandbox, which is in the database, and with localstripe over HTTP, each with one, four and sixteen calls under
way at a time. Each round measures the bare calls and the collection, in turn, each on a fresh copy of the same database
and with a localstripe of its own; medians of the ratios within a round are what counts, since the machine's speed
drifts. The server of localstripe is one process of Python, and the slowest part.
"""

import argparse
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table

from bench.billing import run_file
from bench.commands import makegood, measure
from bench.databases import BenchServer, bench_server
from bench.prepare import add_customers, prepare_provider

PATH = "bench.collect_path"
BASE = "collect"
AT_ONCE = (1, 4, 16)
NAMES = {"sandbox": "sandbox", "stripe": "localstripe"}
Round = dict[str, dict[str, Any]]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="script/bench collect", description=__doc__)
    parser.add_argument("--customers", type=int, default=10_000, help="with the sandbox")
    parser.add_argument("--localstripe", type=int, default=10_000, help="customers with localstripe")
    parser.add_argument("--at-once", type=int, nargs="+", default=list(AT_ONCE), help="calls under way at a time")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured")
    asked = parser.parse_args(arguments)
    with bench_server() as server:
        makegood(prepare_provider(server, BASE), "staff", "add", "admin@bench.example", "--role", "admin")
        for kind, customers in (("sandbox", asked.customers), ("stripe", asked.localstripe)):
            if not customers:
                continue
            _prepare(server, kind, customers)
            for at_once in asked.at_once:
                rounds = [_measure_round(server, kind, customers, at_once) for _ in range(asked.rounds)]
                _print(kind, customers, at_once, rounds)
    return 0


def _prepare(server: BenchServer, kind: str, customers: int) -> None:
    name = f"{BASE}_{kind}"
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{BASE}" STRATEGY FILE_COPY')
    url = server.url(name)
    add_customers(url, customers)
    run_file(url, "collect_owing")
    measure(url, PATH, f"prepare_{kind}")
    run_file(url, "collect_methods")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")


def _measure_round(server: BenchServer, kind: str, customers: int, at_once: int) -> Round:
    return {part: _measure(server, kind, part, customers, at_once) for part in ("call", "collect")}


def _measure(server: BenchServer, kind: str, part: str, customers: int, at_once: int) -> dict[str, Any]:
    with server.copy_of(f"{BASE}_{kind}") as url, _processor(kind, customers):
        figures = measure(url, PATH, part, str(at_once))
    if figures["customers"] != customers:
        raise RuntimeError(f"Only {figures['customers']} of {customers} customers were charged.")
    return figures


@contextmanager
def _processor(kind: str, customers: int) -> Iterator[None]:
    """A localstripe that knows the customers, named in the environment; nothing for the sandbox."""
    if kind == "sandbox":
        yield
        return
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "bench.stripe_like", str(customers)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        os.environ["MAKEGOOD_STRIPE_API"] = f"http://127.0.0.1:{int(process.stdout.readline())}"
        yield
    finally:
        os.environ.pop("MAKEGOOD_STRIPE_API", None)
        process.kill()
        process.communicate()


def _print(kind: str, customers: int, at_once: int, rounds: list[Round]) -> None:
    def median(part: str, name: str) -> float:
        return statistics.median(each[part][name] for each in rounds)

    ratio = statistics.median(each["call"]["seconds"] / each["collect"]["seconds"] for each in rounds)
    title = f"{NAMES[kind]}, {at_once} at once: {customers:,} customers, {len(rounds)} rounds (medians)"
    table = Table(title=title, box=None, show_header=False, title_justify="left")
    table.add_column(min_width=64)
    table.add_column(justify="right")
    table.add_row("a day's collection: customers per second", f"{customers / median('collect', 'seconds'):,.0f}")
    table.add_row("    seconds", f"{median('collect', 'seconds'):.2f}")
    table.add_row("    of them until all payments are made", f"{median('collect', 'make_seconds'):.2f}")
    table.add_row("    log bytes per customer", f"{median('collect', 'log_bytes') / customers:,.0f}")
    table.add_row("bare calls of the same client: per second", f"{customers / median('call', 'seconds'):,.0f}")
    table.add_row("speed relative to them, aim 0.7", f"{ratio:.2f}")
    Console().print(table)
