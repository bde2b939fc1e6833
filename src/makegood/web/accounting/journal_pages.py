"""Pages: the journal, and one entry of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.http import HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makegood.accounting.filters import JournalFilter, list_matching_entries
from makegood.accounting.journal import FILE_COLUMNS, get_journal_entry, iterate_lines, list_lines_of
from makegood.kit.spreadsheet import guard_text
from makegood.ledger.models import JournalLine
from makegood.ledger.selectors import list_gl_codes
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider
from makegood.web.accounting.causes import find_cause, words_of
from makegood.web.accounting.journal_table import JournalTable
from makegood.web.frame.csv_answer import answer_csv
from makegood.web.frame.finding import or_404
from makegood.web.frame.list_kind import ListKind, find_records
from makegood.web.frame.list_page import count_list, show_list
from makegood.web.frame.list_query import read_query
from makegood.web.frame.staff_request import StaffRequest

COLUMNS_OF_AMOUNTS = 2


def _with_columns(entries: QuerySet[Any]) -> QuerySet[Any, Any]:
    """Each with its sum, and the GL codes that it is on."""
    lines = JournalLine.objects.filter(entry=OuterRef("pk")).order_by().values("entry")
    codes = StringAgg("gl_code__code", ", ", distinct=True)
    annotated: QuerySet[Any, Any] = entries.annotate(
        amount_minor=Subquery(lines.annotate(amount=Sum("debit_minor")).values("amount")),
        codes=Subquery(lines.annotate(codes=codes).values("codes")),
    )
    return annotated


def _options(provider: Provider) -> Mapping[str, Sequence[str]]:
    return {"gl_code": list(list_gl_codes(provider).values_list("code", flat=True))}


JOURNAL = ListKind(
    name="journal",
    folder="reports/journal",
    singular="journal entry",
    plural="journal entries",
    title="Journal",
    records=list_matching_entries,
    filter_class=JournalFilter,
    table_class=JournalTable,
    with_columns=_with_columns,
    search_hint="number of an entry",
    options=_options,
)


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """The journal, newest entries first."""
    return show_list(request, JOURNAL)


@require_safe
def count(request: StaffRequest) -> HttpResponse:
    """How many entries match."""
    return count_list(request, JOURNAL)


@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    """All lines of the entries that match, in the order of their booking, as a CSV file."""
    provider = request.membership.provider
    found = find_records(JOURNAL, provider, read_query(request.GET, JournalTable.own_order))
    if found.records is None:
        return HttpResponseBadRequest("\n".join(found.problems), content_type="text/plain; charset=utf-8")
    rows = (_guard(line.texts(provider.currency_digits)) for line in iterate_lines(found.records.records))
    head = [*FILE_COLUMNS[:-COLUMNS_OF_AMOUNTS], *(f"{each} ({provider.currency})" for each in FILE_COLUMNS[-2:])]
    return answer_csv(f"journal-{provider.slug}-{today_of(provider)}.csv", head, rows)


def _guard(texts: list[str]) -> list[str]:
    return [*map(guard_text, texts[:-COLUMNS_OF_AMOUNTS]), *texts[-COLUMNS_OF_AMOUNTS:]]


@require_safe
def show_entry(request: StaffRequest, pk: int) -> HttpResponse:
    """One entry: when, what for, and its lines."""
    entry = or_404(get_journal_entry, request.membership.provider, pk)
    lines = list_lines_of(entry)
    context = {
        "entry": entry,
        "event": words_of(entry.event),
        "cause": find_cause(entry),
        "lines": lines,
        "amount_minor": sum(line.debit_minor for line in lines),
    }
    return render(request, "reports/journal/entry.html", context)
