"""The phone rings: why the bill is what it is, which credit paid it, who gave that; and the statement to send."""

from contextlib import suppress
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from makegood.credits.services.apply_funds import apply_now
from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.kit.refusal import Refused
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership, Provider
from tests.browser import steps
from tests.browser.conftest import Open
from tests.support import records
from tests.support.billing import issue_invoices, set_up_billing
from tests.support.processes import await_that
from tests.web.walk_world import await_rest


@pytest.fixture
def ann(north: Provider, manager: Membership) -> Customer:
    """Billed 20.00 for the month that began today; a credit of a run paid 5.00 of it."""
    today = today_of(north)
    customer = records.add_customer(north, "A1", areas=(), name="Ann Archer")
    records.add_order(customer, "A1-1", from_date=today)
    set_up_billing(north, invoices_from=today)
    # The worker may have been quicker.
    with suppress(Refused):
        await_rest(issue_invoices(north, today))
    await_that(lambda: Invoice.objects.filter(customer=customer, number__isnull=False).exists(), "Ann is billed")
    await_rest(records.credit(manager, customers=[customer], amount_minor=500, description="Storm in Springfield"))
    apply_now(membership=manager, customer=customer)
    return customer


def test_from_the_bill_to_the_credit_to_its_run_and_back(ann: Customer, manager: Membership, open_page: Open) -> None:
    page = open_page(manager)
    page.goto(f"/customers/{ann.pk}")
    why = page.locator("#why")
    expect(why).to_contain_text("Why is the bill")
    expect(why).to_contain_text("DSL began on")
    expect(why).to_contain_text("Available Funds of $5.00 paid part of it.")
    why.get_by_role("link").click()

    expect(page.get_by_role("heading", name="Why this amount?")).to_be_visible()
    used = page.locator("#credits-used")
    expect(used).to_contain_text("$5.00")
    steps.look_for_barriers(page, narrow=False)
    used.get_by_role("link", name="Storm in Springfield").click()

    expect(page.get_by_role("heading", name="What it paid")).to_be_visible()
    page.get_by_role("link", name="Run", exact=False).last.click()
    expect(page.get_by_role("heading", name="Credit run")).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="Invoice", exact=False).last.click()
    expect(page.get_by_role("heading", name="Why this amount?")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 360])
def test_the_statement_says_everything_and_goes_to_the_customer(
    ann: Customer, manager: Membership, open_page: Open, width: int
) -> None:
    page = open_page(manager, width=width)
    page.goto(f"/customers/{ann.pk}")
    page.get_by_role("link", name="Statement").click()
    for words in ("Opening balance", "Invoice issued", "Credit given", "Available Funds used", "Closing balance"):
        expect(page.locator("table.statement")).to_contain_text(words)
    steps.look_for_barriers(page, narrow=width < 1000)
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF for the customer").click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    show_earlier_days(page)
    expect(page.get_by_text("Nothing happened in these days")).to_be_visible()


def show_earlier_days(page: Page) -> None:
    first = page.get_by_label("From").input_value()
    page.get_by_label("To").fill(first)
    page.get_by_label("From").fill(first)
    page.get_by_role("button", name="Show").click()


def test_days_that_are_turned_round_are_refused_beside_the_field(
    ann: Customer, manager: Membership, open_page: Open
) -> None:
    today = today_of(ann.provider)
    page = open_page(manager)
    page.goto(f"/customers/{ann.pk}/statement?from={today}&to={today - timedelta(days=1)}")
    expect(page.get_by_text("The first day is after the last one.")).to_be_visible()
    expect(page.get_by_label("From")).to_have_value(str(today))
    steps.look_for_barriers(page, narrow=False)
