"""What a list is made of, and what it finds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse

from makegood.kit.refusal import Refused
from makegood.orders.filters import ListFilter, filter_records
from makegood.providers.models import Provider
from makegood.web.frame.list_columns import ListTable
from makegood.web.frame.list_query import ListQuery
from makegood.web.frame.list_records import ListRecords, WithColumns


@dataclass(frozen=True)
class ListKind:
    """One list of the provider's records.

    name: as `makegood.orders.filters` knows it; also the name of the list's address and of its templates' folder.
    search_hint: what the free-text search looks at, in words.
    with_columns: adds to the records what a row shows.
    export_row: the cells of one record, in the order of export_header.
    options, suggestions, amounts: for the filter panel, see `list_fields`; amounts are in the provider's currency.
    """

    name: str
    singular: str
    plural: str
    search_hint: str
    filter_class: type[ListFilter]
    table_class: type[ListTable]
    with_columns: WithColumns
    export_header: Callable[[Provider], list[str]]
    export_row: Callable[[Any, Provider], list[object]]
    options: Callable[[Provider], Mapping[str, Sequence[str]]]
    suggestions: Mapping[str, str]
    amounts: tuple[str, ...]

    @property
    def none_yet_template(self) -> str:
        """What is shown while there is no record at all."""
        return f"{self.name}/none_yet.html"

    def url(self, query: ListQuery) -> str:
        return reverse(self.name) + query.encode()

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
        records = filter_records(provider, kind.name, query.filters)
    except Refused as refused:
        return Found(form, None, [refused.message])
    return Found(form, ListRecords(records, provider, kind.with_columns), [])


def sort_records(
    kind: ListKind, provider: Provider, query: ListQuery, records: ListRecords
) -> tuple[ListTable, list[str]]:
    """The records as a table, sorted as asked; by the list's own order, and why, if that column cannot be sorted by."""
    own_order = kind.table_class.own_order
    wanted = query.sort or own_order
    if is_sortable(kind.table_class, wanted.removeprefix("-")):
        return kind.table_class(records, provider, order_by=wanted), []
    label = kind.table_class.base_columns[own_order].verbose_name
    problem = f"The list cannot be sorted by “{wanted[:40]}”; it is sorted by {str(label).lower()}."
    return kind.table_class(records, provider, order_by=own_order), [problem]


def is_sortable(table_class: type[ListTable], column: str) -> bool:
    """Whether the table has that column and can be sorted by it."""
    return column in table_class.base_columns and table_class.base_columns[column].orderable is not False
