"""Who may use which page: every address of the routing, with every role, about one's own and another's records."""

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from makegood.kit.invariants import find_differences
from makegood.orders.filters import FILTERS
from makegood.providers.models import Provider
from makegood.providers.rules import Right, rights_of
from tests.web.people import open_browser
from tests.web.walk_asking import ALLOWED, Asker, read_addresses, read_forms
from tests.web.walk_keys import World
from tests.web.walk_lines import Line, list_arguments, list_patterns
from tests.web.walk_pages import PAGES, list_whole_pages
from tests.web.walk_world import ROLES, make_world

OTHERS_MARK = "Zanzibar"
METHODS = ("GET", "POST")
NO_KEYS = (0, 10**12, 10**30)
"""Numbers that no record has, the last one too large for the database."""


@pytest.fixture
def north(db: None, caplog: pytest.LogCaptureFixture) -> World:
    """The provider whose people walk."""
    caplog.set_level("CRITICAL", "django")  # refusals by the thousand are what is asked for here
    return make_world("north", "Norwich")


@pytest.fixture
def other(north: World) -> World:
    """A provider that nobody of North's may see anything of."""
    return make_world("zanzibar", OTHERS_MARK)


class Able:
    """Those who may, between them, use every page."""

    def __init__(self, world: World) -> None:
        self._askers = {role: Asker(world.people[role]) for role in ("manager", "admin")}

    def to_use(self, line: Line) -> Asker:
        return next(asker for role, asker in self._askers.items() if line.right in rights_of(role))


def test_every_address_has_a_line_and_every_line_an_address() -> None:
    assert set(list_patterns()) == set(PAGES)


def test_pages_are_marked_as_their_lines_say() -> None:
    marked = {
        name: (getattr(pattern.callback, "needs_right", Right.VIEW), getattr(pattern.callback, "needs_billing", False))
        for name, pattern in list_patterns().items()
    }
    assert marked == {name: (line.right, line.billing) for name, line in PAGES.items()}


def test_every_argument_of_an_address_has_something_to_stand_for() -> None:
    arguments = {name: list_arguments(pattern) for name, pattern in list_patterns().items()}
    assert arguments == {name: {*line.of, *line.given} for name, line in PAGES.items()}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_use_the_pages_it_has_the_right_to_and_no_other(north: World, role: str) -> None:
    asker, wrong, north = Asker(north.people[role]), [], north.seen_by(role)
    for name, line in PAGES.items():
        for method in METHODS:
            said = asker.ask(method, line.url(name, north), line.send(north))
            if line.right not in rights_of(role):
                expected = {403, 405} if method not in line.methods else {403}
            elif method not in line.methods:
                expected = {405}
            else:
                # A person's browser knows no address of those from outside.
                expected = {404} if line.outside else ALLOWED
            if said.status not in expected:
                wrong.append(f"{method} {name}: {said.status}\n{said.text[:1500] if said.status == 500 else ''}")
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_nothing_is_offered_that_would_be_refused(north: World, role: str) -> None:
    asker, wrong, seen, north = Asker(north.people[role]), set(), set(), north.seen_by(role)
    for name in list_whole_pages():
        page = PAGES[name].url(name, north)
        shown = asker.ask("GET", page)
        for method, address in read_addresses(shown.text, page) if shown.status == 200 else ():
            try:
                target = str(resolve(address.partition("?")[0]).url_name)
            except Resolver404:
                wrong.add(f"{name} leads to {address}, which is not there")
                continue
            line = PAGES[target]
            if line.right not in rights_of(role) or method not in line.methods:
                wrong.add(f"{name} offers {method} {target}")
            elif method == "GET" and address not in seen and asker.ask("GET", address).status not in (200, 204, 302):
                wrong.add(f"{name} leads to {address}, which is refused")
            seen.add(address)
    assert wrong == set()


def test_nobody_sees_anything_before_logging_in(north: World) -> None:
    nobody, wrong = Asker(), []
    for name, line in PAGES.items():
        for method in METHODS:
            for target in ("", "window-content"):
                said = nobody.ask(method, line.url(name, north), line.send(north), target=target)
                is_sent_to_log_in = said.leads_to.startswith("/login?next=")
                if is_sent_to_log_in == line.for_all or north.mark in said.text:
                    wrong.append(f"{method} {name}: {said.status} {said.leads_to}")
    assert wrong == []


