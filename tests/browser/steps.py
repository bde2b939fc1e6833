"""What a clerk does, in the words of the pages."""

import re
from collections.abc import Sequence

from playwright.sync_api import Locator, Page, expect

from tests.browser.watch import find_barriers, find_overflow

CREDIT = "Add customer credit"
TO_REHEARSAL = "Continue to rehearsal"
RUN = re.compile(r"/runs/(\d+)$")


def tick(page: Page, numbers: Sequence[str]) -> None:
    """Ticks rows of a list on which nothing is selected yet, by their numbers, until the bar says so."""
    for number in numbers:
        row_of(page, number).get_by_role("checkbox").check()
    selected = "customer" if "/customers" in page.url else "order"
    expect(page.locator("#selection-words")).to_contain_text(f"{len(numbers)} {selected}")


def row_of(page: Page, number: str) -> Locator:
    """The row of a list that has this number."""
    exactly = page.get_by_text(number, exact=True)
    return page.get_by_role("row").filter(has=exactly)


def select_all(page: Page) -> None:
    """Ticks the page, then takes the offer to select all that match."""
    page.get_by_role("checkbox", name=re.compile("of this page$")).check()
    page.get_by_role("button", name=re.compile("^Select all")).click()


def open_window(page: Page) -> Locator:
    """Opens the credit window for what is selected."""
    page.get_by_role("link", name=CREDIT).click()
    window = page.get_by_role("dialog")
    expect(window.get_by_label("Amount")).to_be_visible()
    return window


def rehearse(page: Page, amount: str, description: str = "") -> int:
    """Opens the credit window, types, goes on; returns the number of the run that is rehearsed."""
    window = open_window(page)
    window.get_by_label("Amount").fill(amount)
    if description:
        window.get_by_label("Description").fill(description)
    return go_on_to_rehearsal(page)


def go_on_to_rehearsal(page: Page) -> int:
    """Leaves the window by its button; returns the number of the run."""
    page.get_by_role("button", name=TO_REHEARSAL).click()
    run = run_of(page)
    expect(page.locator("#rehearsal dl.figures")).to_be_visible()
    return run


def run_of(page: Page) -> int:
    """The number of the run whose page is open."""
    page.wait_for_url(RUN)
    found = RUN.search(page.url)
    assert found is not None
    return int(found[1])


def add_credit(page: Page) -> None:
    """Adds the rehearsed credits and waits until the run has ended."""
    page.get_by_role("button", name=re.compile("^Add Credit")).click()
    await_state(page, "Finished")


def await_state(page: Page, state: str) -> None:
    """Waits until the run's page says that state, without loading it again."""
    expect(page.locator("#run-state")).to_have_text(state, timeout=30_000)


def open_bell(page: Page) -> Locator:
    """Opens the newest notifications."""
    page.get_by_role("button", name=re.compile("^Notifications")).click()
    newest = page.locator("#newest-notifications")
    expect(newest.get_by_role("heading", name="Notifications")).to_be_visible()
    return newest


def log_in(page: Page, email: str, password: str) -> None:
    """Types into the log-in page that is open, or is about to be."""
    page.wait_for_url(re.compile("/login"))
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def reach(page: Page, name: str, key: str) -> None:
    """Goes on with the Tab key until what is called so has the focus, then presses a key there."""
    named = "(document.activeElement.getAttribute('aria-label') || document.activeElement.innerText || '').trim()"
    for _ in range(150):
        page.keyboard.press("Tab")
        if page.evaluate(named) == name:
            page.keyboard.press(key)
            return
    raise AssertionError(f"“{name}” cannot be reached by the Tab key")


def look_for_barriers(page: Page, *, narrow: bool) -> None:
    """The page as it stands keeps nobody out and, where the window is narrow, is not wider than it."""
    assert find_barriers(page) == []
    assert not narrow or find_overflow(page) == ""
