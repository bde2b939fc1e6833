"""A report as a table: the same rows on the page and in the file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from makegood.kit.money import decimal_string
from makegood.kit.spreadsheet import guard_text
from makegood.providers.models import Provider


@dataclass(frozen=True)
class ReportRow:
    """One line. texts: what it is about. amounts: minor units, None for an empty cell. url: of what the first text is.

    tone: *total*, *good* or *bad* where the line is no ordinary one.
    """

    texts: Sequence[str]
    amounts: Sequence[int | None]
    url: str = ""
    tone: str = ""


@dataclass(frozen=True)
class ReportTable:
    """A table with texts on the left and amounts on the right. below: sums, and what they are held against."""

    title: str
    text_heads: Sequence[str]
    amount_heads: Sequence[str]
    rows: list[ReportRow]
    below: list[ReportRow] = field(default_factory=list)
    note: str = ""

    def lines(self) -> list[tuple[ReportRow, list[tuple[str, str]], list[tuple[str, int | None]]]]:
        """The rows with each cell beside the name of its column."""
        return [self._line(row) for row in self.rows]

    def lines_below(self) -> list[tuple[ReportRow, list[tuple[str, str]], list[tuple[str, int | None]]]]:
        """The same for what stands below."""
        return [self._line(row) for row in self.below]

    def _line(self, row: ReportRow) -> tuple[ReportRow, list[tuple[str, str]], list[tuple[str, int | None]]]:
        texts = list(zip(self.text_heads, row.texts, strict=True))
        return row, texts, list(zip(self.amount_heads, row.amounts, strict=True))


def file_head(table: ReportTable, provider: Provider) -> list[str]:
    """The head of the file; the currency stands there, once for each column."""
    return [*table.text_heads, *(f"{head} ({provider.currency})" for head in table.amount_heads)]


def file_rows(table: ReportTable, provider: Provider) -> Iterator[list[str]]:
    """The rows of the file: amounts as plain decimals, texts guarded."""
    for row in [*table.rows, *table.below]:
        amounts = ["" if each is None else decimal_string(each, provider.currency_digits) for each in row.amounts]
        yield [*(guard_text(text) for text in row.texts), *amounts]
