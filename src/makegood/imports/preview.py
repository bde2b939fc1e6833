"""The first rows of a file, as they would be read. Nothing is written, and the database is asked for GL codes only."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice

from makegood.imports.fields import CUSTOMER_FIELDS, ORDER_FIELDS, UNSET
from makegood.imports.files import Cells, SourceFile, read_source
from makegood.imports.map import FileFormat, ImportMap
from makegood.imports.report import BadRow
from makegood.imports.rows import DELIMITER, RowStager
from makegood.imports.rules import NO_DATE, BadValue
from makegood.imports.services import make_notation
from makegood.kit.money import format_money
from makegood.kit.refusal import Refused
from makegood.providers.models import Provider

ROWS_SHOWN = 5
MOST_DIFFERENT = 20
_STAGED = [f"customer.{known.name}" for known in CUSTOMER_FIELDS] + [f"order.{known.name}" for known in ORDER_FIELDS]
_WORDS = {"t": "Yes", "f": "No"}
_YES_NO = {"customer.billing_enabled", "customer.autopay", "customer.email_opt_out"}


@dataclass(frozen=True)
class PreviewRow:
    """One record of a row: what each field would be, by its name, or what is wrong with the row."""

    line: int
    values: dict[str, str] = field(default_factory=dict)
    bad: tuple[BadRow, ...] = ()


@contextmanager
def read_head(head: bytes, name: str, format_: FileFormat) -> Iterator[SourceFile]:
    """The file of which `head` is the beginning, up to the end of a line."""
    with read_source(io.BufferedReader(io.BytesIO(head)), name, format_) as source:
        yield source


def read_header(head: bytes, name: str, format_: FileFormat) -> Cells:
    """The names of the columns. Refused for what is no table."""
    with read_head(head, name, format_) as source:
        return source.header


def list_cells(head: bytes, name: str, format_: FileFormat, column: str) -> list[str]:
    """The different texts in a column, as far as the beginning of the file shows them, in the order they come."""
    found: dict[str, None] = {}
    with read_head(head, name, format_) as source:
        index = source.header.index(column)
        try:
            for _, cells in source.records():
                if index < len(cells):
                    found.setdefault(cells[index].strip())
                if len(found) > MOST_DIFFERENT:
                    break
        except Refused:
            # Where the file cannot be read on, the check says so.
            pass
    return list(found)


def preview(head: bytes, name: str, import_map: ImportMap, provider: Provider) -> list[PreviewRow]:
    """The first rows. Refused for a file or map that cannot be used at all."""
    notation = make_notation(provider)
    codes = {str(id_): code for code, id_ in notation.service_gl_codes.items()}
    with read_head(head, name, import_map.file) as source:
        stager = RowStager(import_map, source.header, notation)
        shown: list[PreviewRow] = []
        for line, cells in islice(source.records(), ROWS_SHOWN):
            try:
                staged = stager.stage(line, cells)
            except BadValue:
                shown.append(PreviewRow(line, bad=tuple(stager.find_bad(line, cells))))
            else:
                shown += [PreviewRow(line, _tell(one, provider, codes)) for one in staged.rstrip("\n").split("\n")]
    return shown


def _tell(staged: str, provider: Provider, codes: dict[str, str]) -> dict[str, str]:
    values = dict(zip(_STAGED, staged.split(DELIMITER)[3:], strict=True))
    return {name: _tell_value(name, value, provider, codes) for name, value in values.items() if value != UNSET}


def _tell_value(name: str, value: str, provider: Provider, codes: dict[str, str]) -> str:
    if value == NO_DATE:
        return ""
    if name in _YES_NO:
        return _WORDS.get(value, value)
    if name == "order.price":
        return format_money(int(value), provider.currency, provider.currency_digits)
    return codes.get(value, value) if name == "order.gl_code" else value
