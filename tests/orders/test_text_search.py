"""Searches inside texts: their indexes find what a plain comparison finds, whatever is typed."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from makegood.customers.models import Customer
from makegood.kit import filters as kit_filters
from makegood.orders.filters import filter_records
from makegood.orders.models import Order
from makegood.providers.models import Provider
from tests.support import records

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

NAMES = {
    "A1": "100% Fun_Ltd",
    "A2": r"Back\Slash & Sons",
    "A3": "Straße 7 GmbH",
    "A4": "Işık Elektrik",
    "A5": "ΟΔΥΣΣΕΥΣ οδυσσεύς",
    "A6": "Ann O'Hara",
    "A7": "株式会社メイクグッド",
    "A8": "Éva Łukasz",
}
TYPED = [
    "%", "_", "\\", "100%", "0% f", "n_L", "k\\s", "\\\\", "a_b", "straße", "STRASSE", "STRAßE", "ß", "işık", "IŞIK",
    "ışık", "ı", "İ", "οδυσσ", "ΣΣΕΥΣ", "ς", "o'h", "'", '"', "株式", "メイクグッド", "éva", "ŁUK", "lukasz", "a", "A1",
    "a8-1", "@example", "555-0", "elm", "--", "%%%", "e" * 150,
]  # fmt: skip


@pytest.fixture
def provider() -> Provider:
    """Customers with unusual names, each with an order in a street that is called like them; and another provider."""
    provider = records.add_provider()
    for number, name in NAMES.items():
        customer = records.add_customer(provider, number, name=name, phone="555-01%" if number == "A1" else "")
        Order.objects.filter(customer=customer).update(street=f"{name} Elm Street")
    south = records.add_provider("south")
    records.add_customer(south, "A1", name="100% Fun_Ltd, Straße")
    return provider


def find(provider: Provider, text: str) -> list[set[str]]:
    """The numbers of what the lists find by these filters."""
    asked = [("customers", "q"), ("customers", "name"), ("orders", "q"), ("orders", "name"), ("orders", "street")]
    return [
        set(filter_records(provider, list_name, {name: [text]}).values_list("number", flat=True))
        for list_name, name in asked
    ]


def allow(**ways: bool) -> None:
    """Which ways the server may take to find rows."""
    for way, on in ways.items():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL enable_{way} = {'on' if on else 'off'}")


def test_the_index_finds_what_a_walk_over_all_rows_finds(provider: Provider) -> None:
    allow(seqscan=False, indexscan=False, bitmapscan=True)
    by_index = {text: find(provider, text) for text in TYPED}
    allow(seqscan=True, indexscan=False, bitmapscan=False)
    assert {text: find(provider, text) for text in TYPED} == by_index


def test_a_common_text_finds_the_same_as_a_rare_one(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    rare = {text: find(provider, text) for text in TYPED}
    monkeypatch.setattr(kit_filters, "FEW", 0)
    assert {text: find(provider, text) for text in TYPED} == rare


def test_signs_with_a_meaning_in_patterns_are_found_as_they_are(provider: Provider) -> None:
    assert find(provider, "%")[:2] == [{"A1"}, {"A1"}]
    assert find(provider, "_")[:2] == [{"A1"}, {"A1"}]
    assert find(provider, "\\")[:2] == [{"A2"}, {"A2"}]
    assert find(provider, "ŁUK")[:3] == [{"A8"}, {"A8"}, {"A8-1"}]


def test_each_search_inside_a_text_has_its_index(db: None) -> None:
    searches: list[tuple[QuerySet[Any], str]] = [
        (Customer.objects.filter(name__icontains="hara"), "customer_text_inside"),
        (Customer.objects.filter(email__icontains="hara"), "customer_text_inside"),
        (Customer.objects.filter(phone__contains="0100"), "customer_text_inside"),
        (Customer.objects.filter(number__istartswith="a10"), "customer_text_inside"),
        (Order.objects.filter(street__icontains="elm"), "customer_order_text_inside"),
        (Order.objects.filter(number__istartswith="a10"), "customer_order_text_inside"),
    ]
    allow(seqscan=False, indexscan=False)
    assert [index for found, index in searches if index not in found.explain()] == []
