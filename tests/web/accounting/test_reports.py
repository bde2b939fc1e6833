"""The reports as pages and as files: the same figures."""

import csv
import io
from datetime import date

import pytest
from django.test import Client

from makegood.accounting.rules import Days
from makegood.ledger.models import GLCode, JournalEntry
from makegood.providers.models import Membership
from makegood.web.accounting.causes import find_cause
from makegood.web.accounting.report_rows import say_days
from tests.support import movements, records
from tests.support.billing import on_day
from tests.support.books import MARCH, newest_credit
from tests.web.people import open_browser
from tests.web.reading import Answer, source_of, words_of

pytestmark = pytest.mark.django_db

QUARTER = "?from=2026-01-01&to=2026-03-31"


def rows_of_file(answer: Answer) -> list[dict[str, str]]:
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(source_of(answer).removeprefix("\ufeff"))))


def test_the_trial_balance_on_the_page_and_in_the_file(client: Client) -> None:
    page = words_of(client.get(f"/reports/trial-balance{QUARTER}"))
    assert "1200 Accounts receivable Receivable $0.00 $1,000.00 $703.00 $297.00" in page
    assert "Debits $1,706.00 = credits $1,706.00" in page
    rows = rows_of_file(client.get(f"/reports/trial-balance.csv{QUARTER}"))
    assert rows[1] == {
        "GL code": "1200",
        "Description": "Accounts receivable",
        "Type": "Receivable",
        "Opening (USD)": "0.00",
        "Debit (USD)": "1000.00",
        "Credit (USD)": "703.00",
        "Closing (USD)": "297.00",
    }
    assert (rows[-1]["GL code"], rows[-1]["Closing (USD)"]) == ("Total", "0.00")


def test_available_funds_on_the_page_and_in_the_file(client: Client) -> None:
    page = words_of(client.get("/reports/funds?from=2026-02-01&to=2026-02-28"))
    assert "4900 Goodwill credits Goodwill $3.00 -$3.00 $0.00" in page
    assert "agree with the journal’s account" in page
    assert "Taken back" not in page, "a column in which nothing stands is left out"
    row, total, journal, difference = rows_of_file(client.get("/reports/funds.csv?from=2026-02-01&to=2026-02-28"))
    assert (row["Opening (USD)"], row["Used (USD)"], row["Taken back (USD)"]) == ("3.00", "-3.00", "0.00")
    assert (total["Closing (USD)"], journal["Closing (USD)"], difference["Closing (USD)"]) == ("0.00", "0.00", "0.00")


def test_receivables_on_the_page_and_in_the_file(client: Client) -> None:
    page = words_of(client.get(f"/reports/receivables{QUARTER}"))
    assert "February 2026 $1,000.00 $0.00 -$3.00 -$700.00 $297.00" in page
    rows = rows_of_file(client.get(f"/reports/receivables.csv{QUARTER}"))
    assert [row["Month"] for row in rows] == ["2026-01", "2026-02", "2026-03", "Total", "Journal", "Difference"]


def test_receivables_by_age_on_the_page_and_in_the_file(client: Client) -> None:
    # Due on February 14.
    page = words_of(client.get("/reports/receivables/by-age?on=2026-03-01"))
    assert "1 to 30 days $297.00" in page
    assert "1 invoices of 1 customers" in page
    [row] = rows_of_file(client.get("/reports/receivables/by-age.csv?on=2026-01-31"))
    assert (row["Customer"], row["Not overdue (USD)"], row["Total (USD)"]) == ("C1", "1000.00", "1000.00")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?from=2026-02-30&to=2026-03-01", "Write a day such as 2026-01-31."),
        ("?from=2026-03-01", "This field is required."),
        ("?from=2026-03-02&to=2026-03-01", "The last day lies before the first."),
        ("?from=2000-01-01&to=2026-03-01", "at most ten years"),
    ],
)
def test_days_that_cannot_be_are_refused_beside_the_field(client: Client, query: str, said: str) -> None:
    answer = client.get(f"/reports/funds{query}")
    assert answer.status_code == 422
    assert said in words_of(answer)
    assert client.get(f"/reports/funds.csv{query}").status_code == 400


def test_nothing_is_booked_yet(manager: Membership) -> None:
    south = records.add_provider("south")
    client = open_browser(records.add_person(south, "viewer"))
    for report in ("trial-balance", "funds"):
        assert "Nothing is booked up to then." in words_of(client.get(f"/reports/{report}{QUARTER}"))
    assert "Nothing is booked yet" in words_of(client.get("/reports/journal"))


def test_the_journal_leads_to_an_entry_and_the_entry_to_its_cause(client: Client, manager: Membership) -> None:
    with on_day(MARCH):
        credit = newest_credit(manager.provider)
        movements.owe(credit.customer, 5)
    page = words_of(client.get("/reports/journal?event=credit_issued"))
    assert "Credit issued Run" in page
    assert "2100, 4900" in page
    entry = JournalEntry.objects.get(event="credit_issued")
    shown = client.get(f"/reports/journal/{entry.pk}")
    assert f'href="/runs/{entry.cause_id}"' in source_of(shown)
    assert "4900 Goodwill credits $3.00 2100 Available Funds $3.00 Total $3.00 $3.00" in words_of(shown)
    assert client.get("/reports/journal/999999").status_code == 404


def test_daily_work_leads_to_its_day() -> None:
    cause = find_cause(JournalEntry(cause_type="provider", cause_id=1, booked_on=MARCH))
    assert (cause.words, cause.url) == ("Daily work", f"/days?day_min={MARCH}&day_max={MARCH}")


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2026, 2, 1), date(2026, 2, 28), "February 2026"),
        (date(2026, 2, 1), date(2026, 2, 3), "Feb 1 to Feb 3, 2026"),
        (date(2026, 2, 3), date(2026, 2, 3), "Feb 3, 2026"),
    ],
)
def test_the_part_of_a_month_that_is_shown_is_said_in_words(first: date, last: date, said: str) -> None:
    assert say_days(Days(first, last)) == said


def test_the_change_of_a_credit_leads_to_the_credit(client: Client, manager: Membership) -> None:
    with on_day(MARCH):
        credit = newest_credit(manager.provider)
        records.edit(manager, credit, amount_minor=400)
    entry = JournalEntry.objects.get(event="credit_edited")
    shown = client.get(f"/reports/journal/{entry.pk}")
    assert f'href="/credits/{credit.pk}">Change of credit {credit.pk}' in source_of(shown)


def test_the_exported_journal_holds_the_lines_of_what_is_listed(client: Client) -> None:
    lines = rows_of_file(client.get("/reports/journal.csv?booked_min=2026-02-01"))
    assert {line["Booked on"] for line in lines} == {"2026-02-01"}
    assert sum(float(line["Debit (USD)"] or 0) for line in lines) == 703.0
    assert sum(float(line["Credit (USD)"] or 0) for line in lines) == 703.0
    assert len(rows_of_file(client.get("/reports/journal.csv?gl_code=4900"))) == 2
    assert client.get("/reports/journal.csv?colour=blue").status_code == 400


def test_no_text_of_a_file_is_taken_for_a_formula(client: Client, manager: Membership) -> None:
    GLCode.objects.filter(provider=manager.provider, code="4900").update(description="=1+1")
    for address in (f"/reports/trial-balance.csv{QUARTER}", f"/reports/funds.csv{QUARTER}", "/reports/journal.csv"):
        assert "'=1+1" in source_of(client.get(address))
