"""The Customer List as a CSV file."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.test import Client

from makegood.kit.clock import frozen_clock
from makegood.kit.spreadsheet import guard_text
from makegood.providers.models import Provider
from tests.support import records
from tests.web.reading import pieces_of, source_of


def read(client: Client, query: str = "") -> list[list[str]]:
    source = source_of(client.get(f"/customers.csv{query}"))
    assert source.startswith("\ufeff")
    return list(csv.reader(io.StringIO(source.removeprefix("\ufeff"))))


def test_file_holds_the_columns_of_the_list(vera: Client) -> None:
    assert read(vera)[:3] == [
        ["Number", "Name", "Area", "Type", "Status", "Active orders", "Monthly price (USD)", "Available Funds (USD)",
         "Amount due (USD)", "Autopay", "E-mail"],
        ["N-1", "Ann Archer", "Springfield", "Residential", "Active", "1", "20.00", "0.00", "0.00", "Yes", "Yes"],
        ["N-2", "Bob & Sons", "Shelbyville, Springfield", "Business", "Active", "2", "40.00", "0.00", "0.00", "No",
         "No"],
    ]  # fmt: skip


def test_file_is_named_after_the_provider_and_its_day(vera: Client) -> None:
    with frozen_clock(datetime(2026, 3, 1, 3, tzinfo=UTC)):
        answer = vera.get("/customers.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="customers-north-2026-02-28.csv"'
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.streaming


def test_file_holds_what_is_filtered_in_its_order_on_all_pages(north: Provider, vera: Client) -> None:
    records.add_customers(north, 60, prefix="X", area="Ogdenville")
    rows = read(vera, "?area=Ogdenville&area=Shelbyville&sort=-price&page=2")[1:]
    assert len(rows) == 61
    assert rows[0][0] == "N-2"


def test_filter_that_cannot_be_used_gives_no_file(vera: Client) -> None:
    answer = vera.get("/customers.csv?status=gone&colour=red")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert "There is no filter “colour” in this list." in source_of(answer)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_is_never_a_formula(start: str) -> None:
    assert guard_text(f"{start}1+1") == f"'{start}1+1"
    assert guard_text(f"A{start}") == f"A{start}"


def test_every_text_cell_is_guarded(north: Provider, vera: Client) -> None:
    records.add_customer(north, "=1+1", name="@SUM(A1)", areas=["-2"])
    row = next(row for row in read(vera) if "1+1" in row[0])
    assert row[:3] == ["'=1+1", "'@SUM(A1)", "'-2"]


def test_long_files_are_sent_in_pieces(north: Provider, vera: Client) -> None:
    records.add_customers(north, 1200, prefix="X")
    answer = vera.get("/customers.csv")
    assert len(pieces_of(answer)) >= 3
