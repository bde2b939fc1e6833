"""What no page may do, whatever a test is about: complain, fail, fetch from elsewhere, keep people out."""

import json
from typing import Any

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

AXE = AXE_FILE_PATH.read_text(encoding="utf-8")
TOO_BAD = {"serious", "critical"}


class Watch:
    """Listens to a browser while a test goes on."""

    def __init__(self, context: BrowserContext, own_address: str) -> None:
        self.complaints: list[str] = []
        self._own_address = own_address
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.complaints.append(f"script failed: {error.error}"))
        context.on("request", self._look_at_request)
        context.on("response", self._look_at_answer)
        context.on("requestfailed", self._look_at_failure)

    def forget(self, words: str) -> None:
        """The test has caused complaints with these words on purpose; there must be some."""
        expected = [complaint for complaint in self.complaints if words in complaint]
        assert expected, f"no complaint says {words!r}: {self.complaints}"
        self.complaints = [complaint for complaint in self.complaints if words not in complaint]

    def _hear(self, message: ConsoleMessage) -> None:
        # A refusal (4xx) is an answer; 5xx and requests that fail are looked at below. HTMX also tells of requests that
        # the page gave up because it was left.
        told_below = (
            "Failed to load resource",
            "htmx:sendError",
            "htmx:sendAbort",
            "htmx:afterRequest",
            "htmx:responseError",
        )
        if message.type == "error" and not message.text.startswith(told_below):
            self.complaints.append(f"console: {message.text}")

    def _look_at_request(self, request: Request) -> None:
        if not request.url.startswith((self._own_address + "/", "data:", "blob:", "about:")):
            self.complaints.append(f"leaves the machine: {request.url}")

    def _look_at_failure(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"fails: {request.method} {request.url} {request.failure}")

    def _look_at_answer(self, answer: Response) -> None:
        if answer.status >= 500:
            self.complaints.append(f"failed with {answer.status}: {answer.request.method} {answer.url}")


def find_barriers(page: Page, **options: Any) -> list[str]:
    """What axe finds serious or critical on the page as it stands; options: axe's own."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(AXE)
    chosen = json.dumps({"resultTypes": ["violations"]} | options)
    found = page.evaluate(f"axe.run(document, {chosen})")
    return [
        f"{finding['id']} ({finding['impact']}): {node['target']} {node['html'][:160]} {_why(node)}"
        for finding in found["violations"]
        if finding["impact"] in TOO_BAD
        for node in finding["nodes"]
    ]


def _why(node: dict[str, Any]) -> str:
    return "; ".join(check["message"] for kind in ("any", "all", "none") for check in node[kind])


def find_overflow(page: Page) -> str:
    """What sticks out of the window to the right, if the page can be scrolled sideways; else nothing."""
    found = page.evaluate(
        """() => {
            const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width && document.body.scrollWidth <= width) return '';
            const wide = [...document.body.querySelectorAll('*')].filter((one) => {
                const box = one.getBoundingClientRect();
                return box.width && box.right > width + 1;
            });
            const names = wide.slice(0, 8).map((one) => one.tagName.toLowerCase() + '.' + one.className);
            return `${document.documentElement.scrollWidth} px in ${width} px: ${names.join(', ')}`;
        }"""
    )
    return str(found)
