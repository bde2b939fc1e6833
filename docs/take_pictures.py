"""Takes the pictures of the documentation from a freshly made demo provider. Run by script/pictures.

The story is the tutorial's: an outage in Mill Creek, and everybody there gets a credit.
"""

import contextlib
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from docs.small_png import make_small
from tests.support.chromium import running_chromium
from tests.support.processes import find_free_port

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
LARGEST_BYTES = 150_000
WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 780}
WAIT_MS = 60_000

# What system-ui is differs from one machine to the next; in the pictures it is Inter.
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include>/etc/fonts/fonts.conf</include>
  <match target="pattern">
    <test name="family" compare="not_eq"><string>Inter</string></test>
    <edit name="family" mode="prepend" binding="strong"><string>Inter</string></edit>
  </match>
</fontconfig>
"""


@contextlib.contextmanager
def demo() -> Iterator[str]:
    """A demo provider that nobody has used yet and whose last months are there; gives its address."""
    with tempfile.TemporaryDirectory(prefix="makegood-pictures-", dir="/tmp") as folder:
        port = find_free_port()
        command = [ROOT / "script" / "start", "--port", str(port), "--data", folder]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ
        ) as server:
            assert server.stdout
            try:
                if not any("has lived through" in line for line in server.stdout):
                    raise SystemExit("The demo does not start.")
                yield f"http://127.0.0.1:{port}"
            finally:
                server.terminate()
                server.stdout.read()


def open_page(context: BrowserContext, email: str) -> Page:
    """A page of a person of the demo's staff, logged in."""
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    page.goto("/login")
    page.get_by_label("E-mail").fill(f"{email}@demo.example")
    page.get_by_label("Password").fill(f"saltmarsh-{email}")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/customers")
    return page


def take(page: Page, name: str) -> None:
    """One picture of what the window shows."""
    page.mouse.move(0, 0)
    page.wait_for_load_state("networkidle")
    path = PICTURES / f"{name}.png"
    picture = page.screenshot(animations="disabled", caret="hide")
    blank = page.context.new_page()
    path.write_bytes(make_small(blank, picture))
    blank.close()
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}  {size / 1000:,.0f} kB")
    if size > LARGEST_BYTES:
        raise SystemExit(f"{path.name} is larger than {LARGEST_BYTES / 1000:,.0f} kB.")


def credit_an_area(page: Page) -> None:
    """The main job, with a picture at each step."""
    page.goto("/customers?area=Mill+Creek&status=active")
    page.locator("[data-tick-page]").check()
    page.locator("#selection-all").click()
    expect(page.locator("#selection-count")).not_to_be_empty()
    expect(page.locator("#selection-credit")).to_be_visible()
    take(page, "customer-list")
    page.locator("#selection-credit").click()
    window = page.get_by_role("dialog")
    window.get_by_label("Copy from Template").select_option("Storm outage")
    expect(window.locator("#credit-total")).to_contain_text("=")
    take(page, "credit-window")
    page.get_by_role("button", name="Continue to rehearsal").click()
    expect(page.get_by_role("heading", name="Who gets what")).to_be_visible()
    take(page, "rehearsal")
    page.get_by_role("button", name="Add Credit").click()
    expect(page.locator("#run-state")).to_have_text("Finished")
    expect(page.get_by_text("Remains as Available Funds")).to_be_visible()
    take(page, "credit-run")
    page.goto("/customers?area=Mill+Creek&status=active&sort=-funds")
    page.get_by_role("button", name="Notifications").click()
    expect(page.locator("#newest-notifications").get_by_role("heading")).to_be_visible()
    take(page, "notifications")


def refund_an_invoice(page: Page) -> None:
    """What a card and a credit have paid together can go back to both; then the page of the payment."""
    page.goto("/payments?state=succeeded&purpose=autopay")
    payments = [str(link.get_attribute("href")) for link in page.locator("td[data-column=payment] a").all()]
    for payment in payments:
        page.goto(payment)
        page.locator("main").get_by_role("link", name=re.compile(r"^Invoice \d+$")).first.click()
        expect(page.get_by_role("heading", name="What is billed")).to_be_visible()
        if page.get_by_role("heading", name="Paid by credits").is_visible():
            break
    page.get_by_role("link", name="Refund", exact=True).click()
    window = page.get_by_role("dialog")
    expect(window.get_by_text("Together")).to_be_visible()
    window.get_by_label("Reason").fill("Two weeks without service")
    take(page, "refund-window")
    page.goto(payment)
    take(page, "payment")


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, demo() as address:
        fonts = Path(folder) / "fonts.conf"
        fonts.write_text(FONTS, encoding="utf-8")
        os.environ["FONTCONFIG_FILE"] = str(fonts)
        with running_chromium() as browser:
            options = {"base_url": address, "locale": "en-US", "timezone_id": "America/Los_Angeles"}
            credit_an_area(open_page(browser.new_context(viewport=WIDE, **options), "billing"))
            refund_an_invoice(open_page(browser.new_context(viewport=WIDE, **options), "billing"))
            dark = open_page(browser.new_context(viewport=WIDE, color_scheme="dark", **options), "manager")
            dark.goto("/customers?area=Mill+Creek&status=active&sort=-funds")
            dark.locator("td[data-column=name] a").first.click()
            dark.wait_for_url("**/customers/*")
            expect(dark.locator("h1")).to_be_visible()
            take(dark, "customer-dark")
            narrow = open_page(browser.new_context(viewport=NARROW, **options), "billing")
            narrow.goto("/customers?area=Mill+Creek&status=active")
            take(narrow, "customer-list-narrow")


if __name__ == "__main__":
    main()
