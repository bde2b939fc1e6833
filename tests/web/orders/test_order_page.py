"""The page of one order, and adding and changing orders in the browser."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.kit.clock import today_in
from makegood.orders.models import Order
from makegood.orders.selectors import get_order
from makegood.orders.services.change_order import change_price
from makegood.orders.services.close_customer import close_customer
from makegood.orders.services.order_status import set_order_status, set_replaced_by, terminate_order
from makegood.providers.models import Provider
from tests.support import records
from tests.support.answers import Verified
from tests.web.people import Browser
from tests.web.reading import source_of, words_of

CHANGES = ("address", "price", "suspend", "resume", "terminate", "keep", "replaced")

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(north: Provider) -> Order:
    """Bob's order in Springfield; he has another in Shelbyville."""
    return get_order(north, "N-2-1")


@pytest.fixture
def desk(north: Provider, browser: Browser) -> Client:
    """The browser of an agent."""
    return browser(records.add_person(north, "agent"))


def page_of(client: Client, order: Order) -> str:
    return words_of(client.get(f"/orders/{order.pk}"))


def test_the_page_says_what_is_sold_to_whom_where_and_for_how_much(vera: Client, order: Order, north: Provider) -> None:
    set_replaced_by(order=order, replaced_by=get_order(north, "N-2-2"), staff_id=None)
    words = page_of(vera, order)
    assert "Customers Bob & Sons Order N-2-1 Active DSL · Springfield" in words
    assert "Customer Bob & Sons N-2" in words
    assert "Jan 1, 2026 In force $20.00" in words
    assert "Replaced by N-2-2" in words
    assert "Order N-2-1 is replaced by N-2-2" in words
    assert "Replaces N-2-1" in page_of(vera, get_order(north, "N-2-2"))
    for offer in ("Suspend", "Terminate", "Change price", "Edit"):
        assert offer not in words


def test_the_price_changes_from_a_day_on(desk: Client, order: Order, assert_verified: Verified) -> None:
    today = today_in(order.provider.timezone)
    assert "The monthly price is $20.00 now." in words_of(desk.get(f"/orders/{order.pk}/price"))
    answer = desk.post(f"/orders/{order.pk}/price", {"price": "25.50", "effective_from": today}, follow=True)
    assert "The new price of order N-2-1 is saved." in words_of(answer)
    later = today + timedelta(days=30)
    desk.post(f"/orders/{order.pk}/price", {"price": "30", "effective_from": later})
    words = page_of(desk, order)
    assert "Planned $30.00" in words
    assert "In force $25.50" in words
    assert "Jan 1, 2026 $20.00" in words
    assert "Set the price of order N-2-1 to $30.00 from" in words
    assert_verified()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"price": ""}, "A price is needed."),
        ({"price": "ten"}, "“ten” is not an amount."),
        ({"price": "1.234"}, "The currency has 2 decimals; the amount has more."),
        ({"price": "-1"}, "The amount must be"),
        ({"effective_from": ""}, "A date is needed."),
        ({"effective_from": "soon"}, "This is no date."),
        ({"effective_from": "2025-12-31"}, "The order begins on Jan 1, 2026; a price cannot begin before that."),
    ],
)
def test_a_price_that_cannot_be_is_said_beside_the_field(
    desk: Client, order: Order, typed: dict[str, str], said: str
) -> None:
    answer = desk.post(f"/orders/{order.pk}/price", {"price": "25", "effective_from": "2026-11-01"} | typed)
    assert answer.status_code == 422
    assert said in words_of(answer)
    order.refresh_from_db()
    assert order.price_minor == 2000


def test_who_opened_the_form_before_somebody_elses_change_is_told(desk: Client, order: Order) -> None:
    seen = order.updated_at.isoformat()
    today = today_in(order.provider.timezone)
    change_price(order=order, price_minor=2100, effective_from=today, staff_id=None)
    typed = {"seen": seen.replace("+00:00", "+0000"), "area": "Ogdenville", "street": "", "postal_code": ""}
    answer = desk.post(f"/orders/{order.pk}/address", typed)
    assert answer.status_code == 422
    assert "Somebody else has changed this order while this form was open." in words_of(answer)
    assert 'value="Ogdenville"' in source_of(answer)
    order.refresh_from_db()
    assert order.area == "Springfield"
    fresh = order.updated_at.strftime("%Y-%m-%dT%H:%M:%S.%f%z")
    assert f'value="{fresh}"' in source_of(answer)
    assert desk.post(f"/orders/{order.pk}/address", typed | {"seen": fresh}).status_code == 302
    order.refresh_from_db()
    assert order.area == "Ogdenville"


