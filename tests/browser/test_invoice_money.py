"""An invoice's money by its page: credited, charged, refunded and settled, also on a telephone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from makegood.audit.models import AuditEntry
from makegood.credits.services.apply_funds import apply_now
from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.invoices.models import Invoice
from makegood.payments.models import Refund
from makegood.providers.models import Membership, Provider
from tests.browser import steps
from tests.browser.conftest import Open
from tests.browser.watch import find_overflow
from tests.support import movements, records, refunding
from tests.support.paying import stand_of
from tests.support.sandbox import add_method, charges, connect, refunds

NARROW = 360
WIDTHS = pytest.mark.parametrize("width", [NARROW, 1440])


@pytest.fixture
def ann(north: Provider) -> Customer:
    """A customer who pays with a card."""
    connect(north)
    ann = get_customer(north, "N1")
    add_method(ann)
    return ann


@pytest.fixture
def open_invoice(clerk: Membership, open_page: Open) -> Callable[[Invoice, int], Page]:
    """The clerk's browser on the page of an invoice."""

    def open_one(invoice: Invoice, width: int) -> Page:
        page = open_page(clerk, width=width)
        page.goto(f"/invoices/{invoice.pk}")
        assert find_overflow(page) == ""
        return page

    return open_one


def open_window(page: Page, link: str, button: str) -> Locator:
    """Opens the window; it keeps nobody out and is not wider than the screen."""
    page.get_by_role("link", name=link, exact=True).click()
    window = page.get_by_role("dialog")
    expect(window.get_by_role("button", name=button, exact=True)).to_be_visible()
    look_at(page)
    return window


def look_at(page: Page) -> None:
    steps.look_for_barriers(page, narrow=True)
    body = page.locator("#window .window-body")
    assert body.evaluate("(one) => one.scrollWidth <= one.clientWidth")


def test_what_is_rarely_done_stands_in_a_menu_that_the_keyboard_works(
    clerk: Membership, ann: Customer, open_invoice: Callable[[Invoice, int], Page]
) -> None:
    records.credit(clerk, customers=[ann], amount_minor=1000)
    page = open_invoice(movements.owe(ann, 4000), 1440)
    buttons = page.locator(".page-head > .actions > *")
    assert buttons.count() == 5
    assert len({round(each.bounding_box()["y"]) for each in buttons.all()}) == 1  # type: ignore[index]  # all are shown
    menu, void = page.locator("#more > summary"), page.get_by_role("link", name="Void")
    expect(void).to_be_hidden()
    menu.focus()
    page.keyboard.press("Enter")
    expect(void).to_be_visible()
    page.keyboard.press("Escape")
    expect(void).to_be_hidden()
    expect(menu).to_be_focused()
    page.keyboard.press("Enter")
    void.click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Void invoice")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    expect(void).to_be_hidden()


@WIDTHS
def test_an_unpaid_invoice_is_credited_with_what_is_due(
    ann: Customer, open_invoice: Callable[[Invoice, int], Page], width: int, assert_verified: Callable[[], None]
) -> None:
    invoice = movements.owe(ann, 4000)
    page = open_invoice(invoice, width)
    window = open_window(page, "Credit", "Add Credit")
    amount = window.get_by_label("Amount", exact=True)
    expect(amount).to_have_value("40.00")
    amount.fill("60")
    expect(window.get_by_text("Stays as funds")).to_be_visible()
    amount.fill("40")
    expect(window.get_by_text("Then the invoice is Paid.")).to_be_visible()
    window.get_by_label("Description").fill("Never connected")
    window.get_by_role("button", name="Add Credit").dblclick()
    expect(page.get_by_text("A credit of $40.00 is given and used for this invoice.").first).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("Paid$"))).to_be_visible()
    assert find_overflow(page) == ""
    assert stand_of(invoice)[0] == "paid"
    assert [credit.issued_minor for credit in ann.credits.all()] == [4000]
    assert_verified()


@WIDTHS
def test_a_paid_invoice_is_refunded_and_settled(
    clerk: Membership,
    ann: Customer,
    open_invoice: Callable[[Invoice, int], Page],
    width: int,
    assert_verified: Callable[[], None],
) -> None:
    invoice = movements.owe(ann, 4000)
    refunding.charge(clerk, invoice)
    page = open_invoice(invoice, width)
    window = open_window(page, "Refund", "Refund")
    expect(window.get_by_label("Amount", exact=True)).to_have_value("40.00")
    window.get_by_role("button", name="Refund", exact=True).click()
    expect(window.get_by_text("Say why; it is kept with the refund.")).to_be_visible()
    window.get_by_label("Reason").fill("Never connected")
    window.get_by_role("button", name="Refund", exact=True).dblclick()
    expect(page.locator("#refunds").get_by_text("Done")).to_be_visible()
    expect(page.locator("#refunds").get_by_text("settled with a credit")).to_be_visible()
    assert find_overflow(page) == ""
    assert [amount for _, amount, _ in refunds(ann.provider)] == [4000]
    assert stand_of(invoice) == ("paid", 0, 0)
    assert_verified()


