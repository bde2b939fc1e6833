"""Compiles a map for one file, once, into functions that turn a row of cells into staged lines."""

from collections.abc import Callable, Iterator, Sequence

from makegood.imports.fields import (
    CUSTOMER_FIELDS,
    ORDER_FIELDS,
    UNSET,
    Field,
    Notation,
    make_date_parser,
)
from makegood.imports.files import Cells
from makegood.imports.map import Condition, ImportMap, Section, Source
from makegood.imports.report import BadRow
from makegood.imports.rules import BadValue, Parser, clean, enumerate_words, shown
from makegood.kit.refusal import Refused

REMEMBERED = 4_096
LONGEST_REMEMBERED = 100
DELIMITER = "\t"
NO_ORDER = DELIMITER.join([UNSET] * len(ORDER_FIELDS))

Getter = Callable[[Cells], str]
Test = Callable[[Cells], bool]


class _Memory(dict[str, str]):
    """What a parser has answered for cells that say the same again and again; forgets all when it is full."""

    def __init__(self, parse: Parser) -> None:
        super().__init__()
        self._parse = parse

    def __missing__(self, cell: str) -> str:
        staged = self._parse(cell)
        if len(cell) <= LONGEST_REMEMBERED:
            if len(self) >= REMEMBERED:
                self.clear()
            self[cell] = staged
        return staged


class _CompiledSection:
    """One section: constants stand in a template already, all else is got from the cells."""

    def __init__(self, section: Section, fields: Sequence[Field], compiler: "_Compiler") -> None:
        self.applies = compiler.test(section.when)
        self.getters: list[Getter] = []
        self.sources: list[Source] = []
        pieces = []
        for field in fields:
            source = section.find(field.name)
            if source is None:
                pieces.append(UNSET)
            elif source.constant is not None and not source.when:
                pieces.append(compiler.map_value(section, source, source.constant).replace("%", "%%"))
            else:
                pieces.append("%s")
                self.getters.append(compiler.getter(section, source))
                self.sources.append(source)
        self._template = DELIMITER.join(pieces)

    def stage(self, cells: Cells) -> str:
        """The section's part of a staged line. Raises BadValue at the first bad cell."""
        return self._template % tuple([get(cells) for get in self.getters])

    def find_bad(self, cells: Cells, line: int, index_of: dict[str, int]) -> Iterator[BadRow]:
        """Everything that is bad in the section."""
        for get, source in zip(self.getters, self.sources, strict=True):
            try:
                get(cells)
            except BadValue as bad:
                columns = source.columns or [""]
                value = " ".join(cells[index_of[column]] for column in source.columns)
                yield BadRow(line, columns[0], shown(value), f"{source.field.name} {bad.reason}")


class RowStager:
    """Turns the rows of one file into staged lines, or says what is wrong with them."""

    def __init__(self, import_map: ImportMap, header: Cells, notation: Notation) -> None:
        self._map = import_map
        self._width = len(header)
        self._index_of = _find_columns(import_map, header)
        in_file = Notation(
            notation.currency_digits, notation.service_gl_codes, import_map.file.decimal, import_map.file.dates
        )
        compiler = _Compiler(import_map.name, self._index_of, in_file, notation)
        self._customer = _CompiledSection(import_map.customer, CUSTOMER_FIELDS, compiler)
        self._orders = [_CompiledSection(section, ORDER_FIELDS, compiler) for section in import_map.orders]

    def stage(self, line: int, cells: Cells) -> str:
        """One staged line for each order of the row, or one without an order. Raises BadValue if the row is bad."""
        if len(cells) != self._width:
            raise BadValue("")
        customer = self._customer.stage(cells)
        staged = ""
        leads = "t"
        for number, order in enumerate(self._orders, 1):
            if order.applies(cells):
                staged += f"{line}\t{number}\t{leads}\t{customer}\t{order.stage(cells)}\n"
                leads = "f"
        return staged or f"{line}\t0\tt\t{customer}\t{NO_ORDER}\n"

    def find_bad(self, line: int, cells: Cells) -> list[BadRow]:
        """Everything that is wrong with a row that `stage` has refused."""
        if len(cells) != self._width:
            reason = f"the row has {len(cells):,} fields, the first line of the file has {self._width:,}"
            return [BadRow(line, "", shown(",".join(cells[:10])), reason)]
        sections = [self._customer, *(order for order in self._orders if order.applies(cells))]
        return [bad for section in sections for bad in section.find_bad(cells, line, self._index_of)]

    def column_of(self, section_number: int, field_name: str) -> str:
        """The column to name for a field in a report; empty if the field comes from none."""
        source = self._map.sections[section_number].find(field_name)
        return (source.columns or [""])[0] if source else ""


