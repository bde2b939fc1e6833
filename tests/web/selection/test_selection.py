"""Ticking rows of both lists in a browser, and the bar that says what is selected."""

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from makegood.customers.models import Customer
from makegood.orders.models import Order
from makegood.providers.models import Membership, Provider
from makegood.providers.services import set_end_customer_billing
from makegood.runs.models import Selection
from makegood.runs.selectors import count_selected, find_current_selection
from tests.support import records
from tests.web.people import Browser
from tests.web.reading import PARTIAL, Answer, source_of, words_of

BAR = PARTIAL | {"HX-Target": "selection"}


@pytest.fixture
def billing(north: Provider) -> Membership:
    return records.add_person(north, "billing")


@pytest.fixture
def bill(billing: Membership, browser: Browser) -> Client:
    """The browser of a billing clerk at North Fiber."""
    return browser(billing)


def pk_of(number: str) -> int:
    return Customer.objects.get(number=number).pk


def ask(client: Client, action: str, list_name: str = "customers", **values: Any) -> Answer:
    shown = ",".join(str(pk) for pk in Customer.objects.order_by("pk").values_list("pk", flat=True))
    return client.post(f"/selection/{list_name}/{action}", {"shown": shown, **values}, headers=BAR)


def tick(client: Client, *numbers: str, on: str = "yes", query: str = "") -> Answer:
    return ask(client, "tick", tick=",".join(str(pk_of(number)) for number in numbers), on=on, query=query)


def selected_in(answer: Answer) -> set[str]:
    """The numbers of the customers that an answer calls selected."""
    listed = re.search(r'data-selected="([\d,]*)"', source_of(answer))
    assert listed is not None
    keys = [int(key) for key in listed[1].split(",") if key]
    return set(Customer.objects.filter(pk__in=keys).values_list("number", flat=True))


def ticked_in(answer: Answer) -> list[int]:
    boxes = re.findall(r'<input type="checkbox" name="record" value="(\d+)"[^>]*>', source_of(answer))
    checked = re.findall(r'<input type="checkbox" name="record" value="(\d+)"[^>]* checked>', source_of(answer))
    assert len(boxes) >= len(checked)
    return [int(key) for key in checked]


def test_a_list_offers_ticks_and_says_that_nothing_is_selected(bill: Client) -> None:
    page = bill.get("/customers")
    assert source_of(page).count("data-tick ") == 3
    assert "No customer is selected" in words_of(page)
    assert "Select all 3 customers" in words_of(page)
    assert 'id="selection-credit"' not in source_of(page)


def test_ticks_are_kept_over_pages_sorting_and_tabs(bill: Client) -> None:
    answer = tick(bill, "N-1", "N-3")
    assert "2 customers selected" in words_of(answer)
    assert selected_in(answer) == {"N-1", "N-3"}
    for address in ("/customers", "/customers?sort=-name", "/customers?q=o"):
        page = bill.get(address)
        assert "2 customers selected" in words_of(page)
    assert sorted(ticked_in(bill.get("/customers?sort=-name"))) == [pk_of("N-1"), pk_of("N-3")]
    assert "1 customer selected" in words_of(tick(bill, "N-3", on="no"))


def test_the_bar_leads_to_the_credit_window(bill: Client) -> None:
    answer = tick(bill, "N-1")
    assert 'data-window hx-boost="false" href="/customers/credits/new"' in source_of(answer)
    assert "Add customer credit" in words_of(answer)


def test_all_on_the_page_are_not_all_that_match(bill: Client, north: Provider) -> None:
    records.add_customers(north, 70, prefix="X", area="Ogdenville")
    page = bill.get("/customers?area=Ogdenville")
    shown = re.findall(r'name="record" value="(\d+)"', source_of(page))
    answer = bill.post(
        "/selection/customers/tick",
        {"tick": ",".join(shown), "on": "yes", "shown": ",".join(shown), "query": "?area=Ogdenville"},
        headers=BAR,
    )
    assert "50 customers selected : all on this page" in words_of(answer)
    assert "Select all customers that match" in words_of(answer)
    assert "Select all 70 customers that match" in words_of(bill.get("/customers?area=Ogdenville"))


