"""A delimited text file, read record by record in constant memory, however large or broken it is."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from makegood.imports.map import ENCODINGS, FileFormat
from makegood.imports.rules import shown
from makegood.kit.refusal import Refused

LONGEST_RECORD = 1_048_576
"""Characters of one record, line breaks inside quotation marks included."""
MOST_COLUMNS = 10_000

Cells = list[str]


class SourceFile:
    """The header of an open file, and its records with the line on which each begins."""

    def __init__(self, lines: Iterator[str], format_: FileFormat) -> None:
        self._record_characters = 0
        self._reader = csv.reader(self._bounded(lines), delimiter=format_.delimiter, strict=True)
        self.header = self._read_header(format_)

    def records(self) -> Iterator[tuple[int, Cells]]:
        """Every record that is not blank. Refused where it cannot be told how the file goes on."""
        reader = self._reader
        end = reader.line_num
        try:
            for cells in reader:
                start, end = end + 1, reader.line_num
                self._record_characters = 0
                if cells and (cells[0].strip() or any(map(str.strip, cells))):
                    yield start, cells
        except csv.Error as error:
            raise self._broken(error, end + 1) from None

    def _read_header(self, format_: FileFormat) -> Cells:
        try:
            header = [name.strip() for name in next(self._reader, [])]
        except csv.Error as error:
            raise self._broken(error, 1) from None
        self._record_characters = 0
        text = "".join(header)
        if any(ord(character) < 32 or 0xD800 <= ord(character) <= 0xDFFF for character in text):
            raise Refused(
                "file_not_text",
                f"The file is not a text in {format_.encoding}: its first line reads “{shown(text)}”.",
                "file",
            )
        if not text:
            raise Refused(
                "file_without_header", "The first line of the file is empty; it must name the columns.", "file"
            )
        if len(header) > MOST_COLUMNS:
            raise Refused(
                "file_too_wide",
                f"The first line of the file has {len(header):,} columns; at most {MOST_COLUMNS:,} are possible.",
                "file",
            )
        return header

    def _bounded(self, lines: Iterator[str]) -> Iterator[str]:
        for line in lines:
            self._record_characters += len(line)
            if self._record_characters > LONGEST_RECORD:
                raise Refused(
                    "record_too_long",
                    f"Line {self._reader.line_num + 1} of the file belongs to a row of more than {LONGEST_RECORD:,} "
                    "characters. Either a quotation mark is opened and not closed, or this is no table of customers.",
                    "file",
                )
            yield line

    def _broken(self, error: csv.Error, line: int) -> Refused:
        what = str(error)
        if "field larger" in what:
            why = f"a field has more than {csv.field_size_limit():,} characters"
        elif "unexpected end" in what:
            why = "a quotation mark is opened and not closed before the end of the file"
        elif "expected after" in what:
            why = "text follows a closing quotation mark; inside a field a quotation mark is written twice"
        else:
            why = what
        return Refused("file_broken", f"The row that begins on line {line} cannot be read: {why}.", "file")


@contextmanager
def open_source(path: Path, format_: FileFormat) -> Iterator[SourceFile]:
    """Opens the file and reads its header; closes it in the end. Refused if there is no such text file."""
    try:
        stream = path.open("rb")
    except OSError as error:
        raise _unreadable(str(path), error) from None
    with read_source(stream, str(path), format_) as source:
        yield source


@contextmanager
def read_source(stream: io.BufferedReader, name: str, format_: FileFormat) -> Iterator[SourceFile]:
    """As `open_source`, of a stream that is open already and is closed in the end; the name is for messages."""
    # Bytes that are not of the encoding become surrogates, so that they are found with line and column.
    encoding = ENCODINGS[format_.encoding]
    with io.TextIOWrapper(stream, encoding=encoding, errors="surrogateescape", newline="") as text:
        yield SourceFile(_read_lines(name, stream, text), format_)


def _read_lines(name: str, stream: io.BufferedReader, text: io.TextIOWrapper) -> Iterator[str]:
    """The lines of the file, cut where they are longer than any record."""
    try:
        start = stream.peek(2)[:2]
        if not start:
            raise Refused("file_empty", f"The file {shown(name, 200)} is empty.", "file")
        if start in (b"\xff\xfe", b"\xfe\xff"):
            raise Refused("file_encoding", "The file is in UTF-16; save it as UTF-8 and import that.", "file")
        while line := text.readline(LONGEST_RECORD + 1):
            yield line
    except OSError as error:
        raise _unreadable(name, error) from None


def _unreadable(name: str, error: OSError) -> Refused:
    return Refused("file_unreadable", f"The file {shown(name, 200)} cannot be read: {error.strerror}.", "file")
