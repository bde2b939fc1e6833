"""`makegood statement` and `makegood invoices why`: what the phone asks, answered on the command line."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from makegood.credits.services.apply_funds import apply_due_funds
from makegood.providers.models import Provider
from tests.support.answers import CommandLine, read_json, refusal_code
from tests.support.billing import add_billed_customer, add_billing_provider, give_credit, issue_invoices, on_day
from tests.support.documents import read_document

pytestmark = pytest.mark.sql

DAYS = ("--from", "2026-01-01", "--to", "2026-02-28")


@pytest.fixture
def billed(db: None) -> Provider:
    """C1 pays 20.00 a month; 5.00 of January were paid by a credit."""
    provider = add_billing_provider()
    add_billed_customer(provider, "C1", name="Ann Archer", street="12 Elm Street")
    issue_invoices(provider, date(2026, 1, 1))
    give_credit(provider, amount_minor=500, day=date(2026, 1, 10))
    with on_day(date(2026, 1, 15)):
        apply_due_funds(provider=provider, day=date(2026, 1, 15))
    issue_invoices(provider, date(2026, 2, 1))
    return provider


def test_programs_get_every_row_with_the_balance_after_it(billed: Provider, makegood_cli: CommandLine) -> None:
    said = read_json(makegood_cli("statement", "C1", *DAYS, "--json"))
    assert (said["customer"], said["from"], said["to"], said["currency"]) == ("C1", "2026-01-01", "2026-02-28", "USD")
    assert said["opening"] == {"owed": "0.00", "available_funds": "0.00", "balance": "0.00"}
    assert said["closing"] == {"owed": "35.00", "available_funds": "0.00", "balance": "35.00"}
    assert (said["invoices"], said["payments"], said["credits"]) == ("40.00", "0.00", "-5.00")
    assert [(row["what"], row["invoice"], row["balance"]) for row in said["rows"]] == [
        ("invoice_issued", 1, "20.00"),
        ("credit_given", None, "15.00"),
        ("funds_used", 1, "15.00"),
        ("invoice_issued", 2, "35.00"),
    ]
    assert said["rows"][1]["by"] == "manager@north.example"
    assert said["rows"][3]["why"] == "As much as last month."


def test_people_get_a_table_and_the_sentences(billed: Provider, makegood_cli: CommandLine) -> None:
    said = makegood_cli("statement", "C1", *DAYS).stdout
    assert "Opening balance" in said
    assert "Invoice 1, with Goodwill" in said
    assert "$5.00 moved" in said
    assert "Invoice 2: As much as last month." in said


def test_spreadsheets_get_rows(billed: Provider, makegood_cli: CommandLine) -> None:
    rows = list(csv.DictReader(io.StringIO(makegood_cli("statement", "C1", *DAYS, "--csv").stdout)))
    assert [row["What"] for row in rows] == [
        "Opening balance",
        "Invoice issued",
        "Credit given",
        "Available Funds used",
        "Invoice issued",
        "Closing balance",
    ]
    assert [row["Balance (USD)"] for row in rows] == ["0.00", "20.00", "15.00", "15.00", "35.00", "35.00"]


def test_the_customer_gets_a_pdf(billed: Provider, makegood_cli: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "ann.pdf"
    assert makegood_cli("statement", "C1", *DAYS, "--pdf", str(file)).returncode == 0
    text = read_document(file.read_bytes())
    for words in ("Ann Archer", "12 Elm Street", "Account statement", "Closing balance", "$35.00 is owed"):
        assert words in text
    assert "manager@north.example" not in text


def test_a_file_that_cannot_be_written_is_refused(billed: Provider, makegood_cli: CommandLine, tmp_path: Path) -> None:
    answer = makegood_cli("statement", "C1", "--pdf", str(tmp_path / "nowhere" / "ann.pdf"))
    assert answer.returncode == 2
    assert "cannot be written" in answer.stderr


def test_days_and_customers_that_are_not_there_are_refused(billed: Provider, makegood_cli: CommandLine) -> None:
    assert refusal_code(makegood_cli("statement", "C9", "--json")) == "customer_unknown"
    assert refusal_code(makegood_cli("statement", "C1", "--from", "May", "--json")) == "day_malformed"


def test_why_an_invoice_is_what_it_is(billed: Provider, makegood_cli: CommandLine) -> None:
    said = makegood_cli("invoices", "why", "1").stdout.strip()
    assert said == (
        "The first regular invoice, $20.00: DSL began on Jan 1 ($20.00); Available Funds of $5.00 paid part of it."
    )
    why = read_json(makegood_cli("invoices", "why", "2", "--json"))
    assert (why["compared_with"], why["difference"], why["reasons"]) == (1, "0.00", [])
    assert refusal_code(makegood_cli("invoices", "why", "99", "--json")) == "invoice_unknown"
