"""A list as a file of comma-separated values, sent while it is read."""

import csv
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse

BYTE_ORDER_MARK = "\ufeff"
ROWS_AT_ONCE = 500


class _Line:
    """What a csv writer writes to: gives the line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def answer_csv(file_name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """Sends the rows as UTF-8 with a byte order mark, by which spreadsheets know it. Text has to be guarded before."""
    response = StreamingHttpResponse(_write(header, rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


def _write(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    lines = [BYTE_ORDER_MARK + writer.writerow(header)]
    for row in rows:
        lines.append(writer.writerow(row))
        if len(lines) >= ROWS_AT_ONCE:
            yield "".join(lines)
            lines = []
    yield "".join(lines)
