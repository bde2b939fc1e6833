"""The payment gateway, connected in a browser."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from makegood.gateways.selectors import find_active_gateway
from makegood.providers.models import Provider
from tests.browser.conftest import Open
from tests.browser.watch import find_barriers, find_overflow
from tests.support.records import add_person
from tests.support.stripe_proxy import KEY, PUBLISHABLE_KEY, WEBHOOK_SECRET


def copy_address(page: Page) -> None:
    """Copies the address by keyboard where the browser gives no clipboard to pages."""
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.evaluate("document.addEventListener('copy', () => { window.copied = String(document.getSelection()); })")
    button = page.get_by_role("button", name="Copy")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Copied")).to_be_focused()
    assert page.evaluate("window.copied") == page.get_by_label("Address for webhooks").input_value()


def test_stripe_is_connected_and_its_secrets_are_not_kept(
    new_provider: Callable[..., Provider], open_page: Open
) -> None:
    provider = new_provider()
    page = open_page(add_person(provider, "admin"))
    page.goto("/settings/gateway")
    page.get_by_role("link", name="Connect Stripe").click()
    page.get_by_label("Publishable key").fill("pk_live_of_another_mode")
    page.get_by_label("Secret key").fill(KEY)
    page.get_by_role("button", name="Connect").click()
    page.get_by_text("One key is for testing and the other is not.").wait_for()
    assert page.get_by_label("Secret key").input_value() == ""
    assert KEY not in page.evaluate("JSON.stringify(sessionStorage)")
    page.get_by_label("Publishable key").fill(PUBLISHABLE_KEY)
    page.get_by_label("Secret key").fill(KEY)
    page.get_by_role("button", name="Connect").click()
    page.get_by_text("Stripe is connected.").wait_for()
    gateway = find_active_gateway(provider)
    assert gateway is not None
    assert page.get_by_label("Address for webhooks").input_value().endswith(f"/webhooks/{gateway.token}")
    assert find_barriers(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert find_overflow(page) == ""
    assert page.get_by_text("charge.dispute.created").is_visible()
    copy_address(page)
    page.get_by_role("link", name="Enter signing secret").click()
    page.get_by_role("textbox", name="Signing secret").fill(WEBHOOK_SECRET)
    page.get_by_role("button", name="Save").click()
    page.get_by_text("The signing secret is saved.").wait_for()
    assert page.get_by_text("The signing secret is missing.").count() == 0
    assert KEY not in page.content()
    assert WEBHOOK_SECRET not in page.content()
