"""The browser of this machine: found, started, never downloaded."""

import contextlib
import os
import shutil
from collections.abc import Iterator

from playwright.sync_api import Browser, sync_playwright

BROWSER_VARIABLE = "MAKEGOOD_TEST_BROWSER"
MISSING = (
    "Chromium is needed for the tests in a browser. As root: "
    "apt-get update && apt-get install -y --no-install-recommends chromium fonts-inter. "
    f"Or name another Chromium in {BROWSER_VARIABLE}."
)


def find_chromium() -> str:
    """The program: the one that is named, else the system's. Fails, saying how to get one, if there is none."""
    named = os.environ.get(BROWSER_VARIABLE)
    found = shutil.which(named or "chromium")
    if named and not found:
        raise AssertionError(f"{BROWSER_VARIABLE} names {named!r}, which is no program. {MISSING}")
    assert found, MISSING
    return found


@contextlib.contextmanager
def running_chromium() -> Iterator[Browser]:
    """A browser without a window, during the block."""
    arguments = ["--disable-dev-shm-usage", "--disable-gpu", "--font-render-hinting=none"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), chromium_sandbox=os.geteuid() != 0, args=arguments
        )
        try:
            yield browser
        finally:
            browser.close()
