"""The charge window and what follows: charged once, seen on the customer's page, cancelled."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from makegood.providers.models import Membership, Provider
from makegood.transaction_templates.services import add_template
from tests.browser import steps
from tests.browser.conftest import Open
from tests.browser.watch import find_barriers
from tests.support import charges

CHARGE = "Add customer charge"


@pytest.fixture
def page(clerk: Membership, open_page: Open) -> Page:
    """The clerk's browser on the Customer List, with N1 and N2 ticked."""
    page = open_page(clerk)
    page.goto("/customers")
    steps.tick(page, ["N1", "N2"])
    return page


def open_window(page: Page) -> None:
    page.get_by_role("link", name=CHARGE).click()
    expect(page.get_by_role("dialog").get_by_label("Amount")).to_be_visible()


def test_two_customers_are_charged_once_and_the_run_is_cancelled(
    page: Page, north: Provider, assert_verified: Callable[[], None]
) -> None:
    open_window(page)
    window = page.get_by_role("dialog")
    window.get_by_label("Amount").fill("45")
    expect(window.get_by_text("2 × $45.00 = $90.00")).to_be_visible()
    page.get_by_role("button", name=steps.TO_REHEARSAL).click()
    expect(window.locator(".field-wrong .errorlist")).to_contain_text("A description is needed")
    assert find_barriers(page) == []
    window.get_by_label("Description").fill("Technician visit")
    page.get_by_role("button", name=steps.TO_REHEARSAL).dblclick()
    steps.run_of(page)
    assert find_barriers(page) == []
    page.get_by_role("button", name=re.compile("^Add Charge")).dblclick()
    steps.await_state(page, "Finished")
    assert [amount for _, amount, _ in charges.charges_of_all(north)] == [4500, 4500]
    assert find_barriers(page) == []
    page.get_by_role("button", name="Cancel charges …").click()
    page.get_by_role("button", name="Cancel 2 charges").click()
    steps.await_state(page, "Finished")
    assert {state for *_, state in charges.charges_of_all(north)} == {"cancelled"}
    assert_verified()


def test_a_template_fills_the_window_but_not_over_what_was_typed(page: Page, north: Provider) -> None:
    add_template(
        provider=north, name="Visit", direction="charge", amount_minor=4500, description="Technician visit",
        staff_id=None,
    )  # fmt: skip
    open_window(page)
    window = page.get_by_role("dialog")
    window.get_by_label("Description").fill("My own words")
    window.get_by_label("Copy from Template").select_option("Visit")
    expect(window.get_by_label("Amount")).to_have_value("45.00")
    expect(window.get_by_label("Description")).to_have_value("My own words")
    expect(window.get_by_text("The template says Technician visit")).to_be_visible()


def test_a_waiting_charge_is_cancelled_on_the_customers_page(page: Page, clerk: Membership, north: Provider) -> None:
    charges.charge(clerk)
    page.get_by_role("link", name="N1", exact=True).click()
    panel = page.locator("#waiting-charges")
    expect(panel.get_by_text("Technician visit")).to_be_visible()
    assert find_barriers(page) == []
    panel.get_by_role("link", name=re.compile("^Cancel charge")).click()
    window = page.get_by_role("dialog")
    expect(window.get_by_text("will not be billed")).to_be_visible()
    assert find_barriers(page) == []
    window.get_by_role("button", name="Cancel charge").click()
    expect(page.get_by_text("is cancelled and will not be billed")).to_be_visible()
    expect(panel.get_by_text("No charge waits for the next invoice.")).to_be_visible()
