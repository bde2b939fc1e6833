"""The Customer List: what a row says, filters, sorting, pages, and what is said when there is nothing to show."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from makegood.providers.models import Membership, Provider
from makegood.providers.services import set_end_customer_billing
from tests.support import records
from tests.web.people import Browser
from tests.web.reading import PARTIAL, numbers_of, rows_of, source_of, words_of

TYPING = PARTIAL | {"HX-Target": "results"}


def test_a_row_says_what_a_clerk_needs(vera: Client) -> None:
    first, second, third = rows_of(vera.get("/customers"))
    assert first == {
        "number": "N-1", "name": "Ann Archer", "area": "Springfield", "type": "Residential", "status": "Active",
        "orders": "1", "price": "$20.00", "funds": "$0.00", "due": "$0.00", "autopay": "Yes", "email": "Yes",
    }  # fmt: skip
    assert (second["area"], second["type"], second["orders"], second["price"], second["email"]) == (
        "Shelbyville, Springfield", "Business", "2", "$40.00", "No",
    )  # fmt: skip
    assert (third["area"], third["orders"], third["autopay"]) == ("—", "0", "No")


def test_available_funds_are_shown(north: Provider, vera: Client) -> None:
    records.credit(records.add_person(north, "billing"), filter={"number": ["N-1"]}, amount_minor=1234)
    assert rows_of(vera.get("/customers?funds_min=0.01"))[0]["funds"] == "$12.34"


def test_amounts_have_the_decimals_of_the_currency(db: None, browser: Browser) -> None:
    provider = records.add_provider("harbour", currency="JPY", timezone="Asia/Tokyo")
    records.add_customer(provider, "H-1")
    person = records.add_person(provider, "viewer")
    assert rows_of(browser(person).get("/customers"))[0]["price"] == "¥20"


def test_every_role_may_read(north: Provider, browser: Browser) -> None:
    for role in ("viewer", "agent", "billing", "manager", "admin"):
        assert browser(records.add_person(north, role)).get("/customers").status_code == 200


def test_markup_in_names_stays_text(north: Provider, vera: Client) -> None:
    evil = '<script>alert("x")</script><img src=x onerror=alert(1)>'
    records.add_customer(north, '"><i>', name=evil, areas=["'><b>area</b>"], email="")
    page = vera.get("/customers")
    assert "<script>alert" not in source_of(page)
    assert "<img" not in source_of(page)
    row = next(row for row in rows_of(page) if row["name"].startswith("<"))
    assert (row["number"], row["name"], row["area"]) == ('"><i>', evil, "'><b>area</b>")
    filtered = source_of(vera.get("/customers", {"q": evil, "area": "<b>nowhere</b>"}))
    assert "<script>alert" not in filtered
    assert "<b>nowhere" not in filtered


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("?q=archer", ["N-1"]),
        ("?q=555-01", ["N-3"]),
        ("?area=Shelbyville", ["N-2"]),
        ("?area=Shelbyville&area=Springfield", ["N-1", "N-2"]),
        ("?type=business", ["N-2"]),
        ("?email=no", ["N-2"]),
        ("?autopay=yes&status=active", ["N-1"]),
        ("?price_min=20&price_max=39.99", ["N-1"]),
        ("?orders_max=0", ["N-3"]),
        ("?sort=-price", ["N-2", "N-1", "N-3"]),
        ("?sort=orders", ["N-3", "N-1", "N-2"]),
        ("?sort=-name", ["N-3", "N-2", "N-1"]),
        ("?sort=-number", ["N-3", "N-2", "N-1"]),
        ("?sort=email", ["N-2", "N-1", "N-3"]),
        ("?area=Springfield&sort=-number", ["N-2", "N-1"]),
    ],
)
def test_filters_and_sorting(vera: Client, query: str, numbers: list[str]) -> None:
    page = vera.get(f"/customers{query}")
    assert numbers_of(page) == numbers
    if "?sort" not in query:
        assert f"{len(numbers)} customer{'' if len(numbers) == 1 else 's'}" in words_of(page)


def test_each_filter_is_a_chip_that_removes_it(vera: Client) -> None:
    page = vera.get("/customers?area=Springfield&area=Shelbyville&type=business&price_min=5&sort=-price")
    source = source_of(page)
    for rest in (
        "?area=Shelbyville&amp;type=business&amp;price_min=5&amp;sort=-price",
        "?area=Springfield&amp;area=Shelbyville&amp;price_min=5&amp;sort=-price",
        "?area=Springfield&amp;area=Shelbyville&amp;type=business&amp;sort=-price",
    ):
        assert f'href="/customers{rest}"' in source
    words = words_of(page)
    for chip in ("Area Springfield", "Area Shelbyville", "Type Business", "Monthly price from 5"):
        assert f"{chip} : remove this filter" in words
    assert 'class="chip-clear" href="/customers?sort=-price"' in source


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?status=gone", "Status: Select a valid choice. gone is not one of the available choices."),
        ("?price_min=abc", "Monthly price from: Write an amount with a point"),
        ("?price_min=10,00", "Monthly price from: Write an amount with a point"),
        ("?price_min=-1e999999", "Monthly price from"),
        ("?price_max=NaN", "Monthly price to: Write an amount with a point"),
        ("?orders_min=%D9%A1x", "Active orders from: Enter a whole number."),
        ("?email=perhaps", "E-mail address: Select a valid choice. perhaps is not one of the available choices."),
        ("?email=yes&email=no", "The filter email takes one value."),
        ("?area=Springfeld", "North Fiber has no order with the area “Springfeld”. Did you mean “Springfield”?"),
        ("?colour=red", "There is no filter “colour” in this list."),
        ("?q=a%00b", "Search: Null characters are not allowed."),
        ("?number=a%00b", "The filter number needs a value."),
    ],
)
def test_a_wrong_filter_is_explained_and_lists_nobody(vera: Client, query: str, said: str) -> None:
    page = vera.get(f"/customers{query}")
    assert page.status_code == 200
    assert said in words_of(page)
    assert rows_of(page) == []
    assert "Export CSV" not in words_of(page)
    assert vera.get(f"/customers.csv{query}").status_code == 400
    assert words_of(vera.get(f"/customers/count{query}")) == "0 customers"


def test_what_was_typed_wrongly_stands_beside_its_message(vera: Client) -> None:
    source = source_of(vera.get("/customers?price_min=abc&orders_max=7", headers=PARTIAL))
    assert 'name="price_min" value="abc" autocomplete="off" aria-invalid="true"' in source
    assert 'id="error_price_min"><li>Write an amount' in source
    assert 'name="orders_max" value="7"' in source


def test_a_wrong_filter_can_be_removed(vera: Client) -> None:
    source = source_of(vera.get("/customers?colour=red&area=Springfield"))
    assert 'class="chip chip-wrong" href="/customers?area=Springfield"' in source


@pytest.mark.parametrize("sort", ["nothing", "-", "area", "--name", "pk", "provider__slug"])
def test_a_column_that_cannot_be_sorted_by_is_named(vera: Client, sort: str) -> None:
    page = vera.get("/customers", {"sort": sort})
    assert f"The list cannot be sorted by “{sort}”; it is sorted by number." in words_of(page)
    assert numbers_of(page) == ["N-1", "N-2", "N-3"]


def test_address_is_brought_to_its_shortest_form(vera: Client) -> None:
    empty = "?q=&area=&area=Springfield&type=&price_min=+&sort=number&page=1"
    assert vera.get(f"/customers{empty}")["Location"] == "/customers?area=Springfield"
    for page in ("x", "0", "-3", "٣", "1.5"):
        assert vera.get("/customers", {"page": page})["Location"] == "/customers"
    assert vera.get("/customers?area=Springfield&sort=-name").status_code == 200


class TestPages:
    @pytest.fixture(autouse=True)
    def many(self, north: Provider) -> None:
        records.add_customers(north, 120, prefix="X", area="Ogdenville")

    def test_fifty_rows_a_page(self, vera: Client) -> None:
        pages = [vera.get(f"/customers?area=Ogdenville&page={page}") for page in (2, 3)]
        assert [len(rows_of(page)) for page in pages] == [50, 20]
        assert "Rows 51–100" in words_of(pages[0])
        assert 'rel="next" href="/customers?area=Ogdenville&amp;page=3"' in source_of(pages[0])
        assert 'rel="prev" href="/customers?area=Ogdenville"' in source_of(pages[0])
        assert 'rel="next"' not in source_of(pages[1])
        assert "120 customers" in words_of(pages[1])

    def test_no_row_is_missed_or_shown_twice(self, vera: Client) -> None:
        for sort in ("price", "-status", "autopay", "-funds", "email"):
            seen = [
                number
                for page in (1, 2, 3)
                for number in numbers_of(vera.get(f"/customers?sort={sort}&page={page}", follow=True))
            ]
            assert len(seen) == len(set(seen)) == 123

    @pytest.mark.parametrize("page", ["4", "99999999999999999999999"])
    def test_beyond_the_end(self, vera: Client, page: str) -> None:
        answer = vera.get(f"/customers?page={page}", follow=True)
        assert answer.status_code == 200
        assert "There is no page" in words_of(answer)
        assert 'class="button" href="/customers"' in source_of(answer)

    def test_sorting_starts_at_the_first_page_again(self, vera: Client) -> None:
        assert 'id="sort-name" href="/customers?area=Ogdenville&amp;sort=name"' in source_of(
            vera.get("/customers?area=Ogdenville&page=2")
        )

    @pytest.mark.parametrize("query", ["", "?area=Ogdenville&sort=-price", "?q=X&page=2"])
    def test_queries_do_not_grow_with_the_rows(
        self, vera: Client, query: str, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        vera.get("/customers")
        # Session, person, memberships, unread, banners; columns, saved filters; areas, services, keys, rows, count.
        with django_assert_max_num_queries(12):
            assert len(rows_of(vera.get(f"/customers{query}"))) == 50


class TestPartialAnswers:
    def test_list_without_the_frame_and_its_address(self, vera: Client) -> None:
        answer = vera.get("/customers?area=Springfield&type=&q=", headers=PARTIAL)
        assert answer["HX-Push-Url"] == "/customers?area=Springfield"
        source = source_of(answer)
        assert "<html" not in source
        assert 'id="list"' in source
        assert numbers_of(answer) == ["N-1", "N-2"]
        assert "2 customers. Rows 1 to 2 are shown." in words_of(answer)

    def test_typing_leaves_the_field_alone_and_the_way_back_short(self, vera: Client) -> None:
        answer = vera.get("/customers?q=ann", headers=TYPING)
        assert answer["HX-Replace-Url"] == "/customers?q=ann"
        assert 'id="id_q"' not in source_of(answer)
        assert numbers_of(answer) == ["N-1"]

    def test_a_long_list_does_not_wait_for_its_count(
        self, vera: Client, north: Provider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("makegood.web.frame.list_rows.COUNTED_AT_ONCE", 2)
        # The last page knows the number without counting.
        monkeypatch.setattr("makegood.web.frame.list_rows.ROWS_A_PAGE", 2)
        answer = vera.get("/customers?sort=-name", headers=PARTIAL)
        assert "More than 2 customers" in words_of(answer)
        assert 'hx-get="/customers/count?sort=-name"' in source_of(answer)
        assert words_of(vera.get("/customers/count?sort=-name", headers=PARTIAL)) == "3 customers"


class TestNothingToShow:
    def test_no_match_says_what_to_do(self, vera: Client) -> None:
        page = vera.get("/customers?q=nobody&sort=-name")
        assert "No customers match Change the search, or remove a filter." in words_of(page)
        assert 'href="/customers?sort=-name"' in source_of(page)

    def test_no_customers_yet_says_where_they_come_from(self, db: None, browser: Browser) -> None:
        person = records.add_person(records.add_provider("empty"), "admin")
        words = words_of(browser(person).get("/customers"))
        assert "No customers yet" in words
        assert "makegood import FILE --provider empty --map MAP.toml" in words


def test_while_billing_is_off_the_list_is_readable_and_nothing_is_offered(north: Provider, vera: Client) -> None:
    assert "End Customer Billing is off" not in words_of(vera.get("/customers"))
    set_end_customer_billing(provider=north, on=False, staff_id=None)
    page = vera.get("/customers")
    assert "End Customer Billing is off for North Fiber." in words_of(page)
    assert numbers_of(page) == ["N-1", "N-2", "N-3"]
    assert "Add customer credit" not in words_of(page)


def test_areas_are_suggested(vera: Client, viewer: Membership) -> None:
    answer = vera.get("/customers/areas", headers=PARTIAL)
    assert re.findall('value="([^"]*)"', source_of(answer)) == ["Shelbyville", "Springfield"]


@pytest.mark.parametrize("path", ["/customers", "/customers.csv", "/customers/count", "/customers/areas"])
def test_lists_are_only_read(vera: Client, path: str) -> None:
    assert vera.post(path).status_code == 405
