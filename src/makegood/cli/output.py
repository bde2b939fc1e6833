"""What the command line prints: one JSON object for programs, tables and sentences for people."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from makegood.kit.money import decimal_string, format_money
from makegood.providers.models import Provider


def print_json(value: Any) -> None:
    """Prints one JSON value; dates become ISO strings, whole numbers of the database numbers."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


WIDTH_WITHOUT_TERMINAL = 240
"""Columns of what is piped or kept in a file, so that nothing is broken into lines there."""


LONGEST_UNBROKEN = 24
"""Characters of a cell that is never broken into lines: numbers, dates, states."""


def console() -> Console:
    """The console for people; as wide as the terminal, and wide where there is none."""
    return Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL)


def error_console() -> Console:
    """Where progress and questions go, so that what is printed can be piped."""
    return Console(file=sys.stderr, highlight=False)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, right: Sequence[str] = ()) -> None:
    """Prints a table; the columns named in `right` are right-aligned, as numbers are."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    lines = [[_safe(cell) for cell in row] for row in rows]
    for position, column in enumerate(columns):
        longest = max((len(line[position]) for line in lines), default=0)
        table.add_column(
            column,
            justify="right" if column in right else "left",
            overflow="fold",
            no_wrap=column in right or longest <= LONGEST_UNBROKEN,
        )
    for line in lines:
        table.add_row(*line)
    console().print(table)


def print_pairs(pairs: Iterable[tuple[str, str]]) -> None:
    """Prints names with what they are, one below the other."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in pairs:
        table.add_row(_safe(name), _safe(value))
    console().print(table)


def print_text(text: str) -> None:
    """Prints text; a sign that a terminal would obey instead of showing is replaced."""
    print(_printable(text))


def decimal_of(provider: Provider, minor: int) -> str:
    """An amount for programs: a decimal string in the provider's currency, such as ``10.00``."""
    return decimal_string(minor, provider.currency_digits)


def money_of(provider: Provider, minor: int) -> str:
    """An amount for people, with its currency."""
    return format_money(minor, provider.currency, provider.currency_digits)


def plural(count: int, one: str, many: str | None = None) -> str:
    """``1 customer``, ``1,200 customers``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def moment_of(provider: Provider, at: datetime) -> str:
    """A moment for people, on the provider's clock; which that is, the label beside it says."""
    return f"{at.astimezone(ZoneInfo(provider.timezone)):%Y-%m-%d %H:%M}"


def _plain(value: Any) -> int | str:
    if isinstance(value, datetime):
        return value.isoformat()
    is_whole = isinstance(value, Decimal) and value == value.to_integral_value()
    return int(value) if is_whole else str(value)


def _safe(cell: Any) -> str:
    text = "" if cell is None else str(cell)
    return _printable(text.replace("\n", " ")).replace("[", r"\[")


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() or character in "\n\t" else "�" for character in text)
