"""The map: which column of a file feeds which field. Read from TOML, checked completely before any file is opened."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from makegood.imports.fields import CUSTOMER_FIELDS, ORDER_FIELDS, Field
from makegood.imports.patterns import BadPattern, split_pattern
from makegood.imports.rules import enumerate_words, shown
from makegood.kit.refusal import Refused

LARGEST_MAP_BYTES = 1_000_000
ENCODINGS = {"utf-8": "utf-8-sig", "latin-1": "latin-1", "windows-1252": "cp1252"}
_DATE_PATTERN = re.compile(r"(?=.*yyyy)(?=.*mm)(?=.*dd)(?:yyyy|mm|dd)[-./ ]?(?:yyyy|mm|dd)[-./ ]?(?:yyyy|mm|dd)")
_SOURCES = ("column", "constant", "pattern")
_FIELD_KEYS = (*_SOURCES, "values", "otherwise", "months_before", "when", "optional")


@dataclass(frozen=True)
class FileFormat:
    """How the file is written."""

    delimiter: str = ","
    encoding: str = "utf-8"
    decimal: str = "."
    dates: str = "yyyy-mm-dd"


@dataclass(frozen=True)
class Condition:
    """Holds where the cell is one of `cells`, or none of them if `negated`."""

    column: str
    cells: frozenset[str]
    negated: bool


@dataclass(frozen=True)
class Source:
    """Where one field's value comes from: exactly one of column, constant and pattern is given.

    pattern: texts and column names in turn, beginning and ending with a text.
    values: what a cell's text stands for; `otherwise` is for all other texts.
    """

    field: Field
    column: str | None = None
    constant: str | None = None
    pattern: tuple[str, ...] | None = None
    values: Mapping[str, str] | None = None
    otherwise: str | None = None
    months_before: date | None = None
    when: tuple[Condition, ...] = ()
    optional: bool = False

    @property
    def columns(self) -> list[str]:
        """The columns that give the value, without those of the condition."""
        return [self.column] if self.column is not None else list((self.pattern or ())[1::2])


@dataclass(frozen=True)
class Section:
    """What one row says about one record: a customer, or an order where the conditions hold."""

    name: str
    sources: tuple[Source, ...]
    when: tuple[Condition, ...] = ()

    def find(self, field_name: str) -> Source | None:
        """Where the field's value comes from, if the section names the field."""
        return next((source for source in self.sources if source.field.name == field_name), None)


@dataclass(frozen=True)
class ImportMap:
    """A whole map. Numbers of sections in reports: 0 for the customer, from 1 for the orders."""

    name: str
    customer: Section
    orders: tuple[Section, ...] = ()
    file: FileFormat = field(default_factory=FileFormat)

    @property
    def sections(self) -> tuple[Section, ...]:
        return (self.customer, *self.orders)

    def list_columns(self) -> list[str]:
        """All columns that the file must have, each once."""
        return list(dict.fromkeys(self._name_columns()))

    def _name_columns(self) -> Iterator[str]:
        for section in self.sections:
            yield from (condition.column for condition in section.when)
            for source in section.sources:
                yield from source.columns
                yield from (condition.column for condition in source.when)


def load_map(path: Path) -> ImportMap:
    """Reads a map from a TOML file. Refused, with section and field, for whatever is not a map."""
    name = shown(str(path), 200)
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_MAP_BYTES + 1)
    except OSError as error:
        raise Refused("map_unreadable", f"The map {name} cannot be read: {error.strerror}.", "map") from None
    if len(content) > LARGEST_MAP_BYTES:
        raise Refused("map_too_large", f"The map {name} is larger than a map can be.", "map")
    return parse_map(content, shown(path.name))


def parse_map(content: bytes, name: str) -> ImportMap:
    """The map that the TOML text describes; `name` is for messages. Refused as `load_map`."""
    return read_map(parse_document(content, name), name)


def parse_document(content: bytes, name: str) -> dict[str, Any]:
    """What the TOML text says, not yet checked as a map. Refused for what is not TOML."""
    try:
        document = tomllib.loads(content.decode("utf-8-sig"), parse_float=Decimal)
    except UnicodeDecodeError:
        raise Refused("map_malformed", f"The map {name} is not a text in UTF-8.", "map") from None
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise Refused("map_malformed", f"The map {name} is not valid TOML: {error}", "map") from None
    return document


