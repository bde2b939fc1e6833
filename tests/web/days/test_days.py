"""The list of days, and where a suspension for late payment is shown."""

from datetime import date

import pytest
from django.test import Client

from makegood.ledger.models import GLCode
from makegood.orders.models import Order
from makegood.providers.models import Membership, Provider
from tests.days.living import NEW_YEAR, add_north, live, work
from tests.support.billing import on_day, order_of
from tests.support.records import add_person
from tests.web.people import open_browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider() -> Provider:
    return add_north()


@pytest.fixture
def manager(provider: Provider) -> Membership:
    return add_person(provider, "manager")


@pytest.fixture
def browser(manager: Membership) -> Client:
    return open_browser(manager)


def test_before_the_first_day_the_list_says_how_days_begin(browser: Client) -> None:
    page = browser.get("/days")
    assert "No day has been worked yet" in page.text


def test_each_day_says_what_it_did(provider: Provider, browser: Client) -> None:
    live(provider, NEW_YEAR, date(2026, 1, 20))
    rows = browser.get("/days.csv").getvalue().decode("utf-8-sig").splitlines()
    head, newest, *_ = rows
    assert head.startswith("Day,Result,Invoices,Billed (USD),")
    assert newest.startswith("2026-01-20,Finished,,,,,,14.00,")
    assert "2026-01-01,Finished,2,40.00," in rows[-1]
    assert "$14.00" in browser.get("/days").text


def test_a_day_that_waits_says_for_what_and_leads_there(
    provider: Provider, manager: Membership, browser: Client
) -> None:
    GLCode.objects.filter(type="tax").update(active=False)
    work(provider, NEW_YEAR)
    page = browser.get("/days?finished=no").text
    assert "Waits" in page
    assert "Issue invoices: North has no active GL code of type tax." in page
    assert 'href="/days"' in browser.get("/notifications").text


def test_days_can_be_filtered_by_failure_and_date(provider: Provider, browser: Client) -> None:
    live(provider, NEW_YEAR, date(2026, 1, 4))
    assert "4 days" in browser.get("/days").text
    page = browser.get("/days?failed=yes").text
    assert "Jan 2, 2026" not in page
    page = browser.get("/days?day_min=2026-01-03&failed=no").text
    assert "Jan 3, 2026" in page
    assert "Jan 2, 2026" not in page


def test_while_billing_was_off_the_day_says_so(provider: Provider, browser: Client) -> None:
    Provider.objects.update(end_customer_billing=False)
    work(provider, NEW_YEAR)
    assert "End Customer Billing was off." in browser.get("/days").text


def test_a_suspension_for_late_payment_is_seen_and_found(provider: Provider, browser: Client) -> None:
    order = order_of(provider, "C1-1")
    Order.objects.filter(pk=order.pk).update(status="suspended", suspended_late_on=date(2026, 2, 14))
    with on_day(date(2026, 2, 15)):
        page = browser.get(f"/orders/{order.pk}").text
        assert "Suspended because the customer is late with paying." in page
        assert "for late payment" in page
        customer = browser.get(f"/customers/{order.customer_id}").text
        assert "/orders?customer=C1&amp;suspended_late=yes" in customer
        found = browser.get("/orders?suspended_late=yes").text
    assert "C1-1" in found
    assert "C2-1" not in found


def test_what_a_day_did_not_do_is_marked_so_that_cards_leave_it_out(provider: Provider, browser: Client) -> None:
    live(provider, NEW_YEAR, date(2026, 1, 2))
    page = browser.get("/days").text
    assert '<td role="cell" data-column="suspended" data-label="Suspended" class="number"><span class="none">—' in page


def test_the_rows_of_a_list_have_another_name_than_the_list(provider: Provider, browser: Client) -> None:
    live(provider, NEW_YEAR, date(2026, 1, 2))
    page = browser.get("/days").text
    assert page.count('aria-labelledby="list-title"') == 1
    assert 'role="region" aria-label="Rows of the list"' in page
