"""Columns that lists have in common."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from makegood.kit.money import format_money
from makegood.providers.models import Provider


class ListTable(tables.Table):
    """A list of the provider's records."""

    own_order = ""

    def __init__(self, rows: Any, provider: Provider, **named: Any) -> None:
        self.provider = provider
        super().__init__(rows, **named)


class TextColumn(tables.Column):
    """Text, in full also in its tooltip where the column is too narrow for it."""

    def render(self, value: object) -> SafeString:
        return format_html('<span title="{}">{}</span>', value, value)


class StatusColumn(tables.Column):
    """The status of a record as a badge; its colour only repeats the word."""

    def render(self, value: str, record: Any) -> SafeString:
        return format_html('<span class="badge badge-{}">{}</span>', record.status, record.get_status_display())


class MoneyColumn(tables.Column):
    """Minor units of the provider's currency, shown with the currency; nothing is shown faintly."""

    def __init__(self, **named: Any) -> None:
        super().__init__(initial_sort_descending=True, attrs={"cell": {"class": "number"}}, **named)

    def render(self, value: int, table: ListTable) -> SafeString:
        provider = table.provider
        shown = format_money(value, provider.currency, provider.currency_digits)
        return format_html('<span class="{}">{}</span>', "money" if value else "money faint", shown)


class CountColumn(tables.Column):
    """A number of records."""

    def __init__(self, **named: Any) -> None:
        super().__init__(initial_sort_descending=True, attrs={"cell": {"class": "number"}}, **named)

    def render(self, value: int) -> SafeString:
        return format_html('<span class="{}">{}</span>', "" if value else "faint", value)


class YesNoColumn(tables.Column):
    """Yes, or a faint no."""

    empty_values = (None,)

    def render(self, value: object) -> SafeString:
        return format_html('<span class="{}">{}</span>', "" if value else "faint", "Yes" if value else "No")
