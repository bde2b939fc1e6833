"""Choosing columns and saving filters in a browser."""

import csv
import io

import pytest
from django.test import Client

from makegood.providers.models import Membership, Provider
from makegood.saved_views.models import SavedFilter
from tests.support import records
from tests.web.people import Browser
from tests.web.reading import PARTIAL, rows_of, source_of, words_of

WINDOW = PARTIAL | {"HX-Target": "window-content"}


@pytest.fixture
def colleague(north: Provider, browser: Browser) -> Client:
    return browser(records.add_person(north, "billing"))


def save(
    client: Client, name: str = "Storm", query: str = "?area=Springfield&sort=-name", shared: str = ""
) -> SavedFilter:
    client.post("/lists/customers/filters/new", {"name": name, "query": query, "shared": shared})
    return SavedFilter.objects.get(name=name)


class TestColumns:
    def test_what_is_ticked_is_shown_and_the_address_stays(self, vera: Client) -> None:
        answer = vera.post(
            "/lists/customers/columns", {"column": ["number", "funds"], "back": "/customers?area=Springfield"}
        )
        assert answer["Location"] == "/customers?area=Springfield"
        # The name says who it is and cannot be hidden.
        assert list(rows_of(vera.get("/customers"))[0]) == ["number", "name", "funds"]

    def test_the_file_holds_the_same_columns(self, vera: Client) -> None:
        vera.post("/lists/customers/columns", {"column": ["due"], "back": "/customers"})
        source = source_of(vera.get("/customers.csv?sort=-name"))
        assert next(csv.reader(io.StringIO(source.removeprefix("\ufeff")))) == ["Name", "Amount due (USD)"]

    def test_the_column_that_is_sorted_by_is_shown(self, vera: Client) -> None:
        vera.post("/lists/customers/columns", {"column": [], "back": "/customers"})
        page = vera.get("/customers?sort=-price")
        assert [row["price"] for row in rows_of(page)] == ["$40.00", "$20.00", "$0.00"]

    def test_the_lists_own_choice_comes_back(self, vera: Client) -> None:
        vera.post("/lists/customers/columns", {"column": ["due"], "back": "/customers"})
        vera.post("/lists/customers/columns", {"do": "reset", "back": "/customers"})
        assert len(rows_of(vera.get("/customers"))[0]) == 11

    def test_everybody_chooses_for_themselves(self, vera: Client, colleague: Client) -> None:
        vera.post("/lists/customers/columns", {"column": ["due"], "back": "/customers"})
        assert len(rows_of(vera.get("/customers"))[0]) == 3
        assert "Available Funds" in words_of(colleague.get("/customers"))

    def test_columns_that_do_not_exist_are_left_out(self, vera: Client) -> None:
        vera.post("/lists/customers/columns", {"column": ["<script>", "x" * 5000], "back": "/customers"})
        assert list(rows_of(vera.get("/customers"))[0]) == ["number", "name"]

    @pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
    def test_no_address_leads_elsewhere(self, vera: Client, back: str) -> None:
        answer = vera.post("/lists/customers/columns", {"column": "due", "back": back})
        assert answer["Location"] in ("/", back if back.startswith("/c") else "/")

    def test_lists_that_do_not_exist_have_no_columns(self, vera: Client) -> None:
        assert vera.post("/lists/nothing/columns", {"column": "due", "back": "/customers"}).status_code == 404
        assert vera.get("/lists/customers/columns").status_code == 405


class TestSavedFilters:
    def test_what_is_shown_is_saved_and_opened_again(self, vera: Client) -> None:
        assert "Filter or sort the list first" in words_of(vera.get("/customers"))
        page = source_of(vera.get("/customers?area=Springfield&sort=-name"))
        assert 'href="/lists/customers/filters/new?query=%3Farea%3DSpringfield%26sort%3D-name"' in page
        window = vera.get("/lists/customers/filters/new?query=%3Farea%3DSpringfield", headers=WINDOW)
        assert 'name="query" value="?area=Springfield"' in source_of(window)
        answer = vera.post(
            "/lists/customers/filters/new",
            {"name": "Storm", "query": "?area=Springfield&sort=-name"},
            headers=WINDOW,
        )
        assert answer["HX-Redirect"] == "/customers?area=Springfield&sort=-name"
        opened = vera.get("/customers?area=Springfield&sort=-name")
        assert "Saved as “Storm”." in words_of(opened)
        assert 'href="/customers?area=Springfield&amp;sort=-name" aria-current="true"' in source_of(opened)

    def test_what_is_wrong_is_said_beside_the_name(self, vera: Client) -> None:
        save(vera)
        for name, said in (
            ("", "Give the filter a name."),
            ("storm", "You have a filter with the name “storm” on this list already."),
            ("x" * 61, "at most 60 characters"),
        ):
            answer = vera.post("/lists/customers/filters/new", {"name": name, "query": "?q=a", "shared": "on"})
            assert answer.status_code == 422
            assert said in words_of(answer)
            assert f'value="{name}"' in source_of(answer) or not name

    def test_a_colleague_opens_but_does_not_change_what_is_shared(self, vera: Client, colleague: Client) -> None:
        saved = save(vera, shared="on")
        page = colleague.get("/customers")
        assert "Storm shared by Vera Viewer" in words_of(page)
        assert f'href="/lists/filters/{saved.pk}"' not in source_of(page)
        assert colleague.get(f"/lists/filters/{saved.pk}").status_code == 404
        assert colleague.post(f"/lists/filters/{saved.pk}/delete").status_code == 404
        assert SavedFilter.objects.filter(pk=saved.pk).exists()

    def test_renaming_and_deleting(self, vera: Client) -> None:
        saved = save(vera)
        assert 'value="Storm"' in source_of(vera.get(f"/lists/filters/{saved.pk}", headers=WINDOW))
        vera.post(f"/lists/filters/{saved.pk}", {"name": "Flood"})
        assert "Flood" in words_of(vera.get("/customers"))
        answer = vera.post(f"/lists/filters/{saved.pk}/delete", follow=True)
        assert "The saved filter “Flood” is deleted." in words_of(answer)
        assert vera.post(f"/lists/filters/{saved.pk}/delete").status_code == 404

    def test_another_providers_filters_do_not_exist(self, vera: Client, browser: Browser, viewer: Membership) -> None:
        saved = save(vera, shared="on")
        stranger = browser(records.add_person(records.add_provider("south"), "manager"))
        assert "Storm" not in words_of(stranger.get("/customers"))
        assert stranger.get(f"/lists/filters/{saved.pk}").status_code == 404
        assert stranger.post(f"/lists/filters/{saved.pk}", {"name": "Mine"}).status_code == 404

    def test_names_are_only_text(self, vera: Client) -> None:
        save(vera, name="<script>alert(1)</script>")
        assert "<script>alert" not in source_of(vera.get("/customers"))

    def test_a_saved_filter_that_cannot_be_used_any_more_says_so(self, vera: Client) -> None:
        save(vera, query="?area=Gone")
        page = vera.get("/customers?area=Gone")
        assert "has no order with the area “Gone”" in words_of(page)
        assert "Storm" in words_of(page)

    @pytest.mark.parametrize("name", ["login", "nothing", "run-rows"])
    def test_lists_that_do_not_exist_have_no_filters(self, vera: Client, name: str) -> None:
        assert vera.get(f"/lists/{name}/filters/new?query=%3Fq%3Da").status_code == 404
