"""The page of a run: who failed and why, retry, stop and resume, take back; and the pages of a single credit."""

import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, expect

from makegood.credits.models import Credit
from makegood.customers.selectors import get_customer
from makegood.providers.models import Membership, Provider
from makegood.runs.models import Run
from tests.browser import steps
from tests.browser.conftest import Open
from tests.support import records
from tests.support.records import funds, funds_of_all
from tests.web.walk_world import await_rest

SLOW = """
CREATE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.8); RETURN NULL; END';
CREATE TRIGGER slow AFTER INSERT ON credit_entry FOR EACH STATEMENT EXECUTE FUNCTION be_slow()
"""


def credited(manager: Membership, **asked: Any) -> Run:
    """A credit run that has ended, whoever worked it."""
    return await_rest(records.credit(manager, **asked))


def test_a_customer_who_fails_has_a_reason_and_can_be_retried(
    north: Provider, manager: Membership, open_page: Open, assert_verified: Callable[[], None]
) -> None:
    credited(manager, customers=[get_customer(north, "N2")], amount_minor=north.largest_funds_minor - 100)
    page = open_page(manager)
    page.goto("/customers")
    steps.tick(page, ["N1", "N2", "N3"])
    steps.rehearse(page, "5")
    expect(page.get_by_text("1 customer would have more than $10,000.00")).to_be_visible()
    run = run_of_three(page)
    page.get_by_role("navigation", name="Run").get_by_role("link", name="Customers").click()
    expect(steps.row_of(page, "N2")).to_contain_text(re.compile("Available Funds"))

    Provider.objects.filter(pk=north.pk).update(largest_funds_minor=2 * north.largest_funds_minor)
    page.goto(f"/runs/{run}")
    page.get_by_role("button", name="Retry the failed").click()
    expect(page.get_by_text("3 selected = 3 credited + 0 skipped + 0 failed + 0 waiting")).to_be_visible()
    assert funds(north, "N1") == 500, "the others are not credited again"
    assert funds(north, "N2") == north.largest_funds_minor + 400
    assert_verified()


def run_of_three(page: Page) -> int:
    steps.add_credit(page)
    expect(page.get_by_text("3 selected = 2 credited + 0 skipped + 1 failed + 0 waiting")).to_be_visible()
    return steps.run_of(page)


def test_progress_is_live_and_a_run_is_stopped_and_resumed(
    north: Provider,
    manager: Membership,
    open_page: Open,
    owner: psycopg.Connection,
    assert_verified: Callable[[], None],
) -> None:
    owner.execute(SLOW.encode())
    try:
        page = open_page(manager)
        page.goto("/customers")
        steps.select_all(page)
        steps.rehearse(page, "2")
        page.get_by_role("button", name=re.compile("^Add Credit")).click()
        expect(page.get_by_role("progressbar")).to_be_visible()
        page.get_by_role("button", name="Stop").click()
        steps.await_state(page, "Stopped")
        expect(page.get_by_text("are still waiting and have not been credited")).to_be_visible()
        booked = sum(funds_of_all(north).values())
        assert booked < 72 * 200
    finally:
        owner.execute("DROP FUNCTION be_slow CASCADE")
    page.get_by_role("button", name="Resume").click()
    steps.await_state(page, "Finished")
    assert sum(funds_of_all(north).values()) == 72 * 200
    assert_verified()


def test_a_whole_run_is_taken_back_after_its_own_preview(
    north: Provider, manager: Membership, open_page: Open, assert_verified: Callable[[], None]
) -> None:
    run = credited(manager, area="Shelbyville", amount_minor=700)
    page = open_page(manager)
    page.goto(f"/runs/{run.pk}")
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("What would be taken back")).to_be_visible()
    expect(page.locator("dl.figures")).to_contain_text("$84.00")
    assert sum(funds_of_all(north).values()) == 12 * 700, "nothing is taken by the preview"
    page.get_by_role("button", name=re.compile("^Take back \\$84.00")).click()
    steps.await_state(page, "Finished")
    assert set(funds_of_all(north).values()) == {0}
    page.goto(f"/runs/{run.pk}")
    expect(page.get_by_text("What happened since")).to_be_visible()
    assert_verified()


