"""The search in the top bar: records and pages by what a person remembers of them, of their own provider only."""

import html
import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from makegood.customers.selectors import get_customer
from makegood.orders.models import Order
from makegood.providers.models import Membership, Provider
from makegood.runs.models import Run
from tests.support import movements, records
from tests.web.people import Browser
from tests.web.reading import PARTIAL, Answer, source_of, words_of

BOX = PARTIAL | {"HX-Target": "finder-results"}


def found(client: Client, text: str) -> list[str]:
    """What stands in the box below the search, line by line."""
    source = source_of(client.get("/search", {"q": text}, headers=BOX))
    return [
        " ".join(html.unescape(re.sub(r"<[^>]*>", " ", line)).split())
        for line in re.findall(r'<a class="finder-result".*?</a>', source, re.DOTALL)
    ]


def links(answer: Answer) -> list[str]:
    return re.findall(r'class="finder-result"[^>]*href="([^"]*)"', source_of(answer))


class TestCustomers:
    @pytest.mark.parametrize(
        "text", ["N-1", "n-1", "Ann", "ann ar", "Archer", "n-1@example", "ANN ARCHER", "  Ann   Archer "]
    )
    def test_by_number_name_and_address(self, vera: Client, text: str) -> None:
        assert "Ann Archer N-1 · n-1@example.org" in found(vera, text)

    def test_by_phone(self, vera: Client) -> None:
        assert found(vera, "555-0100") == ["Cleo Cole N-3 · n-3@example.org"]

    def test_who_is_called_just_so_comes_first(self, vera: Client, north: Provider) -> None:
        records.add_customer(north, "N-10", name="Ann Archer-Adams")
        records.add_customer(north, "N-1B", name="Zoe", email="x@example.org")
        assert found(vera, "n-1")[0].startswith("Ann Archer N-1 ·")
        assert found(vera, "Ann Archer")[0].startswith("Ann Archer N-1 ·")

    def test_short_texts_are_looked_for_at_the_beginning_only(self, vera: Client) -> None:
        assert [line for line in found(vera, "rc") if "Archer" in line] == []

    @pytest.mark.parametrize("text", ["{}", "#{}", "invoice {}"])
    def test_invoice_by_number(self, vera: Client, north: Provider, text: str) -> None:
        invoice = movements.owe(get_customer(north, "N-1"), 1250)
        said = f"Invoice {invoice.number} $12.50 · Open · N-1 Ann Archer"
        assert said in found(vera, text.format(invoice.number))

    def test_those_of_another_provider_never(self, vera: Client) -> None:
        south = records.add_provider("south")
        records.add_customer(south, "S-1", name="Ann Abroad")
        assert "Abroad" not in " ".join(found(vera, "Ann") + found(vera, "S-1"))


def test_orders_by_number_and_street(vera: Client, north: Provider) -> None:
    assert any(line.startswith("N-1-1 DSL · Ann Archer") for line in found(vera, "N-1-1"))
    Order.objects.filter(number="N-2-1").update(street="12 Mill Lane")
    assert found(vera, "mill lane") == ["N-2-1 DSL · Bob & Sons · 12 Mill Lane · Springfield"]


class TestRunsAndCredits:
    @pytest.fixture
    def run(self, north: Provider) -> Run:
        return records.credit(records.add_person(north, "billing"))

    @pytest.mark.parametrize("text", ["{}", "#{}", "run {}", "Credit run {}"])
    def test_run_by_number(self, vera: Client, run: Run, text: str) -> None:
        assert f"Credit run {run.pk} Finished" in found(vera, text.format(run.pk))

    def test_credit_by_number(self, vera: Client, north: Provider, run: Run) -> None:
        credit = records.credit_of(north, "N-1")
        assert f"Credit {credit.pk} $10.00 · N-1 Ann Archer" in found(vera, f"credit {credit.pk}")

    def test_those_of_another_provider_never(self, run: Run, browser: Browser) -> None:
        of_south = browser(records.add_person(records.add_provider("south"), "viewer"))
        headers = BOX | {"X-Makegood-Provider": "south"}
        for text in (f"run {run.pk}", "credit 1", "N-1"):
            assert links(of_south.get("/search", {"q": text}, headers=headers)) == []

    @pytest.mark.parametrize("text", ["9" * 40, "²", "#", "run ", "run x", "credit -1", "\x00", "%", "_", "\\", "'"])
    def test_what_is_no_number_finds_nothing_and_breaks_nothing(self, vera: Client, run: Run, text: str) -> None:
        assert all("Credit run" not in line for line in found(vera, text))


class TestPages:
    def test_by_the_words_of_the_navigation(self, vera: Client) -> None:
        assert found(vera, "cust")[0] == "Customers Operations"

    def test_by_other_words_for_it(self, vera: Client) -> None:
        assert "Customers Operations" in found(vera, "subscribers")


class TestPage:
    def test_says_what_can_be_found(self, vera: Client) -> None:
        assert "What are you looking for?" in words_of(vera.get("/search"))

    def test_works_as_a_page_with_a_way_to_the_list(self, vera: Client) -> None:
        answer = vera.get("/search", {"q": "Ann"})
        assert "Ann Archer" in words_of(answer)
        assert 'href="/customers?q=Ann"' in source_of(answer)
        assert 'value="Ann"' in source_of(answer)

    def test_who_types_a_number_in_full_is_taken_there(self, vera: Client, north: Provider) -> None:
        customer = records.add_customer(north, "N-77", name="Dora")
        assert vera.get("/search", {"q": "n-77"})["Location"] == f"/customers/{customer.pk}"

    def test_nothing_found_says_what_else_to_try(self, vera: Client) -> None:
        words = words_of(vera.get("/search", {"q": "<script>x</script>"}))
        assert "Nothing is called “<script>x</script>”" in words
        assert "<script>x" not in source_of(vera.get("/search", {"q": "<script>x</script>"}))

    def test_names_are_words_not_markup(self, vera: Client, north: Provider) -> None:
        records.add_customer(north, "N-9", name="<img src=x> שלום")
        source = source_of(vera.get("/search", {"q": "<img"}, headers=BOX))
        assert "<img" not in source
        assert "&lt;img src=x&gt; שלום" in source


@pytest.mark.parametrize("text", ["Ann", "N", "N-1", "1", "nobody at all", "customers"])
def test_the_number_of_queries_stays_small(
    vera: Client, viewer: Membership, text: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    records.add_customers(viewer.provider, 40)
    vera.get("/search")
    with django_assert_max_num_queries(3 + 7):  # session, person, memberships; then each sort of record
        vera.get("/search", {"q": text}, headers=BOX)


def test_log_in_is_needed(client: Client, north: Provider) -> None:
    assert client.get("/search?q=Ann")["Location"] == "/login?next=/search%3Fq%3DAnn"
