"""The cells of a list's page.

They hold what `django_tables2` would put there. It finds out for each cell anew what the column's `render` takes and
which attributes the cell has, which is most of the time that a page takes; here both are found out once for a column.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django_tables2.utils import signature

from makegood.web.frame.list_columns import ListTable


@dataclass(frozen=True)
class ListRow:
    """A record, and for each column its cell's attributes and content."""

    record: Any
    cells: list[tuple[SafeString, object]]


def make_rows(table: ListTable, records: Iterable[Any]) -> list[ListRow]:
    """The rows of these records."""
    columns = [_ColumnCells(table, column) for column in table.columns]
    return [ListRow(record, [(column.attributes, column.show(record)) for column in columns]) for record in records]


class _ColumnCells:
    """What a column shows of each record."""

    def __init__(self, table: ListTable, bound: Any) -> None:
        css_class = bound.attrs["td"]["class"] or ""
        names = [("data-column", bound.name), ("data-label", bound.header), ("class", css_class)]
        self.attributes = format_html_join("", ' {}="{}"', names)
        self._accessor = bound.accessor
        self._render = bound.render
        self._default = bound.default
        self._empty = bound.column.empty_values
        wanted = signature(bound.render)[0]
        known = {"table": table, "column": bound.column, "bound_column": bound}
        self._known = {name: known[name] for name in wanted if name in known}
        self._takes_record = "record" in wanted

    def show(self, record: Any) -> object:
        value = self._accessor.resolve(record, quiet=True)
        if value in self._empty:
            return self._default
        if self._takes_record:
            return self._render(value=value, record=record, **self._known)
        return self._render(value=value, **self._known)