def test_one_customer_is_credited_from_the_customers_page(north: Provider, clerk: Membership, open_page: Open) -> None:
    page = open_page(clerk)
    page.goto(f"/customers/{get_customer(north, 'N5').pk}")
    page.get_by_role("link", name="Add Credit").click()
    window = page.get_by_role("dialog")
    window.get_by_label("Amount").fill("7")
    steps.go_on_to_rehearsal(page)
    steps.add_credit(page)
    assert funds(north, "N5") == 700


def test_a_credit_is_edited_and_its_history_says_so(
    north: Provider, manager: Membership, open_page: Open, assert_verified: Callable[[], None]
) -> None:
    credited(manager, customers=[get_customer(north, "N1")], amount_minor=1000, description="Outage")
    credit = Credit.objects.get(customer__number="N1", provider=north)
    page = open_page(manager)
    page.goto(f"/credits/{credit.pk}")
    page.get_by_role("link", name="Edit", exact=True).click()
    window = page.get_by_role("dialog")
    window.get_by_label("Amount").fill("8.50")
    window.get_by_label("Description").fill("Outage of 3 March")
    expect(window.locator("#change-preview")).to_contain_text("$8.50")
    assert funds(north, "N1") == 1000, "the preview books nothing"
    window.get_by_role("button", name="Save change").click()
    expect(page.get_by_text("The credit is changed.")).to_be_visible()
    expect(page.locator("ol.timeline")).to_contain_text("$8.50")
    expect(page.locator("ol.timeline")).to_contain_text("Outage of 3 March")
    assert funds(north, "N1") == 850
    assert_verified()


def test_a_credit_is_voided(
    north: Provider, manager: Membership, open_page: Open, assert_verified: Callable[[], None]
) -> None:
    credited(manager, customers=[get_customer(north, "N1")], amount_minor=1000)
    credit = Credit.objects.get(customer__number="N1", provider=north)
    page = open_page(manager)
    page.goto(f"/credits/{credit.pk}")
    page.get_by_role("link", name="Void", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Void credit").dblclick()
    expect(page.get_by_text("$10.00 of the credit is taken back.")).to_be_visible()
    assert funds(north, "N1") == 0
    assert_verified()


@pytest.mark.parametrize("way", ["narrow", "dark", "keyboard"])
def test_the_main_job_in_a_narrow_window_in_the_dark_and_by_keyboard(
    north: Provider, clerk: Membership, open_page: Open, way: str
) -> None:
    if way == "keyboard":
        page = open_page(clerk)
        page.goto("/customers?number=N1&number=N2")
        steps.reach(page, "Select the 2 customers of this page", " ")
        expect(page.get_by_text("2 customers selected")).to_be_visible()
        steps.reach(page, "Add customer credit", "Enter")
        expect(page.get_by_role("dialog").get_by_label("Amount")).to_be_focused()
        page.keyboard.type("6")
        steps.reach(page, "Continue to rehearsal", "Enter")
        steps.run_of(page)
        expect(page.locator("#rehearsal dl.figures")).to_be_visible()
        steps.reach(page, "Add Credit to 2 customers", "Enter")
        steps.await_state(page, "Finished")
    else:
        options = {"width": 360} if way == "narrow" else {"color_scheme": "dark"}
        page = open_page(clerk, **options)
        page.goto("/customers?number=N1&number=N2")
        steps.tick(page, ["N1", "N2"])
        steps.rehearse(page, "6")
        steps.look_for_barriers(page, narrow=way == "narrow")
        steps.add_credit(page)
        steps.look_for_barriers(page, narrow=way == "narrow")
    assert [funds(north, number) for number in ("N1", "N2", "N3")] == [600, 600, 0]
