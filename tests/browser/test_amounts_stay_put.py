"""What is said of an amount that cannot be used moves nothing below it: a click goes where it was meant to."""

import pytest
from playwright.sync_api import Locator, Page, expect

from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.providers.models import Membership, Provider
from tests.browser import steps
from tests.browser.conftest import Open
from tests.support import movements, refunding
from tests.support.paying import pay
from tests.support.sandbox import add_method, connect

WIDTHS = pytest.mark.parametrize("width", [360, 1440])


@pytest.fixture
def ann(north: Provider) -> Customer:
    """A customer who pays with a card."""
    connect(north)
    ann = get_customer(north, "N1")
    add_method(ann)
    return ann


def top_of(place: Locator) -> float:
    box = place.bounding_box()
    assert box is not None
    return box["y"]


def error_of(window: Locator) -> Locator:
    return window.locator(".errorlist").filter(has_text="is not an amount")


@WIDTHS
def test_while_it_is_typed(clerk: Membership, open_page: Open, width: int) -> None:
    page = open_page(clerk, width=1440)
    page.goto("/customers")
    steps.tick(page, ["N1", "N2"])
    page.set_viewport_size({"width": width, "height": 1200})
    window = steps.open_window(page)
    window.get_by_label("Amount").fill("10")
    expect(window.get_by_text("2 × $10.00 = $20.00")).to_be_visible()
    below = window.get_by_label("Description")
    before = top_of(below)
    window.get_by_label("Amount").fill("ten dollars")
    expect(error_of(window)).to_be_visible()
    expect(window.get_by_text("= $20.00")).to_have_count(0)
    assert top_of(below) == before


@WIDTHS
@pytest.mark.parametrize(
    ("what", "below", "button"),
    [
        ("credit", "GL code", "Add Credit"),
        ("credit", "Use it for this invoice at once", "Add Credit"),
        ("refund", "What goes back", "Refund"),
        ("pay-out", "How it goes back", "Pay out"),
    ],
)
def test_when_it_is_sent(
    clerk: Membership, ann: Customer, open_page: Open, width: int, what: str, below: str, button: str
) -> None:
    page = open_page(clerk, width=width)
    window = open_money_window(page, clerk, ann, what)
    amount = window.get_by_label("Amount", exact=True)
    words = window.get_by_text(below, exact=True)
    before = top_of(words) - top_of(amount)
    amount.fill("ten dollars")
    window.get_by_role("button", name=button, exact=True).last.click()
    expect(error_of(window)).to_be_visible()
    assert top_of(words) - top_of(amount) == before


def open_money_window(page: Page, clerk: Membership, ann: Customer, what: str) -> Locator:
    """The window of that name, with its amount."""
    if what == "pay-out":
        pay(clerk, ann, 2500)
        page.goto(f"/customers/{ann.pk}#window=/customers/{ann.pk}/pay-out")
    else:
        invoice = movements.owe(ann, 6000)
        if what == "refund":
            refunding.charge(clerk, invoice)
        page.goto(f"/invoices/{invoice.pk}#window=/invoices/{invoice.pk}/{what}")
    window = page.get_by_role("dialog")
    expect(window.get_by_label("Amount", exact=True)).to_be_visible()
    return window
