"""One way to show, count and export any list of a provider's records.

Rows and their number are asked for apart, so that rows never wait for a count over very many.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import push_url, replace_url

from makegood.providers.calendar import today_of
from makegood.providers.models import Provider
from makegood.web.frame.csv_answer import answer_csv
from makegood.web.frame.list_filters import list_chips, list_fields
from makegood.web.frame.list_kind import Found, ListKind, find_records, sort_records
from makegood.web.frame.list_query import ListQuery, read_query
from makegood.web.frame.list_rows import describe_rows, list_sorts
from makegood.web.frame.list_selection import can_select, describe_bar
from makegood.web.frame.list_views import ColumnChoice, list_column_choices, list_left_out, list_saved_links
from makegood.web.frame.staff_request import StaffRequest


def show_list(request: StaffRequest, kind: ListKind, around: Mapping[str, Any] | None = None) -> HttpResponse:
    """The page of a list, or the part of it that a partial request asks for.

    around: what the whole page shows besides the list.
    """
    query = read_query(request.GET, kind.table_class.own_order)
    if not request.htmx and sorted(query.pairs()) != sorted(_pairs_asked(request)):
        return redirect(kind.url(query))
    provider = request.membership.provider
    found = find_records(kind, provider, query)
    context: dict[str, Any] = {**(around or {}), "kind": kind, "query": query, "problems": found.problems}
    context["list_url"] = kind.address()
    choices = list_column_choices(request.membership, kind)
    context |= _describe_filters(request, kind, query, found) | _describe_views(request, kind, query, choices)
    if found.records is not None:
        context |= describe_rows(provider, kind, query, found.records, _left_out(kind, query, choices))
    if can_select(request, kind):
        context["bar"] = describe_bar(request, kind, query, [row.record.pk for row in context.get("rows", ())])
    if not request.htmx:
        return render(request, kind.list_template, context)
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
    left_out = _left_out(kind, query, list_column_choices(request.membership, kind))
    table, _ = sort_records(kind, provider, query, found.records, left_out)
    columns = [(column.name, column.column) for column in table.columns]
    rows = (
        [column.to_cell(name, record, provider) for name, column in columns] for record in table.data.data.read_all()
    )
    return answer_csv(_file_name(kind, provider), [column.heading(provider) for _, column in columns], rows)


def _file_name(kind: ListKind, provider: Provider) -> str:
    numbers = "".join(f"-{argument}" for argument in kind.url_arguments)
    return f"{kind.name}{numbers}-{provider.slug}-{today_of(provider)}.csv"


def _left_out(kind: ListKind, query: ListQuery, choices: Sequence[ColumnChoice]) -> list[str]:
    return list_left_out(kind.table_class, choices, query.sort or kind.table_class.own_order)


def _describe_views(
    request: StaffRequest, kind: ListKind, query: ListQuery, choices: Sequence[ColumnChoice]
) -> dict[str, Any]:
    return {
        "column_choices": choices,
        "has_saved_filters": not kind.url_arguments,
        "saved_links": list_saved_links(request.membership, kind, query),
        "query_encoded": query.at_page(1).encode(),
    }


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
        "chips": list_chips(found.form, query, kind.address()),
        "search": " ".join(query.filters.get("q", ())),
        "sort": query.sort or kind.table_class.own_order,
        "sorts": list_sorts(kind.table_class),
        "url_as_shown": kind.url(query),
        "url_without_filters": kind.url(query.without_filters()),
    }
