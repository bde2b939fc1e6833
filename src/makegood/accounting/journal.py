"""Reads of the journal: one entry with its lines, and all lines of many entries, one after the other."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from makegood.accounting.rules import Days
from makegood.kit.money import decimal_string
from makegood.kit.refusal import Refused
from makegood.ledger.models import JournalEntry, JournalLine
from makegood.providers.models import Provider

READ_AT_ONCE = 2000
FILE_COLUMNS = (
    "Entry", "Booked on", "Effective on", "Event", "Cause", "GL code", "Description", "Debit", "Credit",
)  # fmt: skip


@dataclass(frozen=True)
class FileLine:
    """A line of the journal as it stands in the exported file; amounts in minor units."""

    entry: int
    booked_on: date
    effective_on: date | None
    event: str
    cause: str
    gl_code: str
    description: str
    debit_minor: int
    credit_minor: int

    def texts(self, digits: int) -> list[str]:
        """The cells, in the order of `FILE_COLUMNS`; a side that has nothing stays empty. digits: of the currency."""
        amounts = [decimal_string(each, digits) if each else "" for each in (self.debit_minor, self.credit_minor)]
        effective_on = "" if self.effective_on is None else str(self.effective_on)
        return [
            str(self.entry), str(self.booked_on), effective_on, self.event, self.cause, self.gl_code, self.description,
            *amounts,
        ]  # fmt: skip


def list_journal(provider: Provider, days: Days | None = None) -> QuerySet[JournalEntry]:
    """The provider's journal entries, unordered; those booked on these days."""
    entries = JournalEntry.objects.filter(provider=provider)
    return entries if days is None else entries.filter(booked_on__range=(days.first, days.last))


def iterate_lines(entries: QuerySet[JournalEntry]) -> Iterator[FileLine]:
    """All lines of these entries without holding them all: by day of booking, entry, and line."""
    lines = JournalLine.objects.filter(entry__in=entries.order_by())
    values = lines.order_by("entry__booked_on", "entry_id", "pk").values_list(
        "entry_id", "entry__booked_on", "entry__effective_on", "entry__event", "entry__cause_type", "entry__cause_id",
        "gl_code__code", "gl_code__description", "debit_minor", "credit_minor",
    )  # fmt: skip
    for entry, booked_on, effective_on, event, cause, cause_id, code, text, debit, credit in values.iterator(
        READ_AT_ONCE
    ):
        yield FileLine(entry, booked_on, effective_on, event, f"{cause} {cause_id}", code, text, debit, credit)


def get_journal_entry(provider: Provider, pk: int) -> JournalEntry:
    """The provider's journal entry of that number; Refused if there is none."""
    found = JournalEntry.objects.filter(provider=provider, pk=pk).first()
    if found is None:
        raise Refused("journal_entry_unknown", f"There is no journal entry {pk}.", "entry")
    return found


def list_lines_of(entry: JournalEntry) -> list[JournalLine]:
    """The entry's lines with their GL codes, as they were written."""
    return list(entry.lines.select_related("gl_code").order_by("pk"))