def read_map(document: dict[str, Any], name: str) -> ImportMap:
    """The map that a document describes, such as the content of a TOML text. Refused as `load_map`."""
    return _Reader(name).read(document)


class _Reader:
    """Turns a TOML document into a map; every refusal names the map and the place in it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def read(self, document: dict[str, Any]) -> ImportMap:
        self._know_keys(document, ("file", "customer", "order"), "")
        orders = document.get("order", [])
        if not isinstance(orders, list):
            raise self._refusal("[[order]]", "is written with two brackets, once for each order of a row")
        sections = tuple(self._section(f"[[order]] {n}", order, ORDER_FIELDS) for n, order in enumerate(orders, 1))
        for section in sections:
            self._check_end(section)
        if "customer" not in document:
            raise self._refusal("[customer]", "is missing; it says at least number and name")
        # Orders can be of customers who are known, with nothing to say about them but the number.
        can_lack = ("name",) if sections else ()
        customer = self._section("[customer]", document["customer"], CUSTOMER_FIELDS, can_lack)
        if customer.when:
            raise self._refusal("[customer]", "cannot have a condition; every row is of a customer")
        return ImportMap(self.name, customer, sections, self._file(document.get("file", {})))

    def _file(self, table: Any) -> FileFormat:
        self._know_keys(table, ("delimiter", "encoding", "decimal", "dates"), "[file]")
        for key, value in table.items():
            if not isinstance(value, str):
                raise self._refusal(f"[file].{key}", "is a text in quotation marks")
        format_ = FileFormat(**table)
        if len(format_.delimiter) != 1 or not format_.delimiter.isascii() or format_.delimiter in '"\r\n\0 ':
            raise self._refusal("[file].delimiter", 'is one character, such as ",", ";" or "\\t"')
        if format_.encoding not in ENCODINGS:
            raise self._refusal("[file].encoding", f"is one of {', '.join(ENCODINGS)}")
        if format_.decimal not in (".", ","):
            raise self._refusal("[file].decimal", 'is "." or ","')
        if not _DATE_PATTERN.fullmatch(format_.dates):
            raise self._refusal("[file].dates", "is made of yyyy, mm and dd, such as yyyy-mm-dd or dd.mm.yyyy")
        return format_

    def _section(self, name: str, table: Any, fields: tuple[Field, ...], can_lack: tuple[str, ...] = ()) -> Section:
        self._know_keys(table, ("when", *(known.name for known in fields)), name)
        sources = tuple(self._source(f"{name}.{f.name}", f, table[f.name]) for f in fields if f.name in table)
        missing = [f.name for f in fields if f.required and f.name not in table and f.name not in can_lack]
        if missing:
            raise self._refusal(name, f"must say {' and '.join(missing)}")
        return Section(name, sources, self._conditions(f"{name}.when", table.get("when", [])))

    def _source(self, place: str, to: Field, given: Any) -> Source:
        table: Any = {"column": given} if isinstance(given, str) else given
        self._know_keys(table, _FIELD_KEYS, place)
        if sum(key in table for key in _SOURCES) != 1:
            raise self._refusal(place, f"says exactly one of {', '.join(_SOURCES)}")
        if "column" not in table and (extra := [k for k in ("values", "otherwise", "months_before") if k in table]):
            raise self._refusal(place, f"can have {extra[0]} only with a column")
        if to.required and ("when" in table or table.get("optional")):
            raise self._refusal(place, "is always needed, so it can be neither optional nor under a condition")
        optional = table.get("optional", False)
        if not isinstance(optional, bool):
            raise self._refusal(f"{place}.optional", "is true or false")
        return Source(
            field=to,
            column=self._text(f"{place}.column", table.get("column")),
            constant=self._value(f"{place}.constant", table.get("constant")),
            pattern=self._pattern(f"{place}.pattern", table.get("pattern")),
            values=self._values(f"{place}.values", table),
            otherwise=self._value(f"{place}.otherwise", table.get("otherwise")),
            months_before=self._months_before(place, to, table),
            when=self._conditions(f"{place}.when", table.get("when", [])),
            optional=optional,
        )

    def _values(self, place: str, table: dict[str, Any]) -> Mapping[str, str] | None:
        if "values" not in table:
            if "otherwise" in table:
                raise self._refusal(place, "is missing; otherwise says what all other cells stand for")
            return None
        values = table["values"]
        if not isinstance(values, dict) or not values:
            raise self._refusal(place, 'is a table, such as { Yes = "closed", No = "active" }')
        return {cell.strip(): self._value(f"{place}.{cell}", value) or "" for cell, value in values.items()}

    def _pattern(self, place: str, given: Any) -> tuple[str, ...] | None:
        pattern = self._text(place, given)
        if pattern is None:
            return None
        try:
            return split_pattern(pattern)
        except BadPattern as bad:
            raise self._refusal(place, bad.reason) from None

    def _months_before(self, place: str, to: Field, table: dict[str, Any]) -> date | None:
        if "months_before" not in table:
            return None
        given = table["months_before"]
        if not to.is_date or "values" in table:
            raise self._refusal(place, "months_before is for a date that a column gives as a number of months")
        try:
            last = date.fromisoformat(given) if isinstance(given, str) else given
        except ValueError:
            last = None
        if not isinstance(last, date) or isinstance(last, datetime):
            raise self._refusal(f"{place}.months_before", "is a date, such as 2024-01-31")
        return last

    def _conditions(self, place: str, given: Any) -> tuple[Condition, ...]:
        tables = given if isinstance(given, list) else [given]
        return tuple(self._condition(place, table) for table in tables)

    def _condition(self, place: str, table: Any) -> Condition:
        self._know_keys(table, ("column", "is", "not", "in", "not_in"), place)
        tests = [key for key in ("is", "not", "in", "not_in") if key in table]
        column = self._text(place, table.get("column"))
        if column is None or len(tests) != 1:
            raise self._refusal(place, "says a column and exactly one of is, not, in, not_in")
        given = table[tests[0]]
        cells = given if tests[0] in ("in", "not_in") else [given]
        if not isinstance(cells, list) or not cells or not all(isinstance(cell, str) for cell in cells):
            raise self._refusal(f"{place}.{tests[0]}", "is a text, or with in and not_in a list of texts")
        return Condition(column, frozenset(cell.strip() for cell in cells), tests[0] in ("not", "not_in"))

    def _check_end(self, section: Section) -> None:
        status, to_date = section.find("status"), section.find("to_date")
        if to_date and not status:
            raise self._refusal(section.name, "says to_date, so it must say status too")
        if status and not to_date and _can_be(status, "terminated"):
            raise self._refusal(section.name, "has orders that are terminated, so to_date must say since when")

    def _text(self, place: str, given: Any) -> str | None:
        if given is not None and not (isinstance(given, str) and given.strip()):
            raise self._refusal(place, "is a text in quotation marks")
        return given.strip() if isinstance(given, str) and not place.endswith("pattern") else given

    def _value(self, place: str, given: Any) -> str | None:
        if isinstance(given, bool):
            return "yes" if given else "no"
        if isinstance(given, datetime) or not isinstance(given, str | int | Decimal | date | None):
            raise self._refusal(place, "is a text, a number, a date, true or false")
        return None if given is None else str(given)

    def _know_keys(self, table: Any, known: tuple[str, ...], place: str) -> None:
        if not isinstance(table, dict):
            raise self._refusal(place, "is a table")
        unknown = [key for key in table if key not in known]
        if unknown:
            words = enumerate_words(known)
            raise self._refusal(place or "its top", f"has no “{shown(unknown[0], 40)}”; it has {words}")

    def _refusal(self, place: str, what: str) -> Refused:
        return Refused("map_malformed", f"The map {self.name}: {shown(place, 120)} {what}.", "map")


def _can_be(source: Source, value: str) -> bool:
    if source.constant is not None:
        return source.constant == value
    if source.values is not None:
        return value in (*source.values.values(), source.otherwise)
    return True
