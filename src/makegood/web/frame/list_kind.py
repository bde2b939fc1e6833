"""What a list is made of, and what it finds.

A list of records that can grow is made of four things, all in the folder of its pages but the filters, which stand
in the domain (`filters.py`, see `makegood.kit.filters`) with the function that gives the matching records::

    # runs/filters.py
    class RunFilter(ListFilter):
        state = filters.MultipleChoiceFilter(choices=State.choices, label="State")

    def list_matching_runs(provider: Provider, values: FilterValues) -> QuerySet[Run]:
        return filter_strictly(RunFilter, provider, Run.objects.filter(provider=provider), values)

    # web/runs/table.py; names of columns are what `sort` takes
    class RunTable(ListTable):
        own_order = "-number"
        number = LinkColumn("run", verbose_name="Number", accessor="pk", order_by=("pk",))
        state = StatusColumn(verbose_name="State")
        total = MoneyColumn(verbose_name="Total", accessor="total_minor")
        asked = MomentColumn(verbose_name="Asked for", accessor="created_at")

    # web/runs/pages.py
    RUNS = ListKind(name="runs", singular="credit run", plural="credit runs", records=list_matching_runs,
                    filter_class=RunFilter, table_class=RunTable, with_columns=lambda runs: runs.select_related("..."),
                    amounts=("total",))

    show, count, export = require_safe pages that call show_list, count_list, export_list (request, RUNS)

    # web/runs/urls.py: the names are the list's, with -count and -csv
    path("runs", pages.show, name="runs"), path("runs/count", pages.count, name="runs-count"),
    path("runs.csv", pages.export, name="runs-csv"),

and the templates ``runs/list.html`` (as ``customers/list.html``) and ``runs/none_yet.html``. The exported file follows
from the columns. A list below a record, such as the rows of a run, is made for each request: ``replace(ROWS,
records=partial(list_rows, run), url_arguments=(run.pk,))``; what its page shows around it goes into ``show_list`` as
`context`, and its template includes ``frame/list.html`` where the list stands.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from makegood.kit.filters import FilterValues, ListFilter
from makegood.kit.refusal import Refused
from makegood.providers.models import Provider
from makegood.web.frame.list_columns import ListTable
from makegood.web.frame.list_query import ListQuery
from makegood.web.frame.list_records import ListRecords, WithColumns


def no_options(provider: Provider) -> Mapping[str, Sequence[str]]:
    """For lists whose filters take no values that are the provider's records."""
    return {}


def as_they_are(records: QuerySet[Any]) -> QuerySet[Any, Any]:
    """For lists whose columns are all fields of the records themselves."""
    return records


@dataclass(frozen=True)
class ListKind:
    """One list of the provider's records.

    name: of the list's address; with ``-count`` and ``-csv``, of the addresses of its number and its file.
    records: the provider's records that match, unordered; refused for a filter that is unknown or cannot be used.
    with_columns: adds to the records what a row shows.
    search_hint: what the free-text search `q` looks at, in words; empty where there is no such filter.
    title: the heading, if it is not the plural. folder: of the templates, if it is not the name.
    url_arguments: of the addresses, for a list below a record; its heading is then one of a part of the page.
    selectable: rows can be ticked; `name` is then a list that `makegood.runs` knows.
    actions: a template with what can be done besides, such as adding a record.
    options, suggestions, amounts: for the filter panel, see `list_fields`; amounts are in the provider's currency.
    """

    name: str
    singular: str
    plural: str
    records: Callable[[Provider, FilterValues], QuerySet[Any]]
    filter_class: type[ListFilter]
    table_class: type[ListTable]
    with_columns: WithColumns = as_they_are
    search_hint: str = ""
    title: str = ""
    folder: str = ""
    url_arguments: Sequence[object] = ()
    selectable: bool = False
    options: Callable[[Provider], Mapping[str, Sequence[str]]] = no_options
    suggestions: Mapping[str, str] = field(default_factory=dict)
    amounts: Sequence[str] = ()
    actions: str = ""

    @property
    def list_template(self) -> str:
        """The whole page."""
        return f"{self.folder or self.name}/list.html"

    @property
    def none_yet_template(self) -> str:
        """What is shown while there is no record at all."""
        return f"{self.folder or self.name}/none_yet.html"

    @property
    def heading(self) -> str:
        return self.title or self.plural[:1].upper() + self.plural[1:]

    def address(self, ending: str = "") -> str:
        """The list's address, or that of its number (``-count``) or file (``-csv``)."""
        return reverse(self.name + ending, args=self.url_arguments)

    def url(self, query: ListQuery, ending: str = "") -> str:
        return self.address(ending) + query.encode()

    def count_in_words(self, number: int) -> str:
        return f"{number:,} {self.singular if number == 1 else self.plural}"


@dataclass(frozen=True)
class Found:
    """What a query finds. records: None if a filter cannot be used; problems says why.

    form: the filters as typed, checked.
    """

    form: forms.Form
    records: ListRecords | None
    problems: list[str]


def find_records(kind: ListKind, provider: Provider, query: ListQuery) -> Found:
    """The provider's records that match. A filter that cannot be used finds nothing: it must never widen a list."""
    data = QueryDict(mutable=True)
    for name, values in query.filters.items():
        data.setlist(name, list(values))
    form: forms.Form = kind.filter_class(data, None, provider=provider).form
    problems = [f"{form.fields[name].label}: {error}" for name, errors in form.errors.items() for error in errors]
    problems += [f"There is no filter “{name[:40]}” in this list." for name in query.filters if name not in form.fields]
    if problems:
        return Found(form, None, problems)
    try:
        records = kind.records(provider, query.filters)
    except Refused as refused:
        return Found(form, None, [refused.message])
    figures_of = kind.table_class.figures_of
    is_whole = not query.filters and not kind.url_arguments
    return Found(form, ListRecords(records, provider, kind.with_columns, figures_of, is_whole=is_whole), [])


def sort_records(
    kind: ListKind, provider: Provider, query: ListQuery, records: ListRecords, left_out: Sequence[str] = ()
) -> tuple[ListTable, list[str]]:
    """The records as a table, sorted as asked; by the list's own order, and why, if that column cannot be sorted by.

    left_out: the columns that are not shown.
    """
    own_order = kind.table_class.own_order
    wanted = query.sort or own_order
    if is_sortable(kind.table_class, wanted.removeprefix("-")):
        return kind.table_class(records, provider, order_by=wanted, exclude=left_out), []
    label = kind.table_class.base_columns[own_order.removeprefix("-")].verbose_name
    problem = f"The list cannot be sorted by “{wanted[:40]}”; it is sorted by {str(label).lower()}."
    return kind.table_class(records, provider, order_by=own_order, exclude=left_out), [problem]


def is_sortable(table_class: type[ListTable], column: str) -> bool:
    """Whether the table has that column and can be sorted by it."""
    return column in table_class.base_columns and table_class.base_columns[column].orderable is not False