def test_all_that_match_except_some(bill: Client) -> None:
    answer = ask(bill, "all", query="?area=Springfield&sort=-name")
    assert "that match Area: Springfield are selected" in words_of(answer)
    assert selected_in(answer) == {"N-1", "N-2"}
    assert "Select all" not in words_of(answer)
    answer = tick(bill, "N-2", on="no", query="?area=Springfield")
    assert "that match Area: Springfield are selected, except 1" in words_of(answer)
    assert selected_in(answer) == {"N-1"}
    assert words_of(bill.get("/selection/customers/count", headers=BAR)) == "2"


def test_another_tab_says_what_is_selected_and_leads_to_it(bill: Client) -> None:
    ask(bill, "all", query="?area=Springfield&type=business")
    page = bill.get("/customers?area=Shelbyville")
    assert "that match Area: Springfield, Type: Business are selected" in words_of(page)
    assert '<a href="/customers?area=Springfield&amp;type=business"' in source_of(page)
    seen = bill.get("/selection/customers", {"query": "?area=Shelbyville", "shown": str(pk_of("N-2"))}, headers=BAR)
    assert selected_in(seen) == {"N-2"}


def test_who_does_not_match_is_not_added_and_nothing_is_lost(bill: Client) -> None:
    ask(bill, "all", query="?area=Springfield")
    answer = tick(bill, "N-3")
    assert "1 customer does not match that filter and was not added. Clear the selection" in words_of(answer)
    assert selected_in(answer) == {"N-1", "N-2"}


def test_ticks_that_do_not_match_are_named_when_all_that_match_are_selected(bill: Client) -> None:
    tick(bill, "N-1", "N-3")
    answer = ask(bill, "all", query="?area=Springfield")
    assert "1 customer ticked before is not among them." in words_of(answer)


def test_clearing(bill: Client, billing: Membership) -> None:
    ask(bill, "all")
    assert "No customer is selected" in words_of(ask(bill, "clear"))
    assert find_current_selection(billing, "customers") is None


def test_a_filter_that_cannot_be_used_any_more_is_said(bill: Client, billing: Membership) -> None:
    ask(bill, "all", query="?area=Shelbyville")
    Selection.objects.filter(is_current=True).update(filter={"area": ["Gone"]})
    page = bill.get("/customers")
    assert page.status_code == 200
    assert "has no order with the area “Gone”" in words_of(page)
    assert 'id="selection-credit"' not in source_of(page)
    assert words_of(bill.get("/selection/customers/count", headers=BAR)) == ""
    assert "No customer is selected" in words_of(ask(bill, "clear"))


def test_a_filter_that_cannot_be_used_selects_nobody(bill: Client) -> None:
    tick(bill, "N-1")
    answer = ask(bill, "all", query="?colour=red")
    assert "Nothing was changed. There is no filter “colour”." in words_of(answer)
    assert selected_in(answer) == {"N-1"}


