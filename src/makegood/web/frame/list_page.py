"""One way to show, count and export any list of a provider's records.

Rows and their number are asked for apart, so that rows never wait for a count over very many.
"""

from typing import Any

from django.core.paginator import EmptyPage
from django.http import HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import push_url, replace_url
from django_tables2 import LazyPaginator

from makegood.kit.clock import today_in
from makegood.web.frame.csv_answer import answer_csv
from makegood.web.frame.list_columns import ListTable
from makegood.web.frame.list_filters import list_chips, list_fields
from makegood.web.frame.list_kind import Found, ListKind, find_records, is_sortable, sort_records
from makegood.web.frame.list_query import ListQuery, read_query
from makegood.web.frame.list_records import ListRecords
from makegood.web.frame.staff_request import StaffRequest

ROWS_A_PAGE = 50
COUNTED_AT_ONCE = 10_000
"""Up to so many, a partial answer says how many there are; beyond, the number follows in an answer of its own."""


def show_list(request: StaffRequest, kind: ListKind) -> HttpResponse:
    """The page of a list, or the part of it that a partial request asks for."""
    query = read_query(request.GET, kind.table_class.own_order)
    if not request.htmx and sorted(query.pairs()) != sorted(_pairs_asked(request)):
        return redirect(kind.url(query))
    provider = request.membership.provider
    found = find_records(kind, provider, query)
    context = {"kind": kind, "query": query, "problems": found.problems, "list_url": reverse(kind.name)}
    context |= _describe_filters(request, kind, query, found)
    if found.records is not None:
        context |= _describe_rows(request, kind, query, found.records)
        context |= _count(kind, query, found.records, only_some=bool(request.htmx))
    if not request.htmx:
        return render(request, f"{kind.name}/list.html", context)
    if request.htmx.target == "results":
        # While somebody types, the address follows, but the way back does not fill with half-typed words.
        return replace_url(render(request, "frame/list_results.html", context), kind.url(query))
    return push_url(render(request, "frame/list.html", context), kind.url(query))


def count_list(request: StaffRequest, kind: ListKind) -> HttpResponse:
    """How many records match in all, for a list so long that its page did not say."""
    query = read_query(request.GET, kind.table_class.own_order)
    records = find_records(kind, request.membership.provider, query).records
    return HttpResponse(kind.count_in_words(records.count() if records is not None else 0))


def export_list(request: StaffRequest, kind: ListKind) -> HttpResponseBase:
    """All records that match, in the list's order, as a CSV file; refused if a filter cannot be used."""
    query = read_query(request.GET, kind.table_class.own_order)
    provider = request.membership.provider
    found = find_records(kind, provider, query)
    if found.records is None:
        return HttpResponseBadRequest("\n".join(found.problems), content_type="text/plain; charset=utf-8")
    table, _ = sort_records(kind, provider, query, found.records)
    rows = (kind.export_row(record, provider) for record in table.data.data.read_all())
    file_name = f"{kind.name}-{provider.slug}-{today_in(provider.timezone)}.csv"
    return answer_csv(file_name, kind.export_header(provider), rows)


def _pairs_asked(request: StaffRequest) -> list[tuple[str, str]]:
    return [(name, value) for name, values in request.GET.lists() for value in values]


def _describe_filters(request: StaffRequest, kind: ListKind, query: ListQuery, found: Found) -> dict[str, Any]:
    provider = request.membership.provider
    fields = list_fields(
        found.form,
        query,
        options=kind.options(provider),
        suggestions={name: reverse(address) for name, address in kind.suggestions.items()},
        units=dict.fromkeys(kind.amounts, provider.currency),
    )
    return {
        "filter_fields": fields,
        "has_field_errors": bool(found.form.errors),
        "filtered_by": sum(1 for name in query.filters if name != "q"),
        "chips": list_chips(found.form, query, reverse(kind.name)),
        "search": " ".join(query.filters.get("q", ())),
        "sort": query.sort or kind.table_class.own_order,
        "sorts": _list_sorts(kind.table_class),
        "url_as_shown": kind.url(query),
        "url_without_filters": kind.url(query.without_filters()),
    }


def _list_sorts(table_class: type[ListTable]) -> list[tuple[str, str]]:
    """All ways to sort, for those who do not click on column heads."""
    sorts = []
    for name, column in table_class.base_columns.items():
        if is_sortable(table_class, name):
            sorts += [(name, f"{column.verbose_name}, ascending"), (f"-{name}", f"{column.verbose_name}, descending")]
    return sorts


def _describe_rows(request: StaffRequest, kind: ListKind, query: ListQuery, records: ListRecords) -> dict[str, Any]:
    table, sort_problems = sort_records(kind, request.membership.provider, query, records)
    try:
        table.paginate(LazyPaginator, ROWS_A_PAGE, query.page)
    except EmptyPage:
        return {"is_beyond_end": True, "first_page_url": kind.url(query.at_page(1)), "sort_problems": sort_problems}
    first = (query.page - 1) * ROWS_A_PAGE + 1
    shown = len(table.page.object_list)
    return {
        "table": table,
        "heads": [_Head(table, column, kind, query) for column in table.columns],
        "sort_problems": sort_problems,
        "has_rows": shown > 0,
        "first_row": first,
        "last_row": first + shown - 1,
        "export_url": reverse(f"{kind.name}-csv") + query.at_page(1).encode(),
        "first_page_url": kind.url(query.at_page(1)),
        "previous_page_url": kind.url(query.at_page(query.page - 1)) if query.page > 1 else "",
        "next_page_url": kind.url(query.at_page(query.page + 1)) if table.page.has_next() else "",
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


def _count(kind: ListKind, query: ListQuery, records: ListRecords, *, only_some: bool) -> dict[str, Any]:
    if not only_some:
        return {"count": kind.count_in_words(records.count())}
    number = records.count_up_to(COUNTED_AT_ONCE)
    if number <= COUNTED_AT_ONCE:
        return {"count": kind.count_in_words(number)}
    count_url = reverse(f"{kind.name}-count") + query.at_page(1).encode()
    return {"count": f"More than {COUNTED_AT_ONCE:,} {kind.plural}", "count_url": count_url}
