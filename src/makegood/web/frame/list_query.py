"""What the address bar says about a list: filters, sorting, page. Every link of a list is made from it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

SORT, PAGE = "sort", "page"
LAST_PAGE = 10**9
"""Higher page numbers are read as this one: far beyond any list, still a number the database can take."""


@dataclass(frozen=True)
class ListQuery:
    """The question that a list answers.

    filters: name to values, without empty ones.
    sort: a column's name, with a minus for downwards; empty for the list's own order.
    """

    filters: Mapping[str, tuple[str, ...]]
    sort: str = ""
    page: int = 1

    def pairs(self) -> list[tuple[str, str]]:
        """Names and values, in the order in which they stand in the address."""
        pairs = [(name, value) for name, values in self.filters.items() for value in values]
        if self.sort:
            pairs.append((SORT, self.sort))
        if self.page > 1:
            pairs.append((PAGE, str(self.page)))
        return pairs

    def encode(self) -> str:
        """The query string, with its question mark if there is anything to say."""
        pairs = self.pairs()
        return f"?{urlencode(pairs)}" if pairs else ""

    def sorted_by(self, sort: str) -> "ListQuery":
        return ListQuery(self.filters, sort)

    def at_page(self, page: int) -> "ListQuery":
        return ListQuery(self.filters, self.sort, page)

    def without(self, name: str, value: str) -> "ListQuery":
        """The same question with one value of one filter less."""
        kept = {each: tuple(v for v in values if (each, v) != (name, value)) for each, values in self.filters.items()}
        return ListQuery({each: values for each, values in kept.items() if values}, self.sort)

    def without_filters(self) -> "ListQuery":
        return ListQuery({}, self.sort)


def read_query(data: QueryDict, own_order: str) -> ListQuery:
    """Reads an address; own_order: how the list is sorted when nothing is said, which is left out of addresses."""
    filters = {name: values for name, values in _read_filters(data) if values}
    sort = data.get(SORT, "").strip()
    return ListQuery(filters, "" if sort == own_order else sort, _read_page(data.get(PAGE, "")))


def _read_filters(data: QueryDict) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name in data:
        if name not in (SORT, PAGE):
            stripped = (value.strip() for value in data.getlist(name))
            yield name, tuple(dict.fromkeys(value for value in stripped if value))


def _read_page(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        return 1
    return min(max(int(text[:10]), 1), LAST_PAGE)
