"""What the form of a map says and is shown with: columns for fields, guessed from the file where nobody said."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from makegood.imports.fields import Field
from makegood.imports.files import Cells
from makegood.imports.guess import DELIMITERS, guess_columns, guess_dates, guess_decimal, guess_format
from makegood.imports.map import ENCODINGS, FileFormat
from makegood.imports.models import FileImport
from makegood.imports.preview import MOST_DIFFERENT, list_cells, read_header
from makegood.imports.simple_map import TAKEN_AS_THEY_ARE, WORDS, YES_NO, Choices, guess_word, list_fields

DATES = ("yyyy-mm-dd", "dd.mm.yyyy", "dd/mm/yyyy", "mm/dd/yyyy", "dd-mm-yyyy", "yyyy/mm/dd", "yyyymmdd")
MOST_COLUMNS_OFFERED = 1_000
COLUMN, WORD, VALUE = "column:", "word:", "value:"
_LABELS = {"email": "E-mail", "gl_code": "GL code", "email_opt_out": "E-mail opt-out", "from_date": "From"} | {
    "to_date": "To",
    "price": "Monthly price",
    "postal_code": "Postal code",
}


@dataclass(frozen=True)
class ValueRow:
    """A text of a column, and the word that it stands for, if any."""

    input_name: str
    text: str
    word: str


@dataclass(frozen=True)
class FieldRow:
    """A field with what feeds it; words: what all rows can be said to be instead."""

    name: str
    label: str
    required: bool
    chosen: str
    words: tuple[str, ...] = ()
    values: tuple[ValueRow, ...] = ()


@dataclass
class MapForm:
    """The form as a whole."""

    choices: Choices
    columns: list[str]
    repeated: list[str]
    customer: list[FieldRow] = field(default_factory=list)
    order: list[FieldRow] = field(default_factory=list)

    def list_missing(self) -> list[str]:
        """The labels of needed fields that nothing feeds."""
        return [f"{row.label} of the {part}" for part, rows in self.parts() for row in rows if _is_missing(row)]

    def parts(self) -> list[tuple[str, list[FieldRow]]]:
        return [(part, rows) for part, rows in (("customer", self.customer), ("order", self.order)) if rows]


def _is_missing(row: FieldRow) -> bool:
    return row.required and not row.chosen


class FormOfMap:
    """Reads and shows the choices for one file."""

    def __init__(self, file_import: FileImport, head: bytes) -> None:
        self.name = file_import.file_name
        self.holds = file_import.holds
        self.head = head

    def guess(self) -> Choices:
        """What the file itself suggests. Refused for what is no table."""
        format_ = guess_format(self.head)
        return self._with_guesses(Choices(format_), read_header(self.head, self.name, format_))

    def read(self, posted: Mapping[str, str]) -> Choices:
        """What the person chose; where the columns are others than before, because the file is read in another way,
        what it suggests then. Refused for what is no table."""
        format_ = FileFormat(
            delimiter=_one_of(posted.get("delimiter"), DELIMITERS),
            encoding=_one_of(posted.get("encoding"), tuple(ENCODINGS)),
            decimal=_one_of(posted.get("decimal"), (".", ",")),
            dates=_one_of(posted.get("dates"), DATES),
        )
        header = read_header(self.head, self.name, format_)
        choices = Choices(format_)
        for name, _ in list_fields(self.holds):
            chosen = posted.get(name, "")
            if chosen.startswith(COLUMN) and header.count(chosen[len(COLUMN) :]) == 1:
                choices.columns[name] = chosen[len(COLUMN) :]
            elif chosen.startswith(WORD) and chosen[len(WORD) :] in WORDS.get(name, ()):
                choices.words[name] = chosen[len(WORD) :]
        if not choices.columns:
            return self._with_guesses(choices, header)
        for name in WORDS:
            if name in choices.columns:
                choices.values[name] = self._read_values(choices, name, posted)
        return choices

    def show(self, choices: Choices) -> MapForm:
        """The form as it stands on the page."""
        header = read_header(self.head, self.name, choices.format)
        columns = [name for name in dict.fromkeys(header) if name and header.count(name) == 1]
        repeated = [name for name in dict.fromkeys(header) if name and header.count(name) > 1]
        shown = MapForm(choices, columns[:MOST_COLUMNS_OFFERED], repeated)
        for name, known in list_fields(self.holds):
            rows = shown.customer if name.startswith("customer.") else shown.order
            rows.append(self._show_field(choices, name, known, columns))
        return shown

    def _show_field(self, choices: Choices, name: str, known: Field, columns: list[str]) -> FieldRow:
        chosen = ""
        values: tuple[ValueRow, ...] = ()
        if choices.columns.get(name) in columns:
            chosen = COLUMN + choices.columns[name]
            said = choices.values.get(name, {})
            if said:
                cells = self._list_cells(choices, name)
                values = tuple(ValueRow(f"{VALUE}{name}:{cell}", cell, said.get(cell, "")) for cell in cells)
        elif name in choices.words:
            chosen = WORD + choices.words[name]
        needed = known.required and not (known.name == "name" and self.holds == FileImport.Holds.ORDERS)
        return FieldRow(name, label_of(known.name), needed, chosen, WORDS.get(name, ()), values)

    def _with_guesses(self, choices: Choices, header: Cells) -> Choices:
        choices.columns = guess_columns(header, [name for name, _ in list_fields(self.holds)])
        dated = [name for name, known in list_fields(self.holds) if known.is_date and name in choices.columns]
        dates = next((found for name in dated if (found := guess_dates(self._list_cells(choices, name)))), None)
        prices = self._list_cells(choices, "order.price") if "order.price" in choices.columns else []
        choices.format = replace(
            choices.format,
            dates=dates or choices.format.dates,
            decimal=guess_decimal(prices) or choices.format.decimal,
        )
        for name in WORDS:
            if name in choices.columns:
                choices.values[name] = self._read_values(choices, name, {})
        return choices

    def _read_values(self, choices: Choices, name: str, posted: Mapping[str, str]) -> dict[str, str]:
        """What the texts of the column stand for; nothing where all of them say it themselves, or are too many."""
        cells = self._list_cells(choices, name)
        own = TAKEN_AS_THEY_ARE if WORDS[name] == YES_NO else set(WORDS[name])
        if len(cells) > MOST_DIFFERENT or all(cell.lower() in own for cell in cells):
            return {}
        said = {cell: posted.get(f"{VALUE}{name}:{cell}", guess_word(name, cell)) for cell in cells}
        return {cell: word if word in WORDS[name] else "" for cell, word in said.items()}

    def _list_cells(self, choices: Choices, name: str) -> list[str]:
        cells = list_cells(self.head, self.name, choices.format, choices.columns[name])
        return [cell for cell in cells if cell]


def label_of(field_name: str) -> str:
    """What people call a field."""
    return _LABELS.get(field_name, field_name.replace("_", " ").capitalize())


def _one_of(given: str | None, known: tuple[str, ...]) -> str:
    return given if given in known else known[0]
