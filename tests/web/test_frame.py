"""What all pages have in common: nothing from outside, nothing in caches, light and dark, errors in plain words."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django import forms
from django.contrib.staticfiles import finders
from django.db import OperationalError, ProgrammingError, connection
from django.template.loader import render_to_string
from django.test import Client

import makegood.web
from makegood.config.calm_log import WithoutTracebackOfLostDatabase
from makegood.providers.models import Membership
from makegood.providers.rules import rights_of
from makegood.web.frame import banners
from makegood.web.frame.navigation import SECTIONS, Link, list_links
from tests.web.reading import PARTIAL, source_of, words_of

WEB = Path(makegood.web.__file__).parent
PAGES = [
    "/customers",
    "/customers?status=gone",
    "/customers?q=nobody",
    "/customers?page=9",
    "/password",
    "/notifications",
    "/search?q=ann",
]


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


def test_partial_requests_name_the_provider_and_the_person_of_their_page(vera: Client, viewer: Membership) -> None:
    source = source_of(vera.get("/customers"))
    assert f'"X-Makegood-Provider": "north", "X-Makegood-Staff": "{viewer.staff_id}", "X-CSRFToken": "' in source
    assert f'data-keeper="{viewer.staff_id}-north"' in source


def test_a_page_of_another_person_is_loaded_again(vera: Client, viewer: Membership) -> None:
    mine = PARTIAL | {"X-Makegood-Staff": str(viewer.staff_id)}
    assert vera.get("/customers", headers=mine).status_code == 200
    assert "HX-Refresh" not in vera.get("/customers", headers=mine)
    of_another = PARTIAL | {"X-Makegood-Staff": str(viewer.staff_id + 1)}
    assert vera.get("/customers", headers=of_another)["HX-Refresh"] == "true"


class TestNavigation:
    def entries(self, role: str) -> list[str]:
        membership = Membership(role=role)
        return [link.title for section in list_links(membership, "/") for part in section.parts for link in part.links]

    def test_headings_stand_in_their_order(self, vera: Client) -> None:
        headings = [section.heading for section in list_links(Membership(role="admin"), "/customers")]
        assert headings == [each for each in ("Operations", "Billing", "Reports", "Settings") if each in headings]

    @pytest.mark.parametrize("path", ["/customers", "/customers/new", "/customers/12/credits"])
    def test_a_page_below_an_entry_marks_it(self, path: str) -> None:
        assert [link.title for link in self.current(path)] == ["Customers"]

    @pytest.mark.parametrize("path", ["/password", "/customersx", "/"])
    def test_other_pages_mark_nothing(self, path: str) -> None:
        assert self.current(path) == []

    def current(self, path: str) -> list[Link]:
        sections = list_links(Membership(role="admin"), path)
        return [link for section in sections for part in section.parts for link in part.links if link.current]

    def test_nothing_is_offered_that_a_role_does_not_have(self) -> None:
        for role in ("viewer", "agent", "billing", "manager", "admin", "gone"):
            shown = self.entries(role)
            for _, entries in SECTIONS:
                for entry in entries:
                    assert (entry.title in shown) == (entry.right in rights_of(role)), (role, entry.title)

    def test_sub_headings_fold_without_a_script(self, vera: Client) -> None:
        assert '<details class="part" data-part="settings-billing" open><summary>Billing' in source_of(
            vera.get("/customers")
        )


class TestBanners:
    def test_what_everybody_should_know_stands_above_every_page(
        self, vera: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(banners, "_finders", [])
        banners.register_banner(lambda membership: None)
        banners.register_banner(
            lambda membership: banners.Banner("warn", f"No mail from {membership.provider.name}.", "/password", "See")
        )
        source = source_of(vera.get("/customers"))
        assert "<span>No mail from North Fiber.</span>" in source
        assert '<a href="/password">See</a>' in source

    def test_registered_twice_is_said_once(self, vera: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(banners, "_finders", [])

        def find(membership: Membership) -> banners.Banner:
            return banners.Banner("calm", "Said once.")

        banners.register_banner(find)
        banners.register_banner(find)
        assert words_of(vera.get("/customers")).count("Said once.") == 1


class TestRefusals:
    """A page that a role may not use says why, and who could; also to a part of a page."""

    SENTENCE = "may not"

    def test_a_page_says_the_sentence(self, vera: Client) -> None:
        answer = vera.get("/customers/new")
        assert answer.status_code == 403
        assert self.SENTENCE in words_of(answer)
        assert "This is not allowed" in words_of(answer)

    def test_a_window_gets_the_sentence_alone(self, vera: Client) -> None:
        answer = vera.get("/customers/new", headers=PARTIAL | {"HX-Target": "window-content"})
        assert (answer.status_code, answer["Content-Type"]) == (403, "text/plain; charset=utf-8")
        assert self.SENTENCE in source_of(answer)
        assert "<" not in source_of(answer)

    def test_what_does_not_exist_is_said_to_a_window_in_a_sentence(self, vera: Client) -> None:
        answer = vera.get("/customers/999999999", headers=PARTIAL)
        assert (answer.status_code, answer["Content-Type"]) == (404, "text/plain; charset=utf-8")
        assert source_of(answer).startswith("This does not exist.")

    def test_an_error_is_said_to_a_window_in_a_sentence(self, vera: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*arguments: object, **named: object) -> None:
            raise ValueError("a secret of the program")

        vera.raise_request_exception = False
        monkeypatch.setattr("makegood.web.notifications.pages.find_unread", fail)
        answer = vera.get("/notifications/look", headers=PARTIAL)
        assert (answer.status_code, answer["Content-Type"]) == (500, "text/plain; charset=utf-8")
        assert "secret" not in source_of(answer)


class TestStaleForm:
    """Somebody logged in again in another tab, and with it the token of forms became another."""

    @pytest.fixture
    def strict(self, viewer: Membership) -> Client:
        client = Client(enforce_csrf_checks=True)
        client.force_login(viewer.staff, backend="django.contrib.auth.backends.ModelBackend")
        client.get("/customers")
        return client

    def test_a_page_leads_back_to_the_form(self, strict: Client) -> None:
        answer = strict.post("/notifications/read", headers={"Referer": "http://testserver/notifications?show=unread"})
        assert answer.status_code == 403
        assert "Nothing was changed." in words_of(answer)
        assert 'href="/notifications?show=unread"' in source_of(answer)

    def test_a_part_of_a_page_is_told_the_token_that_works(self, strict: Client, viewer: Membership) -> None:
        headers = PARTIAL | {"X-Makegood-Staff": str(viewer.staff_id)}
        answer = strict.post("/notifications/read", {"csrfmiddlewaretoken": "x" * 64}, headers=headers)
        assert answer.status_code == 403
        assert "what you typed is still here" in source_of(answer)
        again = strict.post("/notifications/read", {"csrfmiddlewaretoken": answer["X-Makegood-Token"]}, headers=headers)
        assert again.status_code == 302

    def test_the_page_of_another_person_is_not_told_it(self, strict: Client, viewer: Membership) -> None:
        headers = PARTIAL | {"X-Makegood-Staff": str(viewer.staff_id + 1)}
        answer = strict.post("/notifications/read", headers=headers)
        assert answer["HX-Refresh"] == "true"
        assert "X-Makegood-Token" not in answer


class TestFields:
    """How a form's fields are shown: with their hint, their unit and their errors."""

    class AskedForm(forms.Form):
        amount = forms.CharField(widget=forms.TextInput(attrs={"data-unit": "USD"}))
        note = forms.CharField(required=False, widget=forms.Textarea)
        notify = forms.BooleanField(required=False, label="Send Notification to Customer")
        way = forms.ChoiceField(choices=[("customer", "One per customer")], widget=forms.RadioSelect)

    def field(self, name: str, **context: str) -> str:
        form = self.AskedForm({})
        return render_to_string("frame/_field.html", {"field": form[name], **context})

    def test_an_amount_stands_with_its_currency(self) -> None:
        assert '<span class="unit" aria-hidden="true">USD</span>' in self.field("amount")

    def test_an_error_and_a_hint_belong_to_their_field(self) -> None:
        shown = self.field("amount", hint="Each gets it.")
        assert 'aria-describedby="id_amount_helptext id_amount_error"' in shown
        assert 'id="id_amount_helptext">Each gets it.' in shown
        assert 'id="id_amount_error"' in shown
        assert "field-wrong" in shown

    def test_what_may_be_left_out_says_so(self) -> None:
        assert "<small>optional</small>" in self.field("note")
        assert "<small>optional</small>" not in self.field("amount")

    def test_a_tick_has_its_words_beside_it(self) -> None:
        assert re.search(
            r'<label class="tick"[^>]*><input type="checkbox".*?<span>Send Notification', self.field("notify")
        )

    def test_a_choice_is_a_group(self) -> None:
        assert re.search(
            r"<fieldset.*<legend>Way</legend>.*One per customer.*</fieldset>", self.field("way"), re.DOTALL
        )
