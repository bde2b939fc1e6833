"""The invoice run by page: billing is set up, drafts are made, reviewed and issued, an invoice is opened."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from makegood.customers.selectors import get_customer
from makegood.days.services.work_day import work_days
from makegood.invoices.models import Invoice
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider
from tests.browser import steps
from tests.browser.conftest import Open
from tests.support import billing, records
from tests.web.walk_world import await_rest


@pytest.fixture
def three(new_provider: Callable[..., Provider]) -> Provider:
    """Three customers of DSL at 20.00, of whom the first has Available Funds of 5.00."""
    provider = new_provider()
    records.add_customers(provider, 3, prefix="N")
    clerk = records.add_person(provider, "billing")
    await_rest(records.credit(clerk, customers=[get_customer(provider, "N1")], amount_minor=500))
    # The day has been worked, so that nothing but what is asked for here makes invoices.
    work_days(provider=provider)
    return provider


def set_up_billing(page: Page, first_day: date) -> None:
    page.goto("/settings/billing")
    expect(page.get_by_text("No invoices are made yet.")).to_be_visible()
    page.locator("section", has_text="Draft review").get_by_role("link", name="Edit").click()
    window = page.get_by_role("dialog")
    window.get_by_label("Invoices from").fill(first_day.isoformat())
    window.get_by_label("First number").fill("1001")
    window.get_by_role("radio", name=re.compile("^On ")).check()
    window.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The billing settings are saved.")).to_be_visible()
    expect(page.get_by_text("1001")).to_be_visible()


def make_drafts(page: Page) -> int:
    page.goto("/invoices")
    expect(page.get_by_text("No invoice has been made yet")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Make invoices").first.click()
    window = page.get_by_role("dialog")
    expect(window.get_by_text("Every customer with something to bill")).to_be_visible()
    window.get_by_role("button", name="Make drafts").click()
    return steps.run_of(page)


def test_settings_drafts_review_issue_invoice(
    three: Provider, open_page: Open, assert_verified: Callable[[], None]
) -> None:
    set_up_billing(open_page(records.add_person(three, "admin")), today_of(three).replace(day=1))

    page = open_page(records.add_person(three, "manager"))
    run = make_drafts(page)
    expect(page.get_by_text("Nothing is billed yet")).to_be_visible()
    expect(page.locator("#rehearsal dl.figures").first).to_contain_text("$60.00")
    page.get_by_role("link", name=re.compile("^Draft of ")).first.click()
    expect(page.get_by_role("heading", name="Draft invoice")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Issue 3 invoices").click()
    steps.await_state(page, "Finished")
    expect(page.get_by_text("3 selected = 3 invoiced + 0 skipped + 0 failed + 0 waiting")).to_be_visible()

    page.get_by_role("link", name="Show the 3 invoices").click()
    expect(page.locator("#list-count")).to_have_text("3 invoices")
    page.get_by_role("link", name="1001", exact=True).click()
    expect(page.get_by_role("heading", name="Invoice 1001")).to_be_visible()
    expect(page.get_by_text(re.compile("Available Funds of .5.00 will be used on"))).to_be_visible()
    page.get_by_text("More", exact=True).click()
    document = page.request.get(str(page.get_by_role("link", name="PDF").get_attribute("href")))
    assert (document.status, document.headers["content-type"]) == (200, "application/pdf")
    assert document.body().startswith(b"%PDF-")

    page.get_by_role("button", name="Apply now").click()
    expect(page.get_by_text("Available Funds of $5.00 are used for this invoice.")).to_be_visible()
    bell = steps.open_bell(page)
    bell.get_by_text(f"Invoice run {run} finished").click()
    page.wait_for_url(re.compile(f"/runs/{run}$"))
    assert Invoice.objects.get(provider=three, number=1001).due_minor == 1500
    assert_verified()


def test_the_window_and_the_review_keep_nobody_out(three: Provider, open_page: Open) -> None:
    billing.set_up_billing(three, invoices_from=today_of(three).replace(day=1), review_drafts=True)
    page = open_page(records.add_person(three, "manager"), width=360)
    page.goto("/invoices/new")
    steps.look_for_barriers(page, narrow=True)
    page.get_by_role("button", name="Make drafts").click()
    steps.run_of(page)
    expect(page.get_by_role("button", name="Issue 3 invoices")).to_be_visible()
    steps.look_for_barriers(page, narrow=True)
    page.emulate_media(color_scheme="dark")
    page.evaluate("Promise.allSettled(document.getAnimations().map((each) => each.finished))")
    steps.look_for_barriers(page, narrow=True)
