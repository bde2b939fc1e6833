"""The dashboard: figures, plots and the tables under them say what the books say."""

from datetime import date

import pytest
from django.test import Client

from makegood.customers.selectors import get_customer
from makegood.providers.models import Membership
from tests.support import movements, records
from tests.support.billing import on_day
from tests.support.books import give, newest_credit, open_books
from tests.web.people import open_browser
from tests.web.reading import source_of, words_of

pytestmark = pytest.mark.django_db

TODAY = date(2026, 5, 10)


@pytest.fixture
def manager(db: None) -> Membership:
    """A manager: credits of a year ago, January and May, some used; one invoice is late, one is collected on May 24."""
    manager = open_books()
    north = manager.provider
    give(manager, date(2026, 1, 10), 5_000)
    with on_day(date(2026, 2, 3)):
        movements.owe(get_customer(north, "C1"), 2_000)
        movements.use(newest_credit(north), 2_000)
    give(manager, TODAY, 1_000, "C1", "C2")
    with on_day(TODAY):
        movements.owe(get_customer(north, "C2"), 700, due_on=date(2026, 5, 1))
        movements.owe(get_customer(north, "C2"), 900)
    return manager


@pytest.fixture
def client(manager: Membership) -> Client:
    return open_browser(manager)


def look(client: Client, address: str) -> str:
    with on_day(TODAY):
        answer = client.get(address)
        assert answer.status_code == 200
        return words_of(answer)


def test_the_figures_are_what_customers_have_and_owe(client: Client) -> None:
    page = look(client, "/dashboard")
    assert "Available Funds $50.00 of 2 customers" in page
    assert (
        "Receivable $16.00 from 1 customer Late $7.00 1 invoice Next collection May 24, 2026 $9.00 of 1 invoice" in page
    )


def test_credits_by_month_stand_in_the_plot_and_in_the_table_under_it(client: Client) -> None:
    page = look(client, "/dashboard")
    for words in ("January 2026 $50.00 $0.00", "February 2026 $0.00 $20.00", "May 2026 $20.00 $0.00", "June 2025"):
        assert words in page
    with on_day(TODAY):
        source = source_of(client.get("/dashboard"))
    assert "<title>January 2026: $50.00 issued</title>" in source
    assert " style=" not in source


def test_what_remains_is_told_by_its_age(client: Client) -> None:
    page = look(client, "/dashboard/funds-by-age")
    assert "This month $20.00 2 credits 1 to 2 months $0.00 0 credits 3 to 5 months $30.00 1 credit" in page


def test_invoices_are_told_by_their_state(client: Client) -> None:
    page = look(client, "/dashboard/invoices-by-state")
    assert "Open $9.00 1 invoice Paid $20.00 1 invoice Late $7.00 1 invoice" in page


def test_the_last_runs_say_what_became_of_them(client: Client, manager: Membership) -> None:
    with on_day(TODAY):
        records.draft_credit(manager, amount_minor=5)
        source = source_of(client.get("/dashboard"))
    assert "2 credited" in source
    assert words_of(client.get("/dashboard")).count("Credit run") == 2, "a draft is no run yet"


def test_who_has_nothing_is_told_what_to_do(db: None) -> None:
    client = open_browser(open_books("south"))
    page = look(client, "/dashboard")
    assert "No credit has been given in the last twelve months" in page
    assert "No run has been started yet" in page
    assert "no Available Funds" in look(client, "/dashboard/funds-by-age")
    assert "No invoice has been made yet" in look(client, "/dashboard/invoices-by-state")
