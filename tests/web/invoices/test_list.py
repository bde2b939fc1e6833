"""The Invoice List, as a clerk reads it."""

import pytest
from django.test import Client

from makegood.invoices.models import Invoice
from makegood.providers.models import Provider
from makegood.runs.models import Run
from makegood.runs.services.start_run import cancel_run
from tests.support import billing, records
from tests.web.invoices.people import FEBRUARY
from tests.web.people import open_browser
from tests.web.reading import rows_of, source_of, words_of


def numbers_shown(browser: Client, query: str = "") -> list[str]:
    return [row["number"] for row in rows_of(browser.get(f"/invoices{query}"))]


def test_each_invoice_says_what_a_clerk_asks(billed: Provider, mary: Client) -> None:
    row = rows_of(mary.get("/invoices"))[1]
    assert (row["number"], row["customer"], row["name"], row["state"]) == ("1", "N-1", "Ann Archer", "Open")
    assert (row["period"], row["issued"], row["due"]) == ("Feb 1 to Feb 28, 2026", "Feb 1, 2026", "Feb 15, 2026")
    assert (row["total"], row["used"], row["paid"], row["left"]) == ("$54.44", "$0.00", "$0.00", "$54.44")


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("?q=1", ["1"]),
        ("?q=%232", ["2"]),
        ("?q=archer", ["1"]),
        ("?q=n-2", ["2"]),
        ("?state=open", ["2", "1"]),
        ("?state=paid", []),
        ("?customer=N-2", ["2"]),
        ("?kind=final", []),
        ("?period_min=2026-02-10&period_max=2026-02-11", ["2", "1"]),
        ("?period_min=2026-03-01", []),
        ("?issued_min=2026-02-01&issued_max=2026-02-01", ["2", "1"]),
        ("?due_max=2026-02-14", []),
        ("?collect_min=2026-02-15", ["2", "1"]),
        ("?total_min=20.01", ["1"]),
        ("?left_max=20", ["2"]),
        ("?used_min=0.01", []),
        ("?paid_max=0", ["2", "1"]),
        ("?sort=left", ["2", "1"]),
        ("?sort=-total", ["1", "2"]),
    ],
)
def test_it_is_filtered_searched_and_sorted(billed: Provider, mary: Client, query: str, numbers: list[str]) -> None:
    assert numbers_shown(mary, query) == numbers


def test_those_of_a_run_are_found_and_a_run_that_is_no_number_is_refused(billed: Provider, mary: Client) -> None:
    run = Run.objects.get(kind="invoice")
    assert numbers_shown(mary, f"?run={run.pk}") == ["2", "1"]
    assert "write the number of an invoice run" in words_of(mary.get("/invoices?run=last"))


def test_a_draft_is_listed_and_nothing_of_it_is_left_to_pay(billed: Provider, mary: Client) -> None:
    billing.add_billed_customer(billed, "N-3", from_date=FEBRUARY)
    run = billing.draft_invoices(billed, FEBRUARY)
    draft = rows_of(mary.get("/invoices"))[0]
    assert (draft["number"], draft["state"], draft["issued"], draft["left"]) == ("Draft", "Draft", "—", "")
    assert numbers_shown(mary, "?left_min=1") == ["2", "1"]

    cancel_run(run=run, membership=None)
    assert numbers_shown(mary) == ["2", "1"], "what was given up is no invoice"


def test_the_file_has_plain_numbers_and_days(billed: Provider, mary: Client) -> None:
    head, first, _ = source_of(mary.get("/invoices.csv")).splitlines()
    assert head.startswith("\ufeffInvoice,Customer,Name,State,Period,Issued,Due,Total (USD)")
    assert first.startswith("2,N-2,Bob & Sons,Open,2026-02-01 to 2026-02-28,2026-02-01,2026-02-15,20.00")


def test_without_invoices_it_says_what_to_do(db: None) -> None:
    north = billing.add_billing_provider(invoices_from=None)
    admin = open_browser(records.add_person(north, "admin"))
    assert "Open the billing settings" in words_of(admin.get("/invoices"))
    manager = open_browser(records.add_person(north, "manager"))
    said = words_of(manager.get("/invoices"))
    assert said.count("Make invoices") == 3, "above the list, in the words and below them"
    assert "Open the billing settings" not in said
    billing.set_up_billing(north, invoices_from=FEBRUARY)
    assert words_of(manager.get("/invoices")) == said


def test_another_provider_sees_nothing_of_it(billed: Provider) -> None:
    south = open_browser(records.add_person(records.add_provider("south"), "manager"))
    assert numbers_shown(south) == []
    invoice = Invoice.objects.filter(provider=billed).earliest("pk")
    assert south.get(f"/invoices/{invoice.pk}").status_code == 404
    assert south.get(f"/invoices/{invoice.pk}.pdf").status_code == 404
