"""What the address bar says about a list."""

import pytest
from django.http import QueryDict

from makegood.web.frame.list_query import LAST_PAGE, ListQuery, read_query


def read(text: str) -> ListQuery:
    return read_query(QueryDict(text), "number")


def test_empty_and_repeated_values_are_left_out() -> None:
    assert read("area=&area= A &area=A&area=B&type=").filters == {"area": ("A", "B")}


@pytest.mark.parametrize(
    ("text", "page"),
    [("", 1), ("0", 1), ("7", 7), ("007", 7), ("-1", 1), ("1.5", 1), ("two", 1), ("٣", 1), ("9" * 5000, LAST_PAGE)],
)
def test_page(text: str, page: int) -> None:
    assert read(f"page={text}").page == page


def test_own_order_is_not_said() -> None:
    assert read("sort=number").encode() == ""
    assert read("sort=-number").encode() == "?sort=-number"


@pytest.mark.parametrize("text", ["?area=San+Diego&area=A%26B&q=%C3%A9%3D&sort=-price&page=3", "?q=%2B%25%23"])
def test_what_is_written_is_read_again(text: str) -> None:
    assert read(text.removeprefix("?")).encode() == text


def test_links_keep_the_rest() -> None:
    query = read("area=A&area=B&type=business&sort=-price&page=3")
    assert query.without("area", "A").encode() == "?area=B&type=business&sort=-price"
    assert query.without("type", "business").encode() == "?area=A&area=B&sort=-price"
    assert query.sorted_by("name").encode() == "?area=A&area=B&type=business&sort=name"
    assert query.at_page(4).encode() == "?area=A&area=B&type=business&sort=-price&page=4"
    assert query.without_filters().encode() == "?sort=-price"
