"""A small file and its map, for tests of imports."""

from typing import Any, Protocol

from makegood.imports.report import ImportReport

PLAIN_MAP = """
[customer]
number = "customer"
name = "name"
city = "city"
status = { column = "state", values = { on = "active", off = "closed" } }

[[order]]
when = { column = "service", not = "" }
number = "order"
service = "service"
area = "city"
status = { column = "state", values = { on = "active", off = "terminated" } }
price = "price"
from_date = "since"
to_date = { constant = 2026-05-01, when = { column = "state", is = "off" } }
"""
HEADER = "customer,name,city,state,order,service,price,since"
ANNA = "C1,Anna,Mill Creek,on,C1-1,DSL,20.00,2024-02-01"
BEN = "C2,Ben,Old Town,on,C2-1,Fiber,45.50,2025-06-15"
CLEO = "C3,Cleo,Old Town,off,C3-1,DSL,0,2020-01-31"


class BringIn(Protocol):
    """Imports rows (with the plain header before them), or a whole file's content, by the plain map or another."""

    def __call__(
        self, *rows: str, content: str | bytes | None = None, map: str = PLAIN_MAP, **options: Any
    ) -> ImportReport: ...


def count(report: ImportReport) -> dict[str, tuple[int, int, int]]:
    """Added, updated, unchanged, of customers and of orders."""
    kinds = {"customers": report.customers, "orders": report.orders}
    return {name: (kind.added, kind.updated, kind.unchanged) for name, kind in kinds.items()}


def reasons(report: ImportReport) -> list[tuple[int, str, str]]:
    """Line, column and reason of everything that is wrong."""
    return [(bad.line, bad.column, bad.reason) for bad in report.bad]
