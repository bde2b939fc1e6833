"""The main job in a real browser: list, selection, credit window, rehearsal, Add Credit, notification."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from makegood.providers.models import Membership, Provider
from makegood.providers.services import add_staff
from tests.browser import steps
from tests.browser.conftest import Open
from tests.support.records import add_customer, add_customers, funds, funds_of_all
from tests.web.people import PASSWORD


@pytest.mark.parametrize("list_name", ["customers", "orders"])
def test_from_log_in_to_the_notification(
    north: Provider, open_page: Open, assert_verified: Callable[[], None], list_name: str
) -> None:
    email = f"clerk@{north.slug}.example"
    add_staff(provider=north, email=email, role="billing", password=PASSWORD, name="Bilal Haddad")
    page = open_page()
    page.goto("/login")
    steps.log_in(page, email, PASSWORD)
    page.get_by_role("link", name=list_name.capitalize(), exact=True).click()
    numbers = ["N1", "N2", "N3"] if list_name == "customers" else ["N1-1", "N2-1", "N3-1"]
    steps.tick(page, numbers)
    expect(page.get_by_text(f"3 {list_name} selected")).to_be_visible()

    window = steps.open_window(page)
    expect(window.get_by_text("3 customers")).to_be_visible()
    window.get_by_label("Amount").fill("12.5")
    expect(window.get_by_text("3 × $12.50 = $37.50")).to_be_visible()
    window.get_by_label("Description").fill("Outage of 3 March")
    run = steps.go_on_to_rehearsal(page)
    expect(page.locator("dl.figures")).to_contain_text("$37.50")
    assert funds(north, "N1") == 0, "nothing is booked by a rehearsal"

    steps.add_credit(page)
    expect(page.get_by_text("3 selected = 3 credited + 0 skipped + 0 failed + 0 waiting")).to_be_visible()
    expect(page.get_by_text("sum of the run’s entries = its journal lines")).to_be_visible()
    assert [funds(north, number) for number in ("N1", "N2", "N3", "N4")] == [1250, 1250, 1250, 0]

    page.goto("/customers")
    newest = steps.open_bell(page)
    newest.get_by_role("link", name=re.compile(f"run {run}", re.IGNORECASE)).first.click()
    assert steps.run_of(page) == run
    expect(page.get_by_role("button", name="Notifications", exact=True)).to_be_visible()
    assert_verified()


@pytest.mark.parametrize(("list_name", "heading"), [("customers", "Customer 1"), ("orders", "N1-1")])
def test_a_row_leads_to_its_record_and_back(clerk: Membership, open_page: Open, list_name: str, heading: str) -> None:
    page = open_page(clerk)
    page.goto(f"/{list_name}?q=N1")
    page.get_by_role("row").nth(1).get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text(list_name.capitalize())
    expect(page).to_have_url(f"/{list_name}?q=N1")


def test_all_that_match_except_a_few(north: Provider, clerk: Membership, open_page: Open) -> None:
    page = open_page(clerk)
    page.goto("/customers?area=Springfield")
    steps.select_all(page)
    expect(page.get_by_text(re.compile("All 60 customers that match"))).to_be_visible()
    for number in ("N1", "N10"):
        steps.row_of(page, number).get_by_role("checkbox").uncheck()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("Rows 51–60")).to_be_visible()
    last_row = page.get_by_role("row").last.get_by_role("checkbox")
    expect(last_row).to_be_checked()
    last_row.uncheck()
    expect(page.get_by_text(re.compile("are selected, except 3"))).to_be_visible()

    steps.rehearse(page, "5")
    expect(page.locator("dl.figures")).to_contain_text("$285.00")
    steps.add_credit(page)
    credited = funds_of_all(north)
    assert sum(credited.values()) == 57 * 500
    assert credited["N1"] == credited["N10"] == credited["S1"] == 0


def test_the_window_waits_for_ticks_that_are_still_on_their_way(clerk: Membership, open_page: Open) -> None:
    page = open_page(clerk)
    page.goto("/customers")
    steps.tick(page, ["N1"])

    def arrive_late(route: Route) -> None:
        time.sleep(0.7)
        route.continue_()

    page.route("**/selection/customers/tick", arrive_late)
    for number in ("N2", "N3"):
        steps.row_of(page, number).get_by_role("checkbox").check()
    expect(steps.open_window(page).get_by_text("3 customers")).to_be_visible()


def test_the_selection_outlives_paging_sorting_and_another_tab(clerk: Membership, open_page: Open) -> None:
    page = open_page(clerk)
    page.goto("/customers")
    steps.tick(page, ["N1", "N2"])
    expect(page.get_by_text("2 customers selected")).to_be_visible()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("Rows 51–72")).to_be_visible()
    expect(page.get_by_text("2 customers selected")).to_be_visible()
    page.get_by_role("columnheader", name="Name").get_by_role("link").click()
    expect(steps.row_of(page, "N2").get_by_role("checkbox")).to_be_checked()
    other_tab = page.context.new_page()
    other_tab.goto("/customers")
    expect(other_tab.get_by_text("2 customers selected")).to_be_visible()
    other_tab.get_by_role("button", name="Clear").click()
    expect(other_tab.get_by_text("No customer is selected")).to_be_visible()
    page.reload()
    expect(page.get_by_text("No customer is selected")).to_be_visible()


@pytest.mark.parametrize(("choice", "credited"), [("One per customer", 500), ("One per order", 1000)])
def test_orders_credited_once_for_each_customer_or_for_each_order(
    new_provider: Callable[..., Provider],
    open_page: Open,
    assert_verified: Callable[[], None],
    choice: str,
    credited: int,
) -> None:
    provider = new_provider()
    add_customer(provider, "A1", areas=["Bay", "Bay"])
    add_customers(provider, 3, prefix="B", area="Bay")
    clerk = add_staff(provider=provider, email=f"c@{provider.slug}.example", role="billing", password=None)
    page = open_page(clerk)
    page.goto("/orders?area=Bay")
    steps.select_all(page)
    window = steps.open_window(page)
    expect(window.get_by_text("5 orders of 4 customers")).to_be_visible()
    window.get_by_text(choice).click()
    window.get_by_label("Amount").fill("5")
    total = "5 × $5.00 = $25.00" if choice == "One per order" else "4 × $5.00 = $20.00"
    expect(window.get_by_text(total)).to_be_visible()
    steps.go_on_to_rehearsal(page)
    steps.add_credit(page)
    assert funds(provider, "A1") == credited
    assert funds(provider, "B1") == 500
    assert_verified()


def test_a_notification_arrives_while_one_is_elsewhere(north: Provider, clerk: Membership, open_page: Open) -> None:
    page = open_page(clerk)
    page.goto("/customers?area=Shelbyville")
    elsewhere = page.context.new_page()
    elsewhere.goto("/customers")
    steps.select_all(page)
    run = steps.rehearse(page, "1")
    steps.add_credit(page)
    toast = elsewhere.locator("[data-toast]").get_by_role("link", name=re.compile(f"run {run}", re.IGNORECASE))
    elsewhere.bring_to_front()
    expect(toast).to_be_visible(timeout=60_000)
    toast.click()
    assert steps.run_of(elsewhere) == run
