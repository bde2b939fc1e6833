"""The columns of the journal."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from makegood.kit.spreadsheet import guard_text
from makegood.ledger.models import JournalEntry
from makegood.providers.models import Provider
from makegood.web.accounting.causes import name_cause, words_of
from makegood.web.frame.list_columns import DayColumn, LinkColumn, ListTable, MoneyColumn, TextColumn


class EventColumn(TextColumn):
    """What happened, in words."""

    def render(self, value: str) -> SafeString:  # type: ignore[override]  # what a column is given
        return super().render(words_of(value))


class CauseColumn(TextColumn):
    """What it comes from, in words."""

    def render(self, value: object, record: JournalEntry) -> SafeString:  # type: ignore[override]  # likewise
        return format_html('<span dir="auto">{}</span>', name_cause(record))

    def to_cell(self, name: str, record: Any, provider: Provider) -> object:
        return guard_text(name_cause(record))


class JournalTable(ListTable):
    """Names of columns are what `sort` takes in the address."""

    own_order = "-entry"
    fixed = ("entry",)

    entry = LinkColumn("journal-entry", verbose_name="Entry", accessor="pk", order_by=("pk",))
    booked = DayColumn(verbose_name="Booked on", accessor="booked_on")
    effective = DayColumn(verbose_name="Concerns", accessor="effective_on", orderable=False)
    event = EventColumn(verbose_name="Event", orderable=False)
    cause = CauseColumn(verbose_name="Cause", accessor="cause_type", orderable=False)
    codes = TextColumn(verbose_name="GL codes", orderable=False)
    amount = MoneyColumn(verbose_name="Amount", accessor="amount_minor", orderable=False)
