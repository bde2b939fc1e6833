"""The filters of both lists: each finds exactly the records that it names."""

from datetime import date
from typing import Any

import pytest

from makegood.customers.services import edit_customer
from makegood.kit.refusal import Refused
from makegood.orders.filters import FILTERS, filter_records
from makegood.orders.models import Order
from makegood.orders.selectors import get_order
from makegood.orders.services.close_customer import close_customer
from makegood.orders.services.order_status import set_order_status
from makegood.providers.models import Provider
from tests.support import movements, records, sandbox
from tests.support.answers import Verified

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

CUSTOMERS = {
    "q=BUS": "Bus7",
    "q=parker": "Res1",
    "q=bakery@": "Bus7",
    "q=555-01": "Res1",
    "number=Res1,Res2": "Res1 Res2",
    "number=Nobody": "",
    "name=BAKERY": "Bus7",
    "name=100%": "Res2",
    "name=a": "Bus7 Res1",
    "area=Shelbyville": "Bus7 Res2",
    "area=Shelbyville,Ogdenville": "Bus7 Gone Res2",
    "type=business": "Bus7",
    "type=business,residential": "Bus7 Gone Res1 Res2",
    "status=closed": "Gone",
    "status=active": "Bus7 Res1 Res2",
    "service=Fiber": "Bus7",
    "service=Fiber,DSL": "Bus7 Gone Res1 Res2",
    "email=yes": "Bus7 Gone Res1",
    "email=no": "Res2",
    "autopay=yes": "Res1",
    "autopay=no": "Bus7 Gone Res2",
    "billing=no": "Res2",
    "billing=yes": "Bus7 Gone Res1",
    "orders_min=2": "Bus7",
    "orders_max=0": "Gone",
    "orders_min=1 orders_max=1": "Res1 Res2",
    "orders_min=99999999999": "",
    "price_min=20.00": "Bus7 Res1 Res2",
    "price_min=20.001": "Bus7",
    "price_max=20.009": "Gone Res1 Res2",
    "price_max=20": "Gone Res1 Res2",
    "price_min=999999999999999": "",
    "price_max=999999999999999.99": "Bus7 Gone Res1 Res2",
    "funds_min=0.01": "Res1",
    "funds_min=12.5": "Res1",
    "funds_max=12.49": "Bus7 Gone Res2",
    "due_min=0.01": "Gone",
    "due_max=0": "Bus7 Res1 Res2",
    "method=yes": "Res1",
    "method=no": "Bus7 Gone Res2",
    "method=held": "",
    "due_max=-0.01": "",
    "area=Springfield status=active email=yes": "Bus7 Res1",
}

ORDERS = {
    "q=Bus7-2": "Bus7-2",
    "q=gone": "Gone-1",
    "q=bakery": "Bus7-1 Bus7-2",
    "number=Res1-1,Res2-1": "Res1-1 Res2-1",
    "customer=Bus7": "Bus7-1 Bus7-2",
    "name=bakery": "Bus7-1 Bus7-2",
    "area=Shelbyville": "Bus7-2 Res2-1",
    "street=ELM": "Bus7-2",
    "service=Fiber": "Bus7-2",
    "status=terminated": "Gone-1",
    "status=suspended": "Res2-2",
    "status=suspended,terminated": "Gone-1 Res2-2",
    "status=pending": "",
    # A person suspended Res2-2.
    "suspended_late=yes": "",
    "suspended_late=no": "Bus7-1 Bus7-2 Gone-1 Res1-1 Res2-1 Res2-2",
    "customer_status=closed": "Gone-1",
    "customer_status=active type=residential": "Res1-1 Res2-1 Res2-2",
    "type=business": "Bus7-1 Bus7-2",
    "price_min=59.99": "Bus7-2",
    "price_max=20": "Bus7-1 Gone-1 Res1-1 Res2-1 Res2-2",
    "from_min=2026-02-01": "Res2-2",
    "from_max=2026-01-31": "Bus7-1 Bus7-2 Gone-1 Res1-1 Res2-1",
    "to_min=2026-01-01": "Gone-1",
    "to_max=2000-01-01": "",
}

# Their values are numbers of runs; tests/credits/test_credited_in_runs.py.
OF_RUNS = {"credited_in", "not_credited_in"}


def read(text: str) -> dict[str, list[str]]:
    """``area=A,B status=active`` as a filter."""
    return {name: values.split(",") for name, _, values in (word.partition("=") for word in text.split())}


def find(provider: Provider, list_name: str, values: dict[str, list[str]]) -> str:
    """The numbers of what matches, apart by spaces."""
    found = filter_records(provider, list_name, values)
    return " ".join(sorted(found.values_list("number", flat=True)))


def refusal(provider: Provider, list_name: str, **values: Any) -> tuple[str, str]:
    """The code and the sentence with which a filter is refused."""
    with pytest.raises(Refused) as refused:
        filter_records(provider, list_name, {name: [value] for name, value in values.items()})
    assert refused.value.field == "filter"
    return refused.value.code, refused.value.message