class _Compiler:
    def __init__(self, name: str, index_of: dict[str, int], in_file: Notation, in_map: Notation) -> None:
        self._name = name
        self._index_of = index_of
        self._in_file = in_file
        self._in_map = in_map

    def map_value(self, section: Section, source: Source, value: str) -> str:
        """A value that the map itself gives, as staged. Refused if the field cannot take it."""
        try:
            return source.field.make_parser(self._in_map)(value)
        except BadValue as bad:
            place = f"{section.name}.{source.field.name}"
            raise Refused(
                "map_value", f"The map {self._name}: {place}: “{shown(value)}” {bad.reason}.", "map"
            ) from None

    def getter(self, section: Section, source: Source) -> Getter:
        get = self._unconditional(section, source)
        if source.when:
            holds, default = self.test(source.when), source.field.default
            return lambda cells: get(cells) if holds(cells) else default
        return get

    def _unconditional(self, section: Section, source: Source) -> Getter:
        if source.constant is not None:
            constant = self.map_value(section, source, source.constant)
            return lambda cells: constant
        parse = self._parser(section, source)
        if source.pattern is not None:
            return self._pattern_getter(source.pattern, parse)
        index = self._index_of[source.columns[0]]
        if source.field.repeats:
            memory = _Memory(parse)
            return lambda cells: memory[cells[index]]
        return lambda cells: parse(cells[index])

    def _pattern_getter(self, pattern: tuple[str, ...], parse: Parser) -> Getter:
        template = "%s".join(text.replace("%", "%%") for text in pattern[::2])
        indices = [self._index_of[column] for column in pattern[1::2]]

        def get(cells: Cells) -> str:
            parts = tuple([cells[index].strip() for index in indices])
            # Half a pattern would be a value that nobody meant.
            return parse(template % parts if all(parts) else "")

        return get

    def _parser(self, section: Section, source: Source) -> Parser:
        if source.values is not None:
            parse = self._table_parser(section, source)
        elif source.months_before is not None:
            parse = make_date_parser(source.field, source.months_before)
        else:
            parse = source.field.make_parser(self._in_file)
        if not source.optional:
            return parse
        default = source.field.default
        return lambda cell: parse(cell) if cell.strip() else default

    def _table_parser(self, section: Section, source: Source) -> Parser:
        table = {cell: self.map_value(section, source, value) for cell, value in (source.values or {}).items()}
        otherwise = None if source.otherwise is None else self.map_value(section, source, source.otherwise)
        known = enumerate_words(list(table), 10)

        def parse(cell: str) -> str:
            staged = table.get(clean(cell), otherwise)
            if staged is None:
                raise BadValue(f"is not in the map's table of values ({known})")
            return staged

        return parse

    def test(self, conditions: Sequence[Condition]) -> Test:
        """Whether all conditions hold for a row."""
        if not conditions:
            return lambda cells: True
        tests = [self._test_one(condition) for condition in conditions]
        return tests[0] if len(tests) == 1 else lambda cells: all(test(cells) for test in tests)

    def _test_one(self, condition: Condition) -> Test:
        index, wanted = self._index_of[condition.column], condition.cells
        if condition.negated:
            return lambda cells: cells[index].strip() not in wanted
        return lambda cells: cells[index].strip() in wanted


def _find_columns(import_map: ImportMap, header: Cells) -> dict[str, int]:
    wanted = import_map.list_columns()
    missing = [f"“{column}”" for column in wanted if column not in header]
    if missing:
        hint = " Does the map name the right delimiter?" if len(header) == 1 else ""
        raise Refused(
            "column_missing",
            f"The file does not have the column{'s' if len(missing) > 1 else ''} {enumerate_words(missing, 10)}, which "
            f"the map {import_map.name} names. Its columns are: {enumerate_words(header)}.{hint}",
            "file",
        )
    twice = [column for column in wanted if header.count(column) > 1]
    if twice:
        raise Refused("column_twice", f"The column “{shown(twice[0])}” stands twice in the file's first line.", "file")
    return {column: header.index(column) for column in wanted}