def test_three_thousand_rows_one_page_after_the_other(
    bill: Client, billing: Membership, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    many = [str(customer.pk) for customer in records.add_customers(billing.provider, 3000, prefix="X")]
    tick(bill, "N-1")
    for start in range(0, 3000, 500):
        rows = ",".join(many[start : start + 500])
        with django_assert_max_num_queries(13):
            bill.post("/selection/customers/tick", {"tick": rows, "on": "yes", "shown": rows}, headers=BAR)
    assert "3,001 customers selected" in words_of(bill.get("/customers"))


class TestOrders:
    def test_orders_have_a_selection_of_their_own(self, bill: Client, billing: Membership) -> None:
        order = Order.objects.get(number="N-2-2")
        answer = ask(bill, "tick", "orders", tick=order.pk, on="yes")
        assert "1 order selected" in words_of(answer)
        assert 'href="/orders/credits/new"' in source_of(answer)
        assert ticked_in(bill.get("/orders")) == [order.pk]
        assert "No customer is selected" in words_of(bill.get("/customers"))


class TestWithoutJavaScript:
    def test_the_ticks_of_a_page_are_sent_as_a_form(self, bill: Client, billing: Membership) -> None:
        tick(bill, "N-3")
        shown = f"{pk_of('N-1')},{pk_of('N-2')}"
        answer = bill.post(
            "/selection/customers/page", {"shown": shown, "record": [pk_of("N-2")], "query": "?area=Springfield"}
        )
        assert answer["Location"] == "/customers?area=Springfield"
        selection = find_current_selection(billing, "customers")
        assert selection is not None
        assert count_selected(selection) == 2
        assert ticked_in(bill.get("/customers?area=Springfield")) == [pk_of("N-2")]
        assert "Select the ticked rows" in source_of(bill.get("/customers"))

    def test_what_could_not_be_added_is_said_on_the_list(self, bill: Client) -> None:
        ask(bill, "all", query="?area=Springfield")
        answer = bill.post("/selection/customers/page", {"shown": pk_of("N-3"), "record": pk_of("N-3")}, follow=True)
        assert "1 customer does not match that filter and was not added." in words_of(answer)

    @pytest.mark.parametrize("action", ["all", "clear"])
    def test_every_choice_leads_back_to_the_list(self, bill: Client, action: str) -> None:
        answer = bill.post(f"/selection/customers/{action}", {"query": "?q=ann&sort=-name"})
        assert answer["Location"] == "/customers?q=ann&sort=-name"

    @pytest.mark.parametrize("query", ["//evil.example/", "https://evil.example/", "?next=//evil.example"])
    def test_no_address_leads_elsewhere(self, bill: Client, query: str) -> None:
        answer = bill.post("/selection/customers/clear", {"query": query})
        assert answer["Location"].startswith("/customers")


class TestWhoMay:
    @pytest.mark.parametrize("role", ["viewer", "admin"])
    def test_who_gives_no_credits_has_nothing_to_tick(self, north: Provider, browser: Browser, role: str) -> None:
        client = browser(records.add_person(north, role))
        assert "data-tick" not in source_of(client.get("/customers"))
        assert ask(client, "all").status_code == 403
        assert client.get("/selection/customers", headers=BAR).status_code == 403
        assert not Selection.objects.exists()

    def test_an_agent_credits_one_at_a_time(self, north: Provider, browser: Browser) -> None:
        client = browser(records.add_person(north, "agent"))
        assert 'id="selection-credit"' in source_of(tick(client, "N-1"))
        answer = tick(client, "N-2")
        assert "With your role, one customer at a time can be credited" in words_of(answer)
        assert 'id="selection-credit"' not in source_of(answer)
        assert 'id="selection-credit"' not in source_of(ask(client, "all"))

    def test_while_billing_is_off_nothing_is_ticked(self, north: Provider, bill: Client) -> None:
        set_end_customer_billing(provider=north, on=False, staff_id=None)
        assert "data-tick" not in source_of(bill.get("/customers"))
        assert tick(bill, "N-1").status_code == 403


class TestTamperedRequests:
    def test_another_providers_records_are_nobodys(self, bill: Client, billing: Membership) -> None:
        south = records.add_provider("south")
        stranger = records.add_customer(south, "S-1", name="Zoe Zimmer")
        answer = ask(bill, "tick", tick=stranger.pk, on="yes")
        assert "No customer is selected" in words_of(answer)
        assert "Zoe" not in source_of(answer)
        seen = bill.get("/selection/customers", {"shown": str(stranger.pk)}, headers=BAR)
        assert selected_in(seen) == set()

    @pytest.mark.parametrize("text", ["", "x", "-1", "1.5", "9" * 40, "1,,2", "٣", "0", "'; DROP TABLE"])
    def test_what_is_no_number_is_nobodys_record(self, bill: Client, text: str) -> None:
        assert ask(bill, "tick", tick=text, on="yes").status_code == 200

    @pytest.mark.parametrize("list_name", ["runs", "credits", "nothing", "Customers"])
    def test_other_lists_do_not_exist(self, bill: Client, list_name: str) -> None:
        assert ask(bill, "all", list_name).status_code == 404

    @pytest.mark.parametrize("action", ["tick", "page", "all", "clear"])
    def test_changes_are_posted(self, bill: Client, action: str) -> None:
        assert bill.get(f"/selection/customers/{action}").status_code == 405

    def test_markup_in_a_filter_stays_text(self, bill: Client) -> None:
        answer = ask(bill, "all", query="?name=%3Cscript%3Ealert(1)%3C/script%3E")
        assert "<script>alert" not in source_of(answer)
        assert "&lt;script&gt;alert(1)" in source_of(answer)