def test_nothing_is_written_without_the_token_of_the_page(north: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = open_browser(north.people["manager"]).cookies
    posted = {
        name: client.post(line.url(name, north)).status_code
        for name, line in PAGES.items()
        if "POST" in line.methods and not line.outside
    }
    assert {name: status for name, status in posted.items() if status != 403} == {}


def test_records_of_another_provider_do_not_exist(north: World, other: World) -> None:
    able, wrong = Able(north), []
    for name, line in PAGES.items():
        asker = able.to_use(line)
        for argument, kind in line.of.items():
            for key in (other.keys[kind], *(NO_KEYS if isinstance(other.keys[kind], int) else ("nobodys",))):
                url = line.url(name, north, {argument: key})
                for method in line.methods.split():
                    for target in ("", "window-content") if key == other.keys[kind] else ("",):
                        said = asker.ask(method, url, line.send(north), target=target)
                        if said.status != 404 or OTHERS_MARK in said.text:
                            wrong.append(
                                f"{method} {url}: {said.status} {said.text[:800] if said.status == 500 else ''}"
                            )
    assert wrong == []


def test_what_belongs_to_a_colleague_alone_does_not_exist(north: World) -> None:
    alone = [(name, line) for name, line in PAGES.items() if set(line.of.values()) & set(north.own)]
    asker = Asker(north.people["billing"])
    said = {
        f"{method} {name}": asker.ask(method, line.url(name, north.seen_by("manager"))).status
        for name, line in alone
        for method in line.methods.split()
    }
    assert said
    assert {asked: status for asked, status in said.items() if status != 404} == {}


def test_another_providers_record_in_a_forms_field_is_refused_without_a_hint(north: World, other: World) -> None:
    able, wrong = Able(north), []
    foreign = sorted({key for key in other.keys.values() if isinstance(key, int)} - set(north.keys.values()))
    for name in list_whole_pages():
        line = PAGES[name]
        asker, page = able.to_use(line), line.url(name, north)
        for form in read_forms(asker.ask("GET", page).text):
            for field in form.choices & set(form.fields):
                for key in foreign:
                    said = asker.ask(form.method, form.action or page, form.fields | {field: str(key)})
                    if said.status not in {*ALLOWED, 404} or OTHERS_MARK in said.text:
                        wrong.append(f"{name}: {field}={key} in {form.action}: {said.status} {said.text[:800]}")
    assert wrong == []
    assert find_differences() == []


@pytest.mark.parametrize("list_name", FILTERS)
def test_filters_find_nothing_of_another_provider(north: World, other: World, list_name: str) -> None:
    asker, wrong = Asker(north.people["manager"]), []
    values = [str(other.keys["run"]), OTHERS_MARK, other.name("Bay"), f"{OTHERS_MARK}-0"]
    for name in FILTERS[list_name].base_filters:
        for value in values:
            said = asker.ask("GET", f"/{list_name}.csv", {name: value})
            has_rows = said.status == 200 and OTHERS_MARK in said.text
            if said.status not in (200, 400) or has_rows or f"{OTHERS_MARK} person" in said.text:
                wrong.append(f"{name}={value}: {said.status} {said.text[:300]}")
    assert wrong == []


def test_no_page_shows_anything_of_another_provider(north: World, other: World) -> None:
    able, wrong = Able(north), []
    for name, line in PAGES.items():
        said = able.to_use(line).ask("GET", line.url(name, north))
        if OTHERS_MARK in said.text:
            wrong.append(name)
    assert wrong == []


def test_while_billing_is_off_nothing_that_gives_credits_is_answered_or_offered(north: World) -> None:
    Provider.objects.filter(pk=north.provider.pk).update(end_customer_billing=False)
    able, wrong = Able(north), []
    for name, line in PAGES.items():
        asker, url = able.to_use(line), line.url(name, north)
        for method in line.methods.split():
            said = asker.ask(method, url, line.send(north))
            if (said.status == 403) != line.billing:
                wrong.append(f"{method} {name}: {said.status}")
            if method == "GET" and line.whole and said.status == 200:
                for offered, address in read_addresses(said.text, url):
                    target = PAGES[str(resolve(address.partition("?")[0]).url_name)]
                    if target.billing:
                        wrong.append(f"{name} offers {offered} {address}")
    assert wrong == []


def test_a_person_who_has_left_is_sent_away(north: World) -> None:
    membership = north.people["manager"]
    asker = Asker(membership)
    membership.active = False
    membership.save()
    answers: dict[str, int] = {
        name: asker.ask("GET", line.url(name, north)).status
        for name, line in PAGES.items()
        if not line.for_all and "GET" in line.methods and name != "password"
    }
    assert {name: status for name, status in answers.items() if status != 403} == {}
