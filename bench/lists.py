"""Lists, customer page and run page at the server: milliseconds and number of queries, by number of customers.

The aim is 250 ms for each page at a million customers, and the same number of queries whatever there is.
"""

import argparse
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.commands import measure
from bench.databases import bench_server
from bench.list_records import prepare_lists

SIZES = [10_000, 100_000, 1_000_000]
AIM_MILLISECONDS = 250


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="script/bench lists", description=__doc__)
    parser.add_argument("--customers", type=int, nargs="+", default=SIZES)
    asked = parser.parse_args(arguments)
    measured = {}
    with bench_server() as server:
        for customers in asked.customers:
            url = prepare_lists(server, f"lists_{customers}", customers)
            measured[customers] = measure(url, "bench.pages_asked")
    _print(measured)
    return 0


def _print(measured: dict[int, dict[str, Any]]) -> None:
    table = Table(title="Milliseconds at the server (median of 5)", box=None)
    table.add_column("page")
    for customers in measured:
        table.add_column(f"{customers:,}", justify="right")
    table.add_column("queries", justify="right")
    largest = max(measured)
    for number, page in enumerate(measured[largest]["pages"]):
        of_all = [each["pages"][number] for each in measured.values()]
        queries = sorted({each["queries"] for each in of_all})
        mark = " !" * (page["milliseconds"] > AIM_MILLISECONDS) + f" status {page['status']}" * (page["status"] != 200)
        times = [f"{each['milliseconds']:,.0f}" for each in of_all]
        table.add_row(page["what"] + mark, *times, ", ".join(map(str, queries)))
    for name in measured[largest]["files"]:
        rates = [f"{each['files'][name]:,.0f}" for each in measured.values()]
        table.add_row(f"{name}: exported rows per second", *rates, "")
    Console(width=110).print(table)
    over = sum(page["milliseconds"] > AIM_MILLISECONDS for page in measured[largest]["pages"])
    Console().print(f"{over} of {len(measured[largest]['pages'])} pages over {AIM_MILLISECONDS} ms at {largest:,}.")
