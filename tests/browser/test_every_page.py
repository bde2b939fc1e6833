"""Every page of the routing in a real browser, with names that are as hard as names can be.

Nobody is kept out (axe, light and dark), nothing sticks out of a narrow window, no name is taken for markup.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from pytest_django import DjangoDbBlocker

from makegood.providers.models import Provider
from makegood.providers.rules import rights_of
from tests.browser.conftest import Open, Site
from tests.browser.watch import find_barriers, find_overflow
from tests.support import databases
from tests.support.records import add_person
from tests.web.walk_keys import World
from tests.web.walk_pages import PAGES, list_whole_pages
from tests.web.walk_world import make_world

NARROW = {"width": 360, "height": 740}
TAIL = " <script>alert(2)</script> مريم الطويلة Wolfeschlegelsteinhausen"

NO_COLOURS = {"color-contrast": {"enabled": False}}
STATES = {
    "a draft": ("run", {"pk": "draft"}),
    "the customers of a draft": ("run-rows", {"pk": "draft"}),
    "drafted invoices": ("run", {"pk": "invoice_draft"}),
    "an invoice that people collect": ("invoice", {"pk": "refunded_invoice"}),
    "a refund": ("invoice-refund", {"pk": "refunded_invoice"}),
}
"""Pages that look different in another state of their record."""


@pytest.fixture(scope="module")
def hard(site: Site, ordinary_database: str, django_db_blocker: DjangoDbBlocker) -> World:
    """One provider with one of everything, for all tests of this module, which only look."""
    with django_db_blocker.unblock():
        databases.use_database(site.database_url)
        world = make_world("hard", "Norwich", TAIL)
        databases.use_database(ordinary_database)
    return world


@pytest.mark.parametrize("name", [*list_whole_pages(), *STATES])
def test_a_page_keeps_nobody_out(hard: World, open_page: Open, name: str) -> None:
    address, of = STATES.get(name, (name, PAGES.get(name, PAGES["login"]).of))
    line = PAGES[address]
    role = next(role for role in ("manager", "admin") if line.right in rights_of(role))
    page = open_page(None if line.for_all else hard.people[role])
    page.on("dialog", lambda dialog: pytest.fail(f"a name was run as a script: {dialog.message}"))
    answer = page.goto(line.url(address, hard, {argument: hard.keys[kind] for argument, kind in of.items()}))
    assert answer is not None
    assert answer.status == 200
    wait_for_the_rest(page)
    assert page.locator("h1").count() == 1, "a page has one heading"
    found = find_barriers(page)
    page.emulate_media(color_scheme="dark")
    page.evaluate("Promise.allSettled(document.getAnimations().map((each) => each.finished))")
    found += [f"dark: {barrier}" for barrier in find_barriers(page, runOnly=["color-contrast"])]
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # a size
    found += [f"narrow: {too_wide}" for too_wide in [find_overflow(page)] if too_wide]
    found += [f"narrow: {barrier}" for barrier in find_barriers(page, runOnly=["scrollable-region-focusable"])]
    assert not found, "\n".join(found)


def test_pages_of_a_provider_that_has_nothing_yet(new_provider: Callable[..., Provider], open_page: Open) -> None:
    provider = new_provider()
    pages = {role: open_page(add_person(provider, role), width=360) for role in ("manager", "admin")}
    wrong = []
    for name in list_whole_pages():
        line = PAGES[name]
        if line.for_all or line.of:
            continue
        page = pages["manager" if line.right in rights_of("manager") else "admin"]
        answer = page.goto(line.url(name, World(provider, "", "", {})))
        wait_for_the_rest(page)
        assert answer is not None
        found = [find_overflow(page), *find_barriers(page, rules=NO_COLOURS)]
        if answer.status != 200 or found != [""]:
            wrong.append(f"{name}: {answer.status} {found}")
    assert not wrong, "\n".join(wrong)


def wait_for_the_rest(page: Page) -> None:
    """Until what a page fetches after itself is there."""
    page.wait_for_load_state("networkidle")
