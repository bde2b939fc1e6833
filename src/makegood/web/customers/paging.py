"""Long tables below a customer, a page at a time."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet

from makegood.web.frame.staff_request import StaffRequest

ROWS_A_PAGE = 50


@dataclass(frozen=True)
class Rows:
    """The rows of one page; urls are empty where there is no such page. A page beyond the last is the last."""

    rows: list[Any]
    first: int
    last: int
    total: int
    previous_url: str
    next_url: str


def read_page(request: StaffRequest, records: QuerySet[Any, Any], name: str = "page", at: str = "") -> Rows:
    """The page of the records that the address names by `name`; two queries.

    Where an address has the pages of two tables, turning one leaves the other. at: the id of the table's part.
    """
    paginator = Paginator(records, ROWS_A_PAGE)
    page = paginator.get_page(request.GET.get(name))
    return Rows(
        rows=list(page.object_list),
        first=page.start_index(),
        last=page.end_index(),
        total=paginator.count,
        previous_url=_address(request, name, page.number - 1, at) if page.has_previous() else "",
        next_url=_address(request, name, page.number + 1, at) if page.has_next() else "",
    )


def _address(request: StaffRequest, name: str, number: int, at: str) -> str:
    asked = request.GET.copy()
    asked[name] = str(number)
    return f"{request.path}?{asked.urlencode()}{at and '#'}{at}"
