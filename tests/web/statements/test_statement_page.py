"""Pages: a customer's statement, why a bill is what it is, which credit paid what."""

import csv
import io
from datetime import date
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from makegood.credits.services.apply_funds import apply_due_funds
from makegood.customers.selectors import get_customer
from makegood.providers.models import Provider
from makegood.statements import explain
from tests.support import records
from tests.support.billing import (
    add_billed_customer,
    add_billing_provider,
    give_credit,
    invoices_of,
    issue_invoices,
    on_day,
)
from tests.support.documents import read_document
from tests.support.paying import pay
from tests.web.people import open_browser
from tests.web.reading import source_of, words_of

pytestmark = pytest.mark.sql

DAYS = "?from=2026-01-01&to=2026-02-28"


@pytest.fixture
def north(db: None) -> Provider:
    """C1 pays 20.00 a month; a credit paid 5.00 of January, 30.00 in cash the rest and 15.00 of February."""
    provider = add_billing_provider()
    add_billed_customer(provider, "C1", name="Ann Archer")
    add_billed_customer(provider, "C2", name="Bob Baker", from_date=date(2026, 3, 1))
    issue_invoices(provider, date(2026, 1, 1))
    give_credit(provider, amount_minor=500, day=date(2026, 1, 10))
    with on_day(date(2026, 1, 15)):
        apply_due_funds(provider=provider, day=date(2026, 1, 15))
    issue_invoices(provider, date(2026, 2, 1))
    with on_day(date(2026, 2, 3)):
        pay(provider.membership_set.get(role="manager"), get_customer(provider, "C1"), 3000)
    return provider


@pytest.fixture
def vera(north: Provider) -> Client:
    return open_browser(records.add_person(north, "viewer"))


def address_of(north: Provider, number: str = "C1", ending: str = "") -> str:
    name = f"customer-statement{ending}"
    return reverse(name, args=[get_customer(north, number).pk])


def test_the_page_says_what_happened_and_what_it_came_to(vera: Client, north: Provider) -> None:
    said = words_of(vera.get(address_of(north) + DAYS))
    assert "Opening balance $0.00" in said
    assert "Closing balance $5.00" in said
    assert "Invoices $40.00 Payments -$30.00 Credits -$5.00" in said
    assert "Available Funds used Invoice 1 · Goodwill $5.00 moved $15.00 $0.00 $15.00" in said
    assert "The first regular invoice, $20.00: DSL began on Jan 1 ($20.00)" in said
    assert "Invoice 1 $15.00 , Invoice 2 $15.00 manager@north.example -$30.00" in said


def test_everything_that_is_named_is_a_link(vera: Client, north: Provider) -> None:
    source = source_of(vera.get(address_of(north) + DAYS))
    credit = records.credit_of(north, "C1")
    assert credit.run_row is not None
    for invoice in invoices_of(north):
        assert reverse("invoice", args=[invoice.pk]) in source
    assert reverse("credit", args=[credit.pk]) in source
    assert reverse("run", args=[credit.run_row.run_id]) in source
    assert reverse("payment", args=[get_customer(north, "C1").payments.get().pk]) in source


def test_without_days_it_is_about_three_months_up_to_today(vera: Client, north: Provider) -> None:
    with on_day(date(2026, 2, 20)):
        source = source_of(vera.get(address_of(north)))
    assert 'value="2025-11-20"' in source
    assert 'value="2026-02-20"' in source


def test_days_that_cannot_be_are_refused_beside_their_field_and_stay_typed(vera: Client, north: Provider) -> None:
    source = source_of(vera.get(address_of(north) + "?from=2026-03-01&to=2026-02-01"))
    assert "The first day is after the last one." in source
    assert 'value="2026-03-01" aria-invalid="true"' in source


def test_days_in_which_nothing_happened_say_so(vera: Client, north: Provider) -> None:
    assert "Nothing happened in these days" in words_of(vera.get(address_of(north, "C2") + DAYS))


def test_the_file_for_spreadsheets_holds_the_same_rows(vera: Client, north: Provider) -> None:
    answer = vera.get(address_of(north, ending="-csv") + DAYS)
    assert answer.headers["Content-Disposition"] == ('attachment; filename="statement_C1_2026-01-01_2026-02-28.csv"')
    rows = list(csv.DictReader(io.StringIO(source_of(answer).removeprefix("\ufeff"))))
    assert [row["What"] for row in rows] == [
        "Opening balance", "Invoice issued", "Credit given", "Available Funds used", "Invoice issued", "Payment",
        "Closing balance",
    ]  # fmt: skip
    assert rows[-1]["Balance (USD)"] == "5.00"


def test_a_description_is_no_formula_in_the_file(vera: Client, north: Provider) -> None:
    manager = north.membership_set.get(role="manager")
    with on_day(date(2026, 2, 5)):
        records.edit(manager, records.credit_of(north, "C1"), description="=1+1", amount_minor=700)
    assert "'=1+1" in source_of(vera.get(address_of(north, ending="-csv") + DAYS))


def test_the_pdf_is_the_customers(vera: Client, north: Provider) -> None:
    answer = vera.get(address_of(north, ending="-pdf") + DAYS)
    text = read_document(answer.content)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "$5.00 is owed" in text
    assert "manager@north.example" not in text


@pytest.mark.parametrize("ending", ["-csv", "-pdf"])
def test_a_file_of_days_that_cannot_be_does_not_exist(vera: Client, north: Provider, ending: str) -> None:
    assert vera.get(address_of(north, ending=ending) + "?from=" + quote("never")).status_code == 404


def test_of_many_invoices_it_explains_the_newest_and_says_so(
    vera: Client, north: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = words_of(vera.get(address_of(north) + DAYS))
    assert "The first regular invoice" in said
    assert "older one" not in said
    monkeypatch.setattr(explain, "MOST_EXPLAINED", 1)
    said = words_of(vera.get(address_of(north) + DAYS))
    assert "The first regular invoice" not in said
    assert "For the 1 older one, the invoice’s own page says it." in said


def test_the_customers_page_says_why_the_newest_bill_is_what_it_is(vera: Client, north: Provider) -> None:
    said = words_of(vera.get(reverse("customer", args=[get_customer(north, "C1").pk])))
    assert "Why is the bill $20.00 ? Invoice 2 As much as last month." in said
    assert "Why is the bill" not in words_of(vera.get(reverse("customer", args=[get_customer(north, "C2").pk])))


def test_a_credit_says_which_invoice_it_paid_and_the_invoice_which_credit_paid_it(
    vera: Client, north: Provider
) -> None:
    credit, invoice = records.credit_of(north, "C1"), invoices_of(north)[0]
    assert credit.run_row is not None
    of_credit = vera.get(reverse("credit", args=[credit.pk]))
    assert "Invoice 1 Jan 1, 2026 to Jan 31, 2026 Jan 15, 2026 By itself $5.00 Nothing" in words_of(of_credit)
    assert reverse("invoice", args=[invoice.pk]) in source_of(of_credit)
    of_invoice = vera.get(reverse("invoice", args=[invoice.pk]))
    given = f"Goodwill manager@north.example Jan 10, 2026 · Run {credit.run_row.run_id}"
    assert f"Paid by credits Available Funds used: $5.00 Credit Given by Used on Amount Came back {given}" in " ".join(
        words_of(of_invoice).replace("\xa0", " ").split()
    )
    assert "Why this amount? The first regular invoice" in words_of(of_invoice)
