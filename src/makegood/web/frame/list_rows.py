"""The rows of one page of a list, its heads, its pages, and how many there are in all."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import EmptyPage
from django_tables2 import LazyPaginator

from makegood.providers.models import Provider
from makegood.web.frame.list_cells import make_rows
from makegood.web.frame.list_columns import ListTable
from makegood.web.frame.list_kind import ListKind, is_sortable, sort_records
from makegood.web.frame.list_query import ListQuery
from makegood.web.frame.list_records import ListRecords

ROWS_A_PAGE = 50
COUNTED_AT_ONCE = 10_000
"""Up to so many, the page says how many there are; beyond, the number follows in an answer of its own."""


def list_sorts(table_class: type[ListTable]) -> list[tuple[str, str]]:
    """All ways to sort, for those who do not click on column heads."""
    sorts = []
    for name, column in table_class.base_columns.items():
        if is_sortable(table_class, name):
            sorts += [(name, f"{column.verbose_name}, ascending"), (f"-{name}", f"{column.verbose_name}, descending")]
    return sorts


def describe_rows(
    provider: Provider, kind: ListKind, query: ListQuery, records: ListRecords, left_out: Sequence[str]
) -> dict[str, Any]:
    """What the templates of a list say about its rows. left_out: the columns that are not shown."""
    table, sort_problems = sort_records(kind, provider, query, records, left_out)
    try:
        table.paginate(LazyPaginator, ROWS_A_PAGE, query.page)
    except EmptyPage:
        count = _count(kind, query, records, None)
        return {
            "is_beyond_end": True,
            "first_page_url": kind.url(query.at_page(1)),
            "sort_problems": sort_problems,
            **count,
        }
    first = (query.page - 1) * ROWS_A_PAGE + 1
    rows = make_rows(table, (row.record for row in table.paginated_rows))
    last = first + len(rows) - 1
    has_next = table.page.has_next()
    return {
        "rows": rows,
        "heads": [_Head(table, column, kind, query) for column in table.columns],
        "sort_problems": sort_problems,
        "has_rows": bool(rows),
        "first_row": first,
        "last_row": last,
        "export_url": kind.url(query.at_page(1), "-csv"),
        "first_page_url": kind.url(query.at_page(1)),
        "previous_page_url": kind.url(query.at_page(query.page - 1)) if query.page > 1 else "",
        "next_page_url": kind.url(query.at_page(query.page + 1)) if has_next else "",
        **_count(kind, query, records, None if has_next else last),
    }


class _Head:
    """The head of a column; url: the list sorted by it, or the other way round if it is."""

    def __init__(self, table: ListTable, column: Any, kind: ListKind, query: ListQuery) -> None:
        self.name = column.name
        self.label = column.header
        self.css_class = column.attrs.get("th", {}).get("class", "")
        self.direction = ("descending" if column.order_by_alias.is_descending else "ascending") * column.is_ordered
        self.url = ""
        if column.orderable:
            next_sort = str(column.order_by_alias.next)
            self.url = kind.url(query.sorted_by("" if next_sort == table.own_order else next_sort))


def _count(kind: ListKind, query: ListQuery, records: ListRecords, known: int | None) -> dict[str, Any]:
    """The number of records in words. known: where the page is the last, so that nothing has to be counted."""
    number = known if known is not None else records.count_up_to(COUNTED_AT_ONCE)
    if number <= COUNTED_AT_ONCE or known is not None:
        return {"count": kind.count_in_words(number), "number": f"{number:,}"}
    words = f"More than {COUNTED_AT_ONCE:,} {kind.plural}"
    return {"count": words, "count_url": kind.url(query.at_page(1), "-count"), "number": ""}
