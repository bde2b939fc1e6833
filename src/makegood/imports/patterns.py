"""Texts with columns in braces, as a map writes them. Pure."""

import re

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


class BadPattern(Exception):
    """A text that is no pattern; the reason continues the sentence that names its place."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def split_pattern(pattern: str) -> tuple[str, ...]:
    """Texts and column names in turn, beginning and ending with a text. Raises BadPattern."""
    pieces: list[str] = []
    text, end = "", 0
    for found in _PIECE.finditer(pattern):
        text += pattern[end : found.start()]
        end = found.end()
        if found[0] in ("{{", "}}"):
            text += found[0][0]
        elif found[1]:
            pieces += [text, found[1].strip()]
            text = ""
        else:
            raise BadPattern("has a brace that encloses no column; a brace itself is written twice")
    if not pieces:
        raise BadPattern("names no column in braces; a fixed value is a constant")
    return (*pieces, text + pattern[end:])
