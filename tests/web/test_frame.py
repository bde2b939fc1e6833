"""What all pages have in common: nothing from outside, nothing in caches, light and dark, errors in plain words."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import OperationalError, ProgrammingError, connection
from django.template.loader import render_to_string
from django.test import Client

import makegood.web
from makegood.config.calm_log import WithoutTracebackOfLostDatabase
from tests.web.reading import PARTIAL, source_of, words_of

WEB = Path(makegood.web.__file__).parent
PAGES = ["/customers", "/customers?status=gone", "/customers?q=nobody", "/customers?page=9", "/password"]


@pytest.mark.parametrize("path", PAGES)
def test_nothing_comes_from_outside_and_nothing_is_written_into_the_page(vera: Client, path: str) -> None:
    answer = vera.get(path)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    source = source_of(answer)
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\bsrc=)|\son\w+=|javascript:", source)
    for address in re.findall(r'\b(?:src|href|action)="([^"]*)"', source):
        assert address.startswith(("/", "#")), address


def test_style_sheets_and_scripts_load_nothing_from_outside() -> None:
    for path in (WEB / "static").rglob("*"):
        if path.suffix in {".css", ".js", ".svg"}:
            assert not re.search(r"//(?!www\.w3\.org)\w|@import|url\(", path.read_text().replace("// ", "")), path


@pytest.mark.parametrize("path", PAGES)
def test_every_static_file_exists(vera: Client, path: str) -> None:
    for name in re.findall(r'"/static/([^"]+)"', source_of(vera.get(path))):
        assert finders.find(name), name


@pytest.mark.parametrize("path", [*PAGES, "/customers.csv", "/login"])
def test_nothing_is_kept_in_caches(vera: Client, path: str) -> None:
    assert "no-store" in vera.get(path)["Cache-Control"]


class TestAppearance:
    def test_follows_the_system_at_first(self, vera: Client) -> None:
        assert 'data-appearance="system"' in source_of(vera.get("/customers"))

    def test_choice_is_in_the_page_before_it_is_drawn(self, vera: Client) -> None:
        answer = vera.post("/appearance", {"appearance": "dark", "next": "/customers?q=ann"})
        assert answer["Location"] == "/customers?q=ann"
        assert 'data-appearance="dark"' in source_of(vera.get("/customers"))
        assert 'data-appearance="dark"' in source_of(
            Client(headers={"Cookie": "makegood_appearance=dark"}).get("/login")
        )

    @pytest.mark.parametrize("chosen", ["pink", "", '"><script>'])
    def test_other_values_are_ignored(self, vera: Client, chosen: str) -> None:
        vera.post("/appearance", {"appearance": chosen, "next": "https://elsewhere.example/"})
        vera.cookies["makegood_appearance"] = chosen
        assert 'data-appearance="system"' in source_of(vera.get("/customers"))

    def test_goes_back_to_our_own_pages_only(self, vera: Client) -> None:
        answer = vera.post("/appearance", {"appearance": "dark", "next": "https://elsewhere.example/"})
        assert answer["Location"] == "/"


class TestErrors:
    def test_page_that_does_not_exist(self, vera: Client) -> None:
        answer = vera.get("/nothing")
        assert answer.status_code == 404
        assert "This page does not exist" in words_of(answer)

    @pytest.mark.parametrize("template", ["400.html", "403.html", "500.html", "503.html"])
    def test_error_pages_need_nothing(self, template: str) -> None:
        assert "Makegood" in render_to_string(template)


class TestHealth:
    def test_process_is_alive_without_a_database(self, client: Client) -> None:
        answer = client.get("/health")
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})

    def test_ready_with_the_database_migrated(self, client: Client, db: None) -> None:
        answer = client.get("/ready")
        assert (answer.status_code, answer.json()) == (200, {"status": "ready"})

    def test_not_ready_without_the_database(self, client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*arguments: object, **named: object) -> None:
            raise OperationalError("connection refused at 10.1.2.3")

        with monkeypatch.context() as broken:
            broken.setattr(connection, "cursor", fail)
            answer = client.get("/ready")
            assert client.get("/health").status_code == 200
        assert (answer.status_code, answer.json()["status"]) == (503, "not ready")
        assert "10.1.2.3" not in source_of(answer)


class TestDatabaseAway:
    """A person is logged in when the database goes away."""

    @pytest.fixture
    def away(self, vera: Client) -> Iterator[Client]:
        def fail(*arguments: object, **named: object) -> None:
            raise OperationalError("connection refused at 10.1.2.3")

        vera.raise_request_exception = False
        with pytest.MonkeyPatch.context() as broken:
            broken.setattr(connection, "cursor", fail)
            yield vera

    def test_machines_are_answered_as_without_a_log_in(self, away: Client) -> None:
        answer = away.get("/health")
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
        answer = away.get("/ready")
        assert (answer.status_code, answer.json()["status"]) == (503, "not ready")

    @pytest.mark.parametrize("path", ["/customers", "/customers.csv", "/login"])
    def test_a_page_says_so_calmly(self, away: Client, path: str) -> None:
        away.cookies["makegood_appearance"] = "dark"
        answer = away.get(path)
        assert (answer.status_code, answer["Retry-After"]) == (503, "60")
        assert "The database does not answer at the moment. Try again in a minute." in words_of(answer)
        assert 'data-appearance="dark"' in source_of(answer)
        assert "no-store" in answer["Cache-Control"]
        assert "10.1.2.3" not in source_of(answer)

    def test_a_partial_gets_the_sentence_alone(self, away: Client) -> None:
        answer = away.get("/customers", headers=PARTIAL)
        assert (answer.status_code, answer["Retry-After"]) == (503, "60")
        assert source_of(answer) == "The database does not answer at the moment. Try again in a minute."

    def test_the_log_says_it_in_one_line(self, away: Client, caplog: pytest.LogCaptureFixture) -> None:
        caplog.handler.addFilter(WithoutTracebackOfLostDatabase())
        away.get("/customers")
        told = [record for record in caplog.records if record.name == "django.request"]
        assert [record.getMessage() for record in told] == [
            "Service Unavailable: /customers (connection refused at 10.1.2.3)"
        ]
        assert told[0].exc_info is None

    def test_another_error_is_no_lost_database(self, vera: Client) -> None:
        def fail(*arguments: object, **named: object) -> None:
            raise ProgrammingError("no such column")

        vera.raise_request_exception = False
        with pytest.MonkeyPatch.context() as broken:
            broken.setattr(connection, "cursor", fail)
            answer = vera.get("/customers")
        assert answer.status_code == 500
        assert "Something went wrong" in words_of(answer)


def test_navigation_shows_where_one_is(vera: Client) -> None:
    assert re.search(r'<a href="/customers" aria-current="page">', source_of(vera.get("/customers")))
    assert 'aria-current="page"' not in source_of(vera.get("/password"))


def test_partial_requests_name_the_provider_of_their_page(vera: Client) -> None:
    header = f'hx-headers=\'{{"X-Makegood-Provider": "{PARTIAL["X-Makegood-Provider"]}"}}\''
    assert header in source_of(vera.get("/customers"))