def test_an_order_is_suspended_resumed_and_terminated(desk: Client, order: Order, assert_verified: Verified) -> None:
    for page, status in (("suspend", "Suspended"), ("resume", "Active")):
        assert desk.get(f"/orders/{order.pk}/{page}").status_code == 200
        for _ in range(2):
            desk.post(f"/orders/{order.pk}/{page}")
        assert f"Order N-2-1 {status}" in page_of(desk, order)
    today = today_in(order.provider.timezone)
    for _ in range(2):
        desk.post(
            f"/orders/{order.pk}/terminate", {"to_date": today, "replaced_by": get_order(order.provider, "N-2-2").pk}
        )
    words = page_of(desk, order)
    assert "Order N-2-1 Terminated" in words
    assert "Replaced by N-2-2" in words
    for offer in ("Suspend ", "Change price", "Terminate "):
        assert offer not in words
    answer = desk.post(f"/orders/{order.pk}/suspend")
    assert answer.status_code == 422
    assert "Order N-2-1 is terminated and stays so." in words_of(answer)
    assert_verified()


def test_a_pending_order_is_activated_with_its_first_day(
    desk: Client, north: Provider, assert_verified: Verified
) -> None:
    today = today_in(north.timezone)
    customer = get_order(north, "N-2-1").customer
    order = records.add_order(customer, "N-2-9", from_date=date(2026, 1, 15), status="pending")
    window = f"/orders/{order.pk}/resume"
    assert f'value="{today}"' in source_of(desk.get(window))
    answer = desk.post(window, {"from_date": today + timedelta(days=1)})
    assert answer.status_code == 422
    assert "an active order has begun" in words_of(answer)
    for _ in range(2):
        assert desk.post(window, {"from_date": "2026-01-20"}).status_code == 302
    words = page_of(desk, order)
    assert "Order N-2-9 Active" in words
    assert "Begins Jan 20, 2026" in words
    assert "Activated order N-2-9; its first day is Jan 20, 2026, planned was Jan 15, 2026" in words
    assert_verified()


def test_a_later_end_is_shown_and_can_be_taken_back(desk: Client, order: Order) -> None:
    later = today_in(order.provider.timezone) + timedelta(days=10)
    desk.post(f"/orders/{order.pk}/terminate", {"to_date": later})
    words = page_of(desk, order)
    assert "The order is terminated by itself once that day has passed." in words
    assert "Order N-2-1 Active" in words
    answer = desk.post(f"/orders/{order.pk}/keep", follow=True)
    assert "Order N-2-1 goes on." in words_of(answer)
    assert "terminated by itself" not in page_of(desk, order)


def test_only_orders_of_the_same_customer_can_replace_one(desk: Client, order: Order, north: Provider) -> None:
    form = desk.get(f"/orders/{order.pk}/replaced")
    assert "N-2-2 · DSL · Shelbyville · Active" in words_of(form)
    assert "N-1-1" not in words_of(form)
    answer = desk.post(f"/orders/{order.pk}/replaced", {"replaced_by": get_order(north, "N-1-1").pk})
    assert "Choose another order of the same customer." in words_of(answer)


def typed_order(customer: Customer, **typed: object) -> dict[str, object]:
    service = customer.provider.service_set.get(name="DSL").pk
    today = today_in(customer.provider.timezone)
    first = {"service": service, "number": "N-3-1", "area": "Springfield", "from_date": today, "status": "active"}
    return first | typed


def test_an_order_is_added_from_the_customers_page(desk: Client, north: Provider, assert_verified: Verified) -> None:
    cleo = get_customer(north, "N-3")
    form = desk.get(f"/customers/{cleo.pk}/orders/new")
    assert 'value="N-3-1"' in source_of(form)
    assert "DSL · $20.00" in words_of(form)
    for _ in range(2):
        answer = desk.post(f"/customers/{cleo.pk}/orders/new", typed_order(cleo))
        assert answer["Location"] == f"/customers/{cleo.pk}/orders"
    order = get_order(north, "N-3-1")
    assert (order.price_minor, order.status, order.area) == (2000, "active", "Springfield")
    desk.post(f"/customers/{cleo.pk}/orders/new", typed_order(cleo, number="N-3-2", price="0"))
    assert get_order(north, "N-3-2").price_minor == 0
    assert_verified()


