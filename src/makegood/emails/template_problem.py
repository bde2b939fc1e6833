"""What is wrong with a part of a template, in words, and where. Pure: no database."""

import difflib
import re
from collections.abc import Collection

from liquid import Environment
from liquid.exceptions import BlockNestingError, LiquidError, ResourceLimitError, UndefinedError, UnknownFilterError

from makegood.emails.sandbox import FILTERS, TAGS

CLOSED_BY = {name: f"end{name}" for name in ("capture", "case", "comment", "for", "if", "unless")}
LONGEST_PIECE = 60
_PIECE = re.compile(r"\{\{[^{}]*\}\}|\{%-?\s*(?P<tag>\w+)\b[^{}]*%\}")


class TemplateProblem(Exception):
    """Why a part of a template cannot be used. line and column count from 1, and are None where there is no place.

    piece: the line of the template that is at fault, shortened.
    """

    def __init__(self, sentence: str, line: int | None = None, column: int | None = None, piece: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.line = line
        self.column = column
        self.piece = piece

    def __str__(self) -> str:
        if self.line is None:
            return self.sentence
        return f"Line {self.line}, column {self.column}: {self.sentence}"


def locate(source: str, index: int | None, sentence: str) -> TemplateProblem:
    """The sentence with line, column and the line at this position of the source."""
    if index is None:
        return TemplateProblem(sentence)
    before = source[:index]
    start = before.rfind("\n") + 1
    end = source.find("\n", start)
    piece = source[start : end if end >= 0 else len(source)].strip()
    return TemplateProblem(sentence, before.count("\n") + 1, len(before) - start + 1, piece[:LONGEST_PIECE])


def explain(error: LiquidError, source: str, environment: Environment) -> TemplateProblem:
    """What Liquid found, in words, with its place in the source where it has one."""
    token = error.token
    index = token.start_index if token is not None and token.start_index >= 0 else None
    if index is None and (opened := _find_unclosed(source, environment)):
        name, index = opened
        return locate(source, index, f"The tag “{name}” is not closed: {{% {CLOSED_BY[name]} %}} is missing.")
    return locate(source, _find_broken(source, environment) if index is None else index, _say(error))


def say_no_filter(name: str) -> str:
    """That there is no such filter, with the nearest that there is."""
    return f"There is no filter “{name}”{suggest(name, FILTERS)}."


def suggest(word: str, known: Collection[str]) -> str:
    """The end of a sentence that names the nearest known word, or nothing."""
    near = difflib.get_close_matches(word, known, n=1)
    return f"; there is “{near[0]}”" if near else ""


def _say(error: LiquidError) -> str:
    message = str(error.message)
    quoted = message.split("'")[1] if message.count("'") >= 2 else ""
    if isinstance(error, UnknownFilterError):
        return say_no_filter(quoted)
    if message.startswith("unexpected tag"):
        if quoted in CLOSED_BY.values() or quoted in ("else", "elsif", "when"):
            return f"The tag “{quoted}” belongs to nothing here."
        return f"There is no tag “{quoted}”{suggest(quoted, TAGS)}."
    if isinstance(error, BlockNestingError):
        return "Too many tags stand inside each other."
    if isinstance(error, UndefinedError) and "index" in message:
        return "The list is shorter than this asks for."
    if isinstance(error, UndefinedError):
        return f"“{quoted or message.removesuffix(' is undefined')}” is not there."
    if isinstance(error, ResourceLimitError):
        return f"The e-mail would become too large or take too long: {message}."
    return f"This cannot be read as Liquid: {message}."


def _find_broken(source: str, environment: Environment) -> int | None:
    """Where the first piece between braces stands that cannot be read by itself."""
    for piece in _PIECE.finditer(source):
        end = CLOSED_BY.get(piece["tag"] or "")
        try:
            environment.from_string(piece[0] + (f"{{% {end} %}}" if end else ""))
        except LiquidError:
            if piece["tag"] is None or end or piece["tag"] in ("assign", "cycle"):
                return piece.start()
    return None


def _find_unclosed(source: str, environment: Environment) -> tuple[str, int] | None:
    opened: list[tuple[str, int]] = []
    try:
        for token in environment.tokenizer()(source):
            if token.kind == "tag" and token.value in CLOSED_BY:
                opened.append((token.value, token.start_index))
            elif token.kind == "tag" and opened and token.value == CLOSED_BY[opened[-1][0]]:
                opened.pop()
    except LiquidError:
        return None
    return opened[-1] if opened else None
