"""Columns that lists have in common: how a value stands in a row, and in the exported file."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django_tables2.utils import Accessor

from makegood.kit.money import decimal_string, format_money
from makegood.kit.spreadsheet import guard_text
from makegood.providers.models import Provider
from makegood.web.templatetags.frame import day, moment

NUMBERS = {"cell": {"class": "number"}}
NOTHING = mark_safe('<span class="none">—</span>')
"""What stands where a record has no value; cards on narrow screens leave the cell out."""


class ListTable(tables.Table):
    """A list of the provider's records.

    own_order: the column that the list is sorted by when nothing is said, with a minus for downwards.
    hidden: columns that are shown only to whoever chooses them.
    fixed: the columns that cannot be hidden; they say which record a row is.
    figures_of: relations that each record has, whose table has the provider too, mostly indexed with what is sorted by.
    """

    own_order = ""
    hidden: Sequence[str] = ()
    fixed: Sequence[str] = ()
    figures_of: Sequence[str] = ()

    def __init__(self, rows: Any, provider: Provider, **named: Any) -> None:
        self.provider = provider
        super().__init__(rows, **{"default": NOTHING} | named)


class ListColumn(tables.Column):
    """A column of a list."""

    def find_value(self, name: str, record: Any) -> Any:
        """The record's value; `name` is what the table calls the column."""
        return Accessor(self.accessor or name).resolve(record, quiet=True)

    def to_cell(self, name: str, record: Any, provider: Provider) -> object:
        """The record's cell in the exported file; text is guarded against being taken for a formula."""
        value = self.find_value(name, record)
        return "" if value is None else guard_text(str(value))

    def heading(self, provider: Provider) -> str:
        """The column's head in the exported file."""
        return str(self.verbose_name)


class TextColumn(ListColumn):
    """Text, in full also in its tooltip where the column is too narrow for it."""

    def render(self, value: object) -> SafeString:
        return format_html('<span dir="auto" title="{}">{}</span>', value, value)


class LinkColumn(TextColumn):
    """Text that leads to a record's page.

    to: the name of the page's address. key: where the address's argument is found from the row's record.
    """

    def __init__(self, to: str, *, key: str = "pk", **named: Any) -> None:
        self.to = to
        self.key = key
        super().__init__(**named)

    def render(self, value: object, record: Any) -> SafeString:  # type: ignore[override]  # what a column is given
        key = Accessor(self.key).resolve(record)
        if key is None:
            return super().render(value)
        return format_html(
            '<a class="row-link" dir="auto" href="{}" title="{}">{}</a>', reverse(self.to, args=[key]), value, value
        )


class StatusColumn(ListColumn):
    """A status as a badge; its colour only repeats the word."""

    def render(self, value: str, record: Any, bound_column: Any) -> SafeString:
        # What a table gives as the value of a choice is its label already.
        path = str(bound_column.accessor)
        status = Accessor(path).resolve(record)
        return format_html('<span class="badge badge-{}">{}</span>', status, self._words(path, record, status))

    def to_cell(self, name: str, record: Any, provider: Provider) -> object:
        value = self.find_value(name, record)
        return "" if value is None else guard_text(self._words(self.accessor or name, record, value))

    def _words(self, path: str, record: Any, value: str) -> str:
        owner, _, field = str(path).replace(".", "__").rpartition("__")
        holder = Accessor(owner).resolve(record) if owner else record
        display = getattr(holder, f"get_{field}_display", None)
        return str(display()) if display else value.replace("_", " ").capitalize()


class MoneyColumn(ListColumn):
    """Minor units of the provider's currency, shown with the currency; nothing is shown faintly."""

    def __init__(self, **named: Any) -> None:
        super().__init__(initial_sort_descending=True, attrs=NUMBERS, **named)

    def render(self, value: int, table: ListTable) -> SafeString:
        provider = table.provider
        shown = format_money(value, provider.currency, provider.currency_digits)
        shown = shown.replace("\N{NO-BREAK SPACE}", " ")
        return format_html('<span class="{}">{}</span>', "money" if value else "money faint", shown)

    def to_cell(self, name: str, record: Any, provider: Provider) -> object:
        """A plain decimal; the currency stands in the head, once."""
        value = self.find_value(name, record)
        return "" if value is None else decimal_string(value, provider.currency_digits)

    def heading(self, provider: Provider) -> str:
        return f"{self.verbose_name} ({provider.currency})"


class CountColumn(ListColumn):
    """A number of records."""

    def __init__(self, **named: Any) -> None:
        super().__init__(initial_sort_descending=True, attrs=NUMBERS, **named)

    def render(self, value: int) -> SafeString:
        return format_html('<span class="{}">{}</span>', "" if value else "faint", f"{value:,}")

    def to_cell(self, name: str, record: Any, provider: Provider) -> object:
        value = self.find_value(name, record)
        return "" if value is None else value


class YesNoColumn(ListColumn):
    """Yes, or a faint no."""

    empty_values = (None,)

    def render(self, value: object) -> SafeString:
        return format_html('<span class="{}">{}</span>', "" if value else "faint", "Yes" if value else "No")

    def to_cell(self, name: str, record: Any, provider: Provider) -> object:
        return "Yes" if self.find_value(name, record) else "No"


class MomentColumn(ListColumn):
    """A moment, on the provider's clock."""

    def __init__(self, **named: Any) -> None:
        super().__init__(initial_sort_descending=True, **named)

    def render(self, value: datetime) -> SafeString:
        return moment(value)

    def to_cell(self, name: str, record: Any, provider: Provider) -> object:
        value = self.find_value(name, record)
        return "" if value is None else timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")


class DayColumn(ListColumn):
    """A date."""

    def render(self, value: date) -> SafeString:
        return day(value)

    def to_cell(self, name: str, record: Any, provider: Provider) -> object:
        value = self.find_value(name, record)
        return "" if value is None else value.isoformat()
