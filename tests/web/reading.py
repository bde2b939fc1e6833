"""Reads answers as a person does: words and rows, no markup."""

import html
import re
from typing import Any, TypeAlias

PARTIAL = {"HX-Request": "true", "HX-Target": "list", "X-Makegood-Provider": "north"}

Answer: TypeAlias = Any
"""What Django's test client gives back; its type has no name of its own."""


def source_of(answer: Answer) -> str:
    """The answer's text as it was sent."""
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()


def pieces_of(answer: Answer) -> list[bytes]:
    """The pieces in which a long answer was sent."""
    return list(answer.streaming_content)


def words_of(answer: Answer) -> str:
    """The answer's words, apart by single spaces."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", source_of(answer))).split())


def rows_of(answer: Answer) -> list[dict[str, str]]:
    """The rows of the answer's table, by column."""
    rows = re.findall(r'<tr role="row"><td.*?</tr>', source_of(answer), re.DOTALL)
    cells = r'<td role="cell" data-column="(\w+)"[^>]*>(.*?)</td>'
    return [
        {name: html.unescape(re.sub(r"<[^>]*>", "", cell)) for name, cell in re.findall(cells, row, re.DOTALL)}
        for row in rows
    ]


def numbers_of(answer: Answer) -> list[str]:
    """The numbers of the customers listed, in their order."""
    return [row["number"] for row in rows_of(answer)]
