"""The Order List: what a row says, filters, sorting, file, and what is said when there is nothing to show."""

import csv
import io
from datetime import date

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from makegood.customers.models import Customer
from makegood.providers.models import Provider
from tests.support import records
from tests.web.people import Browser
from tests.web.reading import PARTIAL, numbers_of, rows_of, source_of, words_of


@pytest.fixture(autouse=True)
def more(north: Provider) -> None:
    """Bob has a third order, which is for another service and has not begun."""
    records.add_service(north, "Fiber", 5000)
    bob = Customer.objects.get(number="N-2")
    records.add_order(bob, "N-2-3", area="Ogdenville", service="Fiber", status="pending", from_date=date(2026, 5, 1))


def test_a_row_says_what_a_clerk_needs(vera: Client) -> None:
    assert rows_of(vera.get("/orders"))[3] == {
        "number": "N-2-3", "customer": "N-2", "name": "Bob & Sons", "service": "Fiber", "area": "Ogdenville",
        "street": "—", "status": "Pending", "price": "$50.00", "starts": "May 1, 2026", "ends": "—",
    }  # fmt: skip


def test_a_row_leads_to_the_order_and_to_the_customer(vera: Client) -> None:
    source = source_of(vera.get("/orders?number=N-1-1"))
    customer = Customer.objects.get(number="N-1")
    assert f'href="/customers/{customer.pk}"' in source
    assert f'href="/orders/{customer.orders.get().pk}"' in source


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", ["N-1-1", "N-2-1", "N-2-2", "N-2-3"]),
        ("?q=archer", ["N-1-1"]),
        ("?q=N-2", ["N-2-1", "N-2-2", "N-2-3"]),
        ("?area=Springfield", ["N-1-1", "N-2-1"]),
        ("?service=Fiber", ["N-2-3"]),
        ("?status=pending", ["N-2-3"]),
        ("?customer=N-1", ["N-1-1"]),
        ("?type=business&area=Shelbyville", ["N-2-2"]),
        ("?price_min=20.01", ["N-2-3"]),
        ("?from_min=2026-04-01", ["N-2-3"]),
        ("?sort=-number", ["N-2-3", "N-2-2", "N-2-1", "N-1-1"]),
        ("?sort=-price", ["N-2-3", "N-2-2", "N-2-1", "N-1-1"]),
        ("?sort=-name", ["N-2-3", "N-2-2", "N-2-1", "N-1-1"]),
        ("?sort=-starts", ["N-2-3", "N-2-2", "N-2-1", "N-1-1"]),
        ("?sort=area", ["N-2-3", "N-2-2", "N-1-1", "N-2-1"]),
    ],
)
def test_filters_and_sorting(vera: Client, query: str, numbers: list[str]) -> None:
    assert numbers_of(vera.get(f"/orders{query}")) == numbers


@pytest.mark.parametrize("column", ["number", "customer", "name", "service", "area", "street", "status", "ends"])
def test_each_column_can_be_sorted_by_both_ways(vera: Client, column: str) -> None:
    for sort in (column, f"-{column}"):
        page = vera.get("/orders", {"sort": sort}, follow=True)
        assert "cannot be sorted" not in words_of(page)
        assert len(rows_of(page)) == 4


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?status=gone", "Status: Select a valid choice."),
        ("?from_min=yesterday", "Starts from: Enter a valid date."),
        ("?area=Springfeld", "Did you mean “Springfield”?"),
        ("?funds_min=5", "There is no filter “funds_min” in this list."),
    ],
)
def test_a_wrong_filter_is_explained_and_lists_nothing(vera: Client, query: str, said: str) -> None:
    page = vera.get(f"/orders{query}")
    assert said in words_of(page)
    assert rows_of(page) == []
    assert vera.get(f"/orders.csv{query}").status_code == 400


def test_file_holds_the_columns_of_the_list(vera: Client) -> None:
    source = source_of(vera.get("/orders.csv?sort=-number"))
    rows = list(csv.reader(io.StringIO(source.removeprefix("\ufeff"))))
    assert rows[:2] == [
        ["Order", "Customer", "Name", "Service", "Area", "Street", "Status", "Monthly price (USD)", "From", "To"],
        ["N-2-3", "N-2", "Bob & Sons", "Fiber", "Ogdenville", "", "Pending", "50.00", "2026-05-01", ""],
    ]


def test_number_of_orders(vera: Client) -> None:
    assert words_of(vera.get("/orders/count?status=active", headers=PARTIAL)) == "3 orders"


def test_no_orders_yet(db: None, browser: Browser) -> None:
    client = browser(records.add_person(records.add_provider("empty"), "viewer"))
    assert "No orders yet" in words_of(client.get("/orders"))


def test_another_providers_orders_do_not_exist(vera: Client) -> None:
    south = records.add_provider("south")
    records.add_customer(south, "S-1", name="Zoe Zimmer", areas=["Südstadt"])
    for address in ("/orders", "/orders?number=S-1-1", "/orders?customer=S-1", "/orders?q=Zoe", "/orders.csv?q=Zoe"):
        source = source_of(vera.get(address))
        assert "Zimmer" not in source
        assert "Südstadt" not in source


def test_queries_do_not_grow_with_the_rows(
    vera: Client, north: Provider, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    records.add_customers(north, 120, prefix="X", area="Ogdenville")
    vera.get("/orders")
    with django_assert_max_num_queries(12):
        assert len(rows_of(vera.get("/orders?area=Ogdenville&page=2"))) == 50
