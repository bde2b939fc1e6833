"""`makegood accounts` and `makegood journal`: what the books say, as text, as JSON and as a file."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from makegood.customers.selectors import get_customer
from makegood.ledger.models import PeriodClose
from makegood.providers.models import Membership
from tests.support import movements
from tests.support.answers import CommandLine, read_json, refusal_code
from tests.support.billing import on_day
from tests.support.books import MARCH, give, newest_credit, open_books, reach

pytestmark = pytest.mark.django_db

AS_MANAGER = ("--as", "manager@north.example")


@pytest.fixture(autouse=True)
def manager(db: None) -> Membership:
    """A manager of the only provider: 3.00 given and 10.00 invoiced in January, 3.00 used in February."""
    manager = open_books()
    give(manager, date(2026, 1, 31), 300)
    with on_day(date(2026, 1, 31)):
        movements.owe(get_customer(manager.provider, "C1"), 1000)
    with on_day(date(2026, 2, 1)):
        movements.use(newest_credit(manager.provider), 300)
    reach(manager.provider, MARCH)
    return manager


def test_the_trial_balance(makegood_cli: CommandLine) -> None:
    said = read_json(makegood_cli("accounts", "trial-balance", "--month", "2026-02", "--json"))
    assert (said["holds"], said["from"], said["to"]) == (True, "2026-02-01", "2026-02-28")
    [receivable] = [row for row in said["gl_codes"] if row["gl_code"] == "1200"]
    assert (receivable["opening"], receivable["credit"], receivable["closing"]) == ("10.00", "3.00", "7.00")
    assert said["total"]["closing"] == "0.00"
    assert "Accounts receivable" in makegood_cli("accounts", "trial-balance", "--month", "2026-02").stdout


def test_available_funds(makegood_cli: CommandLine) -> None:
    said = read_json(makegood_cli("accounts", "funds", "--from", "2026-01-01", "--to", "2026-02-28", "--json"))
    assert said["holds"]
    assert (said["total"]["issued"], said["total"]["used"], said["total"]["closing"]) == ("3.00", "-3.00", "0.00")
    assert [(month["month"], month["closing"], month["journal"]) for month in said["months"]] == [
        ("2026-01", "3.00", "3.00"),
        ("2026-02", "0.00", "0.00"),
    ]
    shown = makegood_cli("accounts", "funds", "--month", "2026-01").stdout
    assert "entries $3.00, journal $3.00, difference $0.00" in shown


def test_receivables(makegood_cli: CommandLine) -> None:
    said = read_json(makegood_cli("accounts", "receivables", "--month", "2026-02", "--json"))
    assert (said["total"]["opening"], said["total"]["used"], said["total"]["closing"]) == ("10.00", "-3.00", "7.00")
    assert "difference $0.00" in makegood_cli("accounts", "receivables", "--month", "2026-02").stdout
    aged = read_json(makegood_cli("accounts", "aged", "--on", "2026-02-20", "--json"))
    assert (aged["upto_30"], aged["total"], aged["journal"], aged["customers"]) == ("7.00", "7.00", "7.00", 1)


@pytest.mark.parametrize(
    ("days", "code"),
    [
        ((), "days_missing"),
        (("--month", "2026-13"), "month_malformed"),
        (("--month", "2026-1"), "month_malformed"),
        (("--month", "2026-01", "--from", "2026-01-01"), "days_twice"),
        (("--from", "yesterday"), "date_malformed"),
        (("--from", "2026-02-01", "--to", "2026-01-01"), "days_reversed"),
        (("--from", "1066-10-14"), "date_out_of_range"),
    ],
)
def test_days_that_cannot_be_are_refused(makegood_cli: CommandLine, days: tuple[str, ...], code: str) -> None:
    assert refusal_code(makegood_cli("accounts", "funds", *days, "--json")) == code
    assert refusal_code(makegood_cli("journal", "export", *days, "--json")) == code


def test_months_are_closed_and_listed(makegood_cli: CommandLine) -> None:
    assert refusal_code(makegood_cli("accounts", "close", "2026-01", *AS_MANAGER, "--json")) == "not_confirmed"
    assert (
        refusal_code(makegood_cli("accounts", "close", "2026-02", *AS_MANAGER, "--yes", "--json")) == "month_not_next"
    )
    assert read_json(makegood_cli("accounts", "close", "2026-01", *AS_MANAGER, "--yes", "--json"))["month"] == "2026-01"
    assert makegood_cli("accounts", "close", "2026-02", *AS_MANAGER, "--yes").stdout == "2026-02 is closed.\n"
    with on_day(MARCH):
        months = read_json(makegood_cli("accounts", "months", "--json"))
        assert "2026-02" in makegood_cli("accounts", "months").stdout
    assert [(month["month"], month["state"], month["closed_by"]) for month in months] == [
        ("2026-03", "running", None),
        ("2026-02", "closed", "manager@north.example"),
        ("2026-01", "closed", "manager@north.example"),
    ]
    assert PeriodClose.objects.count() == 2


def test_the_journal_goes_to_a_new_file_and_adds_up_to_the_trial_balance(
    makegood_cli: CommandLine, tmp_path: Path
) -> None:
    path = tmp_path / "journal.csv"
    said = read_json(makegood_cli("journal", "export", "--month", "2026-01", "--output", str(path), "--json"))
    assert said == {"lines": 4, "file": str(path)}
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    trial = read_json(makegood_cli("accounts", "trial-balance", "--month", "2026-01", "--json"))
    for side in ("debit", "credit"):
        column = side.capitalize()
        by_code = {row["GL code"]: row[column] for row in rows if row[column]}
        assert by_code == {row["gl_code"]: row[side] for row in trial["gl_codes"] if row[side] != "0.00"}
    assert refusal_code(makegood_cli("journal", "export", "--month", "2026-01", "--output", str(path), "--json")) == (
        "file_exists"
    )
    nowhere = str(tmp_path / "nowhere" / "journal.csv")
    assert refusal_code(makegood_cli("journal", "export", "--month", "2026-01", "--output", nowhere, "--json")) == (
        "file_not_writable"
    )


def test_the_journal_is_printed_where_no_file_is_named(makegood_cli: CommandLine) -> None:
    lines = makegood_cli("journal", "export", "--month", "2026-02").stdout.splitlines()
    assert lines[0] == "Entry,Booked on,Effective on,Event,Cause,GL code,Description,Debit,Credit"
    assert len(lines) == 3
    first, _ = read_json(makegood_cli("journal", "export", "--from", "2026-02-01", "--to", "2026-02-01", "--json"))
    assert (first["event"], first["gl_code"], first["debit"], first["credit"]) == ("funds_used", "2100", "3.00", "0.00")
