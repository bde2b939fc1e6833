"""Settings > Services > Services."""

import pytest
from django.test import Client

from makegood.customers.selectors import get_customer
from makegood.ledger.selectors import get_gl_code
from makegood.orders.models import Order
from makegood.orders.selectors import get_service
from makegood.providers.models import Membership, Provider
from tests.support import records
from tests.support.answers import Verified
from tests.web.reading import Answer, source_of, words_of

LIST = "/settings/services"


def typed(provider: Provider, **other: str) -> dict[str, str]:
    code = str(get_gl_code(provider, "4000").pk)
    return {"name": "Fiber", "price": "49.90", "tax_rate": "8.25", "gl_code": code} | other


def change(client: Client, provider: Provider, **other: str) -> Answer:
    service = get_service(provider, "DSL")
    source = source_of(client.get(f"{LIST}/{service.pk}/edit"))
    seen = source.split('name="seen" value="')[1].split('"')[0]
    return client.post(f"{LIST}/{service.pk}/edit", typed(provider, name="DSL", seen=seen, **other), follow=True)


def test_a_service_is_added_once(ada: Client, admin: Membership, north: Provider) -> None:
    answer = ada.post(f"{LIST}/new", typed(north), follow=True)
    assert "The service “Fiber” is added." in words_of(answer)
    assert "$49.90 8.25 % 4000 Internet service" in words_of(answer)
    assert "There is a service “Fiber” already." in words_of(ada.post(f"{LIST}/new", typed(north)))


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"name": ""}, "Name is needed."),
        ({"name": "x" * 101}, "A service's name has 1 to 100 characters."),
        ({"price": ""}, "Monthly price is needed."),
        ({"price": "-1"}, "must be greater than zero"),
        ({"price": "12.345"}, "The currency has 2 decimals"),
        ({"tax_rate": "101"}, "from 0 to 100"),
        ({"tax_rate": "8,25"}, "with a point before the decimals"),
        ({"tax_rate": "8.12345"}, "at most 3 decimals"),
        ({"tax_rate": "NaN"}, "with a point before the decimals"),
        ({"gl_code": ""}, "GL code is needed."),
    ],
)
def test_a_service_that_cannot_be_is_refused(
    ada: Client, north: Provider, other: dict[str, str], sentence: str
) -> None:
    answer = ada.post(f"{LIST}/new", typed(north, **other))
    assert answer.status_code == 422
    assert sentence in words_of(answer)


def test_only_codes_of_type_service_are_offered(ada: Client, north: Provider) -> None:
    assert "4900" not in words_of(ada.get(f"{LIST}/new")).split("Monthly price")[-1]
    answer = ada.post(f"{LIST}/new", typed(north, gl_code=str(get_gl_code(north, "4900").pk)))
    assert answer.status_code == 422


def test_a_new_price_is_that_of_new_orders(ada: Client, north: Provider, assert_verified: Verified) -> None:
    assert "is saved" in words_of(change(ada, north, price="25"))
    assert set(Order.objects.values_list("price_minor", flat=True)) == {2000}
    order = records.add_order(get_customer(north, "N-3"), "N-3-1")
    assert order.price_minor == 2500
    assert_verified()


def test_a_service_can_cost_nothing(ada: Client, north: Provider) -> None:
    assert "is saved" in words_of(change(ada, north, price="0"))


def test_a_service_that_is_no_longer_sold_keeps_its_orders(ada: Client, north: Provider) -> None:
    service = get_service(north, "DSL")
    answer = ada.post(f"{LIST}/{service.pk}/active", {"active": "no"}, follow=True)
    assert "no longer sold; its orders go on" in words_of(answer)
    assert Order.objects.filter(service=service, status="active").count() == 3


def test_services_are_searched(ada: Client, north: Provider) -> None:
    records.add_service(north, "Voice <b>")
    source = source_of(ada.get(LIST, {"q": "voice"}))
    assert "Voice &lt;b&gt;" in source
    assert "DSL" not in source