@WIDTHS
def test_what_a_card_and_a_credit_have_paid_goes_back_to_both(
    clerk: Membership,
    ann: Customer,
    open_invoice: Callable[[Invoice, int], Page],
    width: int,
    assert_verified: Callable[[], None],
) -> None:
    invoice = movements.owe(ann, 5000)
    records.credit(clerk, customers=[ann], amount_minor=1000, description="Outage")
    apply_now(membership=clerk, customer=ann, invoice=invoice)
    refunding.charge(clerk, invoice)
    page = open_invoice(invoice, width)
    window = open_window(page, "Refund", "Refund")
    split = window.locator(".split > li")
    expect(split).to_have_text(
        [
            re.compile(r"To Visa ending 4242.*\$40\.00"),
            re.compile(r"To Available Funds.*\$10\.00"),
            re.compile("Together"),
        ]
    )
    window.get_by_label("Amount", exact=True).fill("45")
    expect(split.nth(1)).to_contain_text("$5.00")
    window.get_by_label("Leave open").check()
    expect(window.get_by_text("Then $45.00 is left to pay.")).to_be_visible()
    expect(window.get_by_label("GL code of the credit")).to_be_hidden()
    look_at(page)
    window.get_by_label("Reason").fill("Not as ordered")
    window.get_by_role("button", name="Refund", exact=True).click()
    expect(page.get_by_text("Collected by hand since")).to_be_visible()
    assert stand_of(invoice) == ("open", 0, 4500)
    assert [refund.funds_minor for refund in Refund.objects.filter(invoice=invoice)] == [500]
    steps.look_for_barriers(page, narrow=True)
    page.get_by_role("button", name="Collect automatically again").click()
    expect(page.get_by_text("This invoice is collected by itself again.")).to_be_visible()
    assert_verified()


@WIDTHS
def test_what_is_due_is_charged_now_and_the_page_says_when_it_has_come(
    ann: Customer, open_invoice: Callable[[Invoice, int], Page], width: int, assert_verified: Callable[[], None]
) -> None:
    invoice = movements.owe(ann, 6000)
    movements.owe(ann, 2500)
    page = open_invoice(invoice, width)
    window = open_window(page, "Charge now", "Charge now")
    expect(window.get_by_text("$60.00 is charged to Visa ending 4242")).to_be_visible()
    window.get_by_label(re.compile("^Invoice .*25\\.00")).check()
    expect(window.get_by_text("$85.00 is charged to Visa ending 4242 in one payment.")).to_be_visible()
    window.get_by_role("button", name="Charge now").dblclick()
    # The payment's page looks by itself.
    expect(page.get_by_role("heading", name=re.compile("^Payment .*Received$"))).to_be_visible(timeout=30_000)
    page.get_by_role("link", name=f"Invoice {invoice.number}").click()
    expect(page.get_by_role("heading", name=re.compile("Paid$"))).to_be_visible()
    assert [amount for _, amount, _ in charges(ann.provider)] == [8500]
    assert stand_of(invoice) == ("paid", 6000, 0)
    assert_verified()


@WIDTHS
def test_a_charge_that_is_declined_is_seen_to_be(
    ann: Customer, open_invoice: Callable[[Invoice, int], Page], width: int, assert_verified: Callable[[], None]
) -> None:
    add_method(ann, "card_declined")
    invoice = movements.owe(ann, 6000)
    page = open_invoice(invoice, width)
    window = open_window(page, "Charge now", "Charge now")
    window.get_by_role("button", name="Charge now").click()
    expect(page.get_by_role("heading", name=re.compile("^Payment .*Failed$"))).to_be_visible(timeout=30_000)
    expect(page.get_by_text("The bank did not allow it and does not say why.").first).to_be_visible()
    expect(page.get_by_text("is asked for from")).to_have_count(0)
    assert find_overflow(page) == ""
    steps.look_for_barriers(page, narrow=True)
    page.goto(f"/invoices/{invoice.pk}")
    expect(page.get_by_text(re.compile("The charge of .* to Visa ending 0002 failed."))).to_be_visible()
    assert stand_of(invoice) == ("open", 0, 6000)
    assert_verified()


@WIDTHS
def test_an_invoice_is_left_to_people_from_the_menu_and_turned_back(
    ann: Customer, open_invoice: Callable[[Invoice, int], Page], width: int, assert_verified: Callable[[], None]
) -> None:
    invoice = movements.owe(ann, 4000)
    page = open_invoice(invoice, width)
    page.locator("#more > summary").click()
    window = open_window(page, "Collect by hand", "Collect by hand")
    window.get_by_role("button", name="Collect by hand").click()
    expect(window.get_by_text("Say why; it is kept with the invoice.")).to_be_visible()
    window.get_by_label("Reason").fill("She pays in the shop")
    window.get_by_role("button", name="Collect by hand").dblclick()
    expect(page.get_by_text("Collected by hand since")).to_be_visible()
    expect(page.get_by_text("She pays in the shop").first).to_be_visible()
    assert find_overflow(page) == ""
    steps.look_for_barriers(page, narrow=True)
    assert AuditEntry.objects.filter(action="invoice.by_hand", subject_id=invoice.pk).count() == 1
    page.get_by_role("button", name="Collect automatically again").click()
    expect(page.get_by_text("This invoice is collected by itself again.")).to_be_visible()
    assert not Invoice.objects.get(pk=invoice.pk).by_hand
    assert_verified()