def test_an_order_that_cannot_be_is_said_and_what_was_typed_stays(desk: Client, north: Provider) -> None:
    cleo = get_customer(north, "N-3")
    later = today_in(north.timezone) + timedelta(days=3)
    foreign = records.add_provider("south").service_set.get().pk
    for typed, said in (
        ({"number": "N-2-1"}, "There is an order N-2-1 already."),
        ({"number": ""}, "An order needs a number."),
        ({"service": ""}, "Choose a service."),
        ({"service": foreign}, "This service is not sold."),
        ({"price": "x"}, "“x” is not an amount."),
        ({"from_date": later}, "Add it as pending, and make it active when it begins."),
        ({"area": "A" * 101}, "The area has 101 characters"),
        ({"status": "terminated"}, "Select a valid choice."),
    ):
        answer = desk.post(f"/customers/{cleo.pk}/orders/new", typed_order(cleo, street="5 Elm St") | typed)
        assert answer.status_code == 422
        assert said in words_of(answer)
        assert 'value="5 Elm St"' in source_of(answer)
    close_customer(customer=cleo, staff_id=None)
    answer = desk.post(f"/customers/{cleo.pk}/orders/new", typed_order(cleo))
    assert "Customer N-3 is closed." in words_of(answer)
    assert not cleo.orders.exists()


def test_another_providers_order_is_not_there(desk: Client) -> None:
    stranger = records.add_customer(records.add_provider("south"), "S-1", name="Sue South")
    order = get_order(stranger.provider, "S-1-1")
    urls = [f"/orders/{order.pk}", *(f"/orders/{order.pk}/{page}" for page in CHANGES)]
    for url in [*urls, f"/customers/{stranger.pk}/orders/new", f"/orders/{10**30}"]:
        for ask in (desk.get, desk.post) if url != urls[0] else (desk.get,):
            answer = ask(url)
            assert answer.status_code in (404, 405)
            assert "Sue" not in words_of(answer)
    order.refresh_from_db()
    assert order.status == "active"


def test_who_may_only_read_is_told_who_can(vera: Client, order: Order) -> None:
    for url in [*(f"/orders/{order.pk}/{page}" for page in CHANGES), f"/customers/{order.customer_id}/orders/new"]:
        for ask in (vera.get, vera.post):
            answer = ask(url)
            assert answer.status_code == 403
            assert "A person with role agent, billing, manager or admin can." in words_of(answer)


def test_whatever_is_written_is_shown_as_text(desk: Client, north: Provider) -> None:
    script = "<script>alert(1)</script>"
    records.add_service(north, f"{script}S")
    customer = records.add_customer(north, "N-9", name=script, areas=[])
    order = records.add_order(customer, "<script>alert(2)", area=script, service=f"{script}S")
    other = records.add_order(customer, "<script>alert(3)", area=script)
    terminate_order(order=order, to_date=order.from_date, replaced_by=other, staff_id=None)
    for page in ("", *(f"/{page}" for page in CHANGES)):
        for each in (order, other):
            assert "<script>alert" not in source_of(desk.get(f"/orders/{each.pk}{page}"))
    assert "<script>alert" not in source_of(desk.get(f"/customers/{customer.pk}/orders/new"))


def test_the_number_of_queries_does_not_grow_with_the_order(desk: Client, north: Provider, order: Order) -> None:
    def count(each: Order) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(f"/orders/{each.pk}").status_code == 200
        return len(queries)

    count(order)
    before = count(order)
    staff_id = records.add_person(north, "billing").staff_id
    today = today_in(north.timezone)
    for number in range(30):
        change_price(order=order, price_minor=number, effective_from=today, staff_id=None)
    for other in (get_order(north, "N-2-2"), records.add_order(order.customer, "N-2-3")):
        set_order_status(order=other, status="suspended", staff_id=staff_id)
        set_replaced_by(order=other, replaced_by=order, staff_id=None)
    assert count(order) == before
    assert before <= 14
