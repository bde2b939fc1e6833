"""Every page of the lists as a person asks for it; prints milliseconds at the server and queries as JSON.

Run as a process: ``python -m bench.pages_asked``, with DATABASE_URL set. Each page goes through all of Django, from the
middleware to the last byte, with the session of a manager.
"""

import json
import os
import statistics
import time
from collections.abc import Iterator

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "makegood.config.settings"
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from makegood.customers.models import Customer  # noqa: E402
from makegood.orders.filters import FILTERS  # noqa: E402
from makegood.providers.models import Staff  # noqa: E402
from makegood.runs.models import Run  # noqa: E402
from makegood.web.customers.table import CustomerTable  # noqa: E402
from makegood.web.frame.list_columns import ListTable  # noqa: E402
from makegood.web.frame.list_kind import is_sortable  # noqa: E402
from makegood.web.orders.table import OrderTable  # noqa: E402

TIMES = 5
LINES_READ = 50_000
VALUES = {
    "number": "C00004242",
    "customer": "C00004242",
    "name": "bob",
    "area": "Area 042",
    "type": "business",
    "status": "active",
    "service": "Fiber 500",
    "customer_status": "active",
    "street": "4242 Main",
}
"""What is typed into filters by name; ranges and choices follow from the filter."""
TABLES: dict[str, type[ListTable]] = {"customers": CustomerTable, "orders": OrderTable}


def list_paths() -> Iterator[tuple[str, str]]:
    """What is asked, in words, and its address."""
    for name, table in TABLES.items():
        yield f"{name}: bare", f"/{name}"
        yield f"{name}: page 200", f"/{name}?page=200"
        yield f"{name}: count of all", f"/{name}/count"
        for filter_name, value in list_filters(name):
            yield f"{name}: {filter_name}={value}", f"/{name}?{filter_name}={value}"
        yield f"{name}: area and status", f"/{name}?area=Area+042&status=active"
        for text in ("C00004242", "Ann", "person4242@", "Zelda Nobody"):
            yield f"{name}: search {text}", f"/{name}?q={text}"
        for column in table.base_columns:
            if is_sortable(table, column):
                for sort in sorted({column, f"-{column}"} - {table.own_order}):
                    yield f"{name}: sort {sort}", f"/{name}?sort={sort}"
    yield "customer page", f"/customers/{Customer.objects.get(number='C00004242').pk}"
    largest = Run.objects.order_by("-rows_selected")[0].pk
    for what, path in (("run page", ""), ("run: proof apart", "/proof"), ("run: customers", "/customers")):
        yield what, f"/runs/{largest}{path}"
    yield "run: customers, page 200", f"/runs/{largest}/customers?page=200"
    yield "run: customers done", f"/runs/{largest}/customers?result=done"
    yield "run: customers failed", f"/runs/{largest}/customers?result=failed"
    yield "credit runs", "/runs"
    yield "credits", "/credits"
    yield "search above", "/search?q=Ann"


def list_filters(name: str) -> Iterator[tuple[str, str]]:
    """Each filter of a list with a value that a person would give it."""
    run = str(Run.objects.order_by("-rows_selected")[0].pk)
    for filter_name, each in FILTERS[name].base_filters.items():
        if filter_name == "q":
            continue
        if filter_name in ("credited_in", "not_credited_in"):
            yield filter_name, run
        elif filter_name in VALUES:
            yield filter_name, VALUES[filter_name]
        elif filter_name.startswith(("from_", "to_")):
            yield filter_name, "2025-01-01"
        elif filter_name.endswith(("_min", "_max")):
            yield filter_name, "2" if filter_name.startswith("orders") else "20.00"
        else:
            yield filter_name, str(next(value for value, _ in each.extra["choices"]))


def ask(client: Client, path: str) -> tuple[float, int, int]:
    """Milliseconds (median), queries, and the status of the answer."""
    times = []
    with CaptureQueriesContext(connection) as queries:
        status = client.get(path).status_code
    asked = len(queries)
    for _ in range(TIMES):
        began = time.perf_counter()
        client.get(path)
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times), asked, status


def read_file(client: Client, path: str) -> float:
    """Rows of an exported file per second, over its first 50,000."""
    began = time.perf_counter()
    lines = 0
    answer = client.get(path)
    for piece in getattr(answer, "streaming_content", ()):
        lines += piece.count(b"\n")
        if lines >= LINES_READ:
            break
    rate = lines / (time.perf_counter() - began)
    answer.close()
    return rate


def main() -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.force_login(Staff.objects.get(), backend="django.contrib.auth.backends.ModelBackend")
    pages = []
    for what, path in list_paths():
        milliseconds, queries, status = ask(client, path)
        pages.append({"what": what, "milliseconds": milliseconds, "queries": queries, "status": status})
    files = {name: read_file(client, f"/{name}.csv") for name in TABLES}
    print(json.dumps({"pages": pages, "files": files}))


main()
