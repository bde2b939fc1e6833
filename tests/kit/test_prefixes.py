"""Records by the beginning of a number or name, however it is written, and never by half an index."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from makegood.customers.models import Customer
from makegood.kit.prefixes import find_by_prefix
from tests.support import records


@pytest.fixture
def numbers(db: None) -> None:
    provider = records.add_provider()
    for number, name in (("AB-1", "Zoe Zorn"), ("AB-10", "Ab Initio"), ("ab-2", "Cleo Cole"), ("X_1", "50% Off Ltd")):
        records.add_customer(provider, number, name=name, areas=[])


def find(text: str, most: int = 5) -> list[str]:
    return [each.number for each in find_by_prefix(Customer.objects.all(), ("number", "name"), text, most)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("AB-1", ["AB-1", "AB-10"]),
        ("ab-1", ["AB-1", "AB-10"]),
        ("zoe z", ["AB-1"]),
        ("AB", ["AB-1", "AB-10", "ab-2"]),
        ("_", []),
        ("%", []),
        ("50%", ["X_1"]),
        ("X_", ["X_1"]),
        ("nobody", []),
    ],
)
def test_found_however_it_is_written(numbers: None, text: str, found: list[str]) -> None:
    assert find(text) == found


def test_who_is_called_just_so_comes_first(numbers: None) -> None:
    assert find("ab-2", most=1) == ["ab-2"]
    assert find("cleo cole") == ["ab-2"]


def test_no_more_than_asked_for_in_one_query(numbers: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert len(find("a", most=2)) == 2
    assert len(queries) == 1
