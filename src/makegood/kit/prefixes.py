"""Records whose number or name begins with what was typed: each look-up walks an index and stops when it has enough."""

from collections.abc import Sequence
from typing import TypeVar

from django.db.models import Model, QuerySet

Record = TypeVar("Record", bound=Model)


def find_by_prefix(records: QuerySet[Record], fields: Sequence[str], text: str, most: int) -> list[Record]:
    """At most `most` records of which one of the fields begins with `text`: who is called just so comes first, then
    by the fields in their order. One query, with a part of its own for each field and way of writing it, because a
    condition joined by *or* would walk the whole index where there is little to find.
    """
    ways = dict.fromkeys([text, text.upper(), text.lower(), text.title()])
    parts = [records.filter(**{f"{field}__startswith": way}).order_by(field)[:most] for field in fields for way in ways]
    found = {record.pk: record for record in (parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0])}

    def rank(record: Record) -> tuple[bool, int, str]:
        values = [str(getattr(record, field)) for field in fields]
        exact = any(value.casefold() == text.casefold() for value in values)
        first = next(
            (at for at, value in enumerate(values) if value.casefold().startswith(text.casefold())), len(fields)
        )
        return (not exact, first, values[min(first, len(fields) - 1)])

    return sorted(found.values(), key=rank)[:most]
