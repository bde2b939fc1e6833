"""Rows imported per second by the whole command, beside a bare COPY of the same file into a plain table.

The first import adds every customer and order; the second finds nothing to change.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import psycopg
from rich.console import Console
from rich.table import Table

from bench.commands import makegood, measure
from bench.databases import BenchServer, bench_server
from bench.prepare import prepare_customers
from bench.telco_like import HEADER, write_telco_like

MAP = Path(__file__).parents[1] / "docs" / "examples" / "telco.toml"
ROUNDS = {10_000: 3, 100_000: 3}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="script/bench import", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=list(ROUNDS))
    parser.add_argument("--rounds", type=int, help="how often each size is measured")
    asked = parser.parse_args(arguments)
    with bench_server() as server, tempfile.TemporaryDirectory() as folder:
        prepare_customers(server, "bench_import", 0)
        for rows in asked.rows:
            path = Path(folder) / f"{rows}.csv"
            write_telco_like(path, rows)
            rounds = asked.rounds or ROUNDS.get(rows, 2)
            _print_size(rows, [_measure_round(server, path) for _ in range(rounds)])
    return 0


def _measure_round(server: BenchServer, path: Path) -> dict[str, float]:
    with server.copy_of("bench_import") as url:
        copy = _seconds_of_copy(url, path)
        first = measure(url, "bench.import_path", str(path), str(MAP))
        second = measure(url, "bench.import_path", str(path), str(MAP))
        if first["added"] != first["rows"] or second["unchanged"] != first["rows"]:
            raise RuntimeError("The import did not add every row, or changed some the second time.")
        if '"ok": true' not in makegood(url, "verify", "--json"):
            raise RuntimeError("The books do not verify after the import.")
    return {
        "copy": copy,
        "first": first["seconds"],
        "second": second["seconds"],
        "peak": max(first["peak_kib"], second["peak_kib"]),
    }


def _seconds_of_copy(url: str, path: Path) -> float:
    columns = ", ".join(f"{name} text" for name in HEADER)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE TABLE bare ({columns})")
        began = time.perf_counter()
        with connection.cursor().copy("COPY bare FROM STDIN (FORMAT csv, HEADER)") as copy, path.open("rb") as file:
            while block := file.read(1 << 20):
                copy.write(block)
        seconds = time.perf_counter() - began
        connection.execute("DROP TABLE bare")
    return seconds


def _print_size(rows: int, rounds: list[dict[str, float]]) -> None:
    def median(name: str) -> float:
        return statistics.median(each[name] for each in rounds)

    table = Table(title=f"{rows:,} rows, {len(rounds)} rounds (medians)", box=None, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_row("rows per second, all new", f"{rows / median('first'):,.0f}")
    table.add_row("rows per second, nothing changed", f"{rows / median('second'):,.0f}")
    table.add_row("bare COPY, rows per second", f"{rows / median('copy'):,.0f}")
    for name, words in (("first", "all new"), ("second", "nothing changed")):
        ratio = statistics.median(each["copy"] / each[name] for each in rounds)
        table.add_row(f"speed relative to the bare COPY, {words}", f"{ratio:.3f}")
    table.add_row("peak memory", f"{median('peak') / 1024:,.0f} MiB")
    Console().print(table)
