"""A real server, a real worker, a real browser. Each test has a service provider of its own on one database.

Server and database are one for all tests of a test process. The browser is one for each module: while it runs, its
library holds the process's event loop, which other tests must not find taken.
Imports of models stand inside: this file is read before Django is set up.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import DjangoDbBlocker

from tests.browser.watch import Watch
from tests.support import databases
from tests.support.chromium import running_chromium
from tests.support.databases import DatabaseServer
from tests.support.served import Served, serving

if TYPE_CHECKING:
    from makegood.providers.models import Membership, Provider

LONGEST_WAIT_MS = 15_000
HEIGHT = 900


@dataclass(frozen=True)
class Site:
    """What is served, and the database below it."""

    served: Served
    database_url: str

    @property
    def url(self) -> str:
        return self.served.url


class Open(Protocol):
    """See `open_page`."""

    def __call__(self, membership: "Membership | None" = None, /, *, width: int = 1440, **options: Any) -> Page: ...


@pytest.fixture(scope="session")
def site(
    database_server: DatabaseServer,
    ordinary_database: str,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """`makegood serve` on a database in which commits are real."""
    folder = tmp_path_factory.mktemp("site")
    with django_db_blocker.unblock():
        name = database_server.clone()
    url = database_server.url(name)
    # Small chunks, so that a run takes several steps.
    environment = {"DATABASE_URL": url, "MAKEGOOD_DATA": str(folder / "data"), "MAKEGOOD_CHUNK_ROWS": "25"}
    with serving(environment, folder / "log") as served:
        yield Site(served, url)
    database_server.drop(name)


@pytest.fixture
def records_on_site(site: Site, ordinary_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Django in this process works on the site's database."""
    with django_db_blocker.unblock():
        databases.use_database(site.database_url)
        try:
            yield
        finally:
            databases.use_database(ordinary_database)


@pytest.fixture
def owner(site: Site) -> Iterator[psycopg.Connection]:
    """A connection that owns the tables of the site."""
    with psycopg.connect(site.database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser."""
    with pytest.MonkeyPatch.context() as patch, running_chromium() as browser:
        # Playwright's loop runs in this thread, though nothing here is asynchronous.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        expect.set_options(timeout=LONGEST_WAIT_MS)
        yield browser


@pytest.fixture
def watches() -> list[Watch]:
    """What is heard and seen in the browsers of this test, in the order in which they were opened."""
    return []


@pytest.fixture
def open_page(chromium: Browser, site: Site, records_on_site: None, watches: list[Watch]) -> Iterator[Open]:
    """Opens a browser of its own for a person, or for nobody yet; fails at the end if a page did what none may do."""
    from tests.web.people import open_browser

    contexts = []

    def open_one(membership: "Membership | None" = None, /, *, width: int = 1440, **options: Any) -> Page:
        viewport = {"width": width, "height": HEIGHT}
        context = chromium.new_context(base_url=site.url, viewport=viewport, locale="en-US", **options)  # type: ignore[arg-type]  # a size
        context.set_default_timeout(LONGEST_WAIT_MS)
        contexts.append(context)
        watches.append(Watch(context, site.url))
        if membership:
            cookie = open_browser(membership).cookies["makegood_session"]
            context.add_cookies([{"name": "makegood_session", "value": cookie.value, "url": site.url}])
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()
    assert [complaint for watch in watches for complaint in watch.complaints] == []


@pytest.fixture
def new_provider(records_on_site: None) -> "Callable[..., Provider]":
    """Makes a service provider that no other test knows: ``new_provider("North Fiber")``."""
    from makegood.providers.models import Provider
    from tests.support.records import add_provider

    def make(name: str = "North Fiber") -> Provider:
        return add_provider(f"north-{Provider.objects.count() + 1}", name=name)

    return make


@pytest.fixture
def north(new_provider: "Callable[..., Provider]") -> "Provider":
    """North Fiber: sixty customers of Springfield and twelve of Shelbyville."""
    from tests.support.records import add_customers

    provider = new_provider()
    add_customers(provider, 60, prefix="N", area="Springfield")
    add_customers(provider, 12, prefix="S", area="Shelbyville")
    return provider


@pytest.fixture
def clerk(north: "Provider") -> "Membership":
    """A billing clerk of North Fiber."""
    from tests.support.records import add_person

    return add_person(north, "billing")


@pytest.fixture
def manager(north: "Provider") -> "Membership":
    """A billing manager of North Fiber."""
    from tests.support.records import add_person

    return add_person(north, "manager")
