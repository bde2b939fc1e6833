"""Reads answers as a person does: words and rows, no markup."""

import html
import re

from django.http import HttpResponse, StreamingHttpResponse

PARTIAL = {"HX-Request": "true", "HX-Target": "list", "X-Makegood-Provider": "north"}


def source_of(answer: HttpResponse | StreamingHttpResponse) -> str:
    """The answer's text as it was sent."""
    if isinstance(answer, StreamingHttpResponse):
        return b"".join(answer.streaming_content).decode()  # type: ignore[arg-type]  # never an asynchronous one
    return answer.content.decode()


def words_of(answer: HttpResponse) -> str:
    """The answer's words, apart by single spaces."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", source_of(answer))).split())


def rows_of(answer: HttpResponse) -> list[dict[str, str]]:
    """The rows of the answer's table, by column."""
    rows = re.findall(r'<tr role="row"><td.*?</tr>', source_of(answer), re.DOTALL)
    cells = r'<td role="cell" data-column="(\w+)"[^>]*>(.*?)</td>'
    return [
        {name: html.unescape(re.sub(r"<[^>]*>", "", cell)) for name, cell in re.findall(cells, row, re.DOTALL)}
        for row in rows
    ]


def numbers_of(answer: HttpResponse) -> list[str]:
    """The numbers of the customers listed, in their order."""
    return [row["number"] for row in rows_of(answer)]