@pytest.fixture
def north() -> Provider:
    """Three customers and one who has gone, each different from the others."""
    north = records.add_provider()
    records.add_service(north, "Fiber", 6000)
    one = records.add_customer(north, "Res1", name="Ann Parker", phone="555-0100", autopay=True)
    two = records.add_customer(north, "Res2", areas=["Shelbyville"], name="100% Fun Ltd", email="")
    business = records.add_customer(north, "Bus7", name="Bob's Bakery", email="bakery@example.org")
    gone = records.add_customer(north, "Gone", areas=["Ogdenville"], name="Lou Smith")
    edit_customer(customer=business, staff_id=None, customer_type="business")
    edit_customer(customer=two, staff_id=None, billing_enabled=False)
    second = records.add_order(business, "Bus7-2", area="Shelbyville", service="Fiber")
    Order.objects.filter(pk=second.pk).update(street="7 Elm Street")
    records.add_order(two, "Res2-2", area="Springfield", from_date=date(2026, 2, 1))
    set_order_status(order=get_order(north, "Res2-2"), status="suspended", staff_id=None)
    movements.owe(gone, 500)
    close_customer(customer=gone, staff_id=None)
    records.credit(records.add_person(north), customers=[one], amount_minor=1250)
    sandbox.connect(north)
    sandbox.add_method(one)
    south = records.add_provider("south")
    records.add_customer(south, "Res1", areas=["Springfield", "Capital City"])
    return north


def test_each_filter_of_the_customer_list_finds_the_right_customers(north: Provider, assert_verified: Verified) -> None:
    assert {text: find(north, "customers", read(text)) for text in CUSTOMERS} == CUSTOMERS
    assert {name for text in CUSTOMERS for name in read(text)} == set(FILTERS["customers"].base_filters) - OF_RUNS
    assert_verified()


def test_each_filter_of_the_order_list_finds_the_right_orders(north: Provider, assert_verified: Verified) -> None:
    assert {text: find(north, "orders", read(text)) for text in ORDERS} == ORDERS
    assert {name for text in ORDERS for name in read(text)} == set(FILTERS["orders"].base_filters) - OF_RUNS
    assert_verified()


def test_area_and_service_are_asked_of_one_and_the_same_order(north: Provider) -> None:
    mixed = records.add_customers(north, 1, prefix="X", orders_each=0)[0]
    records.add_order(mixed, "X-1", area="Springfield", service="DSL")
    records.add_order(mixed, "X-2", area="Far Hollow", service="Fiber")
    both = {"area": ["Far Hollow"], "service": ["DSL"]}
    assert list(filter_records(north, "customers", both)) == []
    assert list(filter_records(north, "customers", {"area": ["Far Hollow"], "service": ["Fiber"]})) == [mixed]


def test_without_a_filter_everybody_of_the_provider_is_found(north: Provider) -> None:
    assert find(north, "customers", {}) == "Bus7 Gone Res1 Res2"
    assert find(north, "orders", {}) == "Bus7-1 Bus7-2 Gone-1 Res1-1 Res2-1 Res2-2"


def test_an_unknown_name_is_refused_with_a_suggestion(north: Provider) -> None:
    code, sentence = refusal(north, "customers", aera="Springfield")
    assert code == "filter_unknown"
    assert "There is no filter “aera”. Did you mean area?" in sentence
    assert "orders_min" in sentence
    assert refusal(north, "customers", customer_status="active")[0] == "filter_unknown"
    assert "Did you mean" not in refusal(north, "orders", zzz="1")[1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "foo"),
        ("type", "Business"),
        ("email", "maybe"),
        ("orders_min", "two"),
        ("orders_min", "1.5"),
        ("price_min", "cheap"),
        ("price_min", "10,00"),
        ("price_min", "1e3"),
        ("price_min", "1e999999999"),
        ("price_min", "١٠"),
        ("price_min", "NaN"),
        ("price_min", "10\n"),
        ("price_min", "9" * 5000),
        ("orders_min", "9" * 5000),
    ],
)
def test_a_value_that_a_filter_cannot_have_is_refused(name: str, value: str) -> None:
    code, sentence = refusal(records.add_provider(), "customers", **{name: value})
    assert code == "filter_value"
    assert f"The filter {name} cannot be used" in sentence


def test_a_date_that_is_none_is_refused() -> None:
    assert refusal(records.add_provider(), "orders", from_min="31.12.2026")[0] == "filter_value"


def test_an_empty_value_is_refused(north: Provider) -> None:
    for value in ("", "  ", "\x00"):
        assert refusal(north, "customers", area=value)[0] == "filter_value_empty"
        assert refusal(north, "customers", name=value)[0] == "filter_value_empty"


def test_a_filter_that_takes_one_value_refuses_two(north: Provider) -> None:
    with pytest.raises(Refused, match="The filter name takes one value"):
        filter_records(north, "customers", {"name": ["a", "b"]})


def test_an_area_or_service_that_nobody_has_is_refused_with_a_suggestion(north: Provider) -> None:
    code, sentence = refusal(north, "customers", area="Sprinfield")
    assert code == "filter_value_unknown"
    assert sentence == "North has no order with the area “Sprinfield”. Did you mean “Springfield”?"
    assert "Did you mean “Fiber”?" in refusal(north, "orders", service="Fibre")[1]
    assert "Did you mean" not in refusal(north, "orders", area="Zürich")[1]


def test_an_area_of_another_provider_is_unknown_and_not_suggested(north: Provider) -> None:
    code, sentence = refusal(north, "customers", area="Capital City")
    assert (code, "Did you mean" in sentence) == ("filter_value_unknown", False)
