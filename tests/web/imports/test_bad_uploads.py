"""Files that are no table, or not one that can be used: each gets a plain answer."""

from unittest import mock

import pytest
from django.test import Client

from makegood.imports.models import FileImport
from tests.web.imports.files import COLUMNS, CUSTOMERS, bring, check, newest
from tests.web.reading import words_of


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf  \n", "The file is empty."),
        (b"PK\x03\x04rest", "This is a workbook of a spreadsheet program."),
        (b"\xd0\xcf\x11\xe0rest", "This is a workbook of a spreadsheet program."),
        (b'[{"number": "A"}]', "This is JSON, not a table."),
        ("Number,Name\n".encode("utf-16"), "The file is in UTF-16; save it as UTF-8"),
        (b"\x7fELF\x00\x01\x02", "This is not a text file."),
    ],
)
def test_what_is_no_table_is_refused_at_once(carl: Client, content: bytes, sentence: str) -> None:
    answer = bring(carl, content)
    assert answer.status_code == 422
    assert sentence in words_of(answer)
    assert not FileImport.objects.exists()


def test_a_file_has_to_be_chosen(carl: Client) -> None:
    answer = carl.post("/imports/new", {"holds": "customers"})
    assert "Choose a file." in words_of(answer)


def test_a_file_that_is_too_large_is_refused_and_not_kept(carl: Client) -> None:
    with (
        mock.patch("makegood.web.imports.upload_bound.LARGEST_FILE_BYTES", 1000),
    ):
        answer = bring(carl, "Number,Name\n" + "A,B\n" * 1000)
    assert answer.status_code == 422
    assert "The file is larger than 200 MB." in words_of(answer)
    assert not FileImport.objects.exists()


def test_a_file_with_too_many_rows_is_refused_in_words(carl: Client) -> None:
    bring(carl, "Number,Name\n" + "".join(f"A-{n},Al\n" for n in range(4001)))
    with mock.patch("makegood.imports.carry_out.MOST_ROWS", 4000):
        check(carl, **{"customer.number": "column:Number", "customer.name": "column:Name"})
    assert "The file has more than 4,000 rows." in words_of(carl.get(f"/imports/{newest().pk}"))


def test_bytes_of_another_encoding_are_found_and_can_be_read_otherwise(carl: Client) -> None:
    page = bring(carl, "Number,Name\nA-1,Jürgen\n".encode("latin-1"))
    assert "Jürgen" in words_of(page)
    answer = carl.post(
        f"/imports/{newest().pk}/map",
        {"encoding": "utf-8", "customer.number": "column:Number", "customer.name": "column:Name"},
    )
    assert "has a byte that is not of the file's encoding" in words_of(answer)


def test_a_column_that_stands_twice_is_not_offered(carl: Client) -> None:
    page = bring(carl, "Number,Name,Name\nA-1,Al,Bo\n")
    assert "These columns stand twice in the first line" in words_of(page)
    assert "Say which column holds: Name of the customer." in words_of(page)


def test_three_hundred_columns_can_be_mapped(carl: Client) -> None:
    columns = [f"Column {n}" for n in range(298)]
    page = bring(carl, ",".join(["Number", "Name", *columns]) + "\n" + ",".join(["A-1", "Al", *columns]) + "\n")
    assert page.status_code == 200
    assert "Customer: Name Al" in words_of(page)


def test_a_file_without_rows_has_nothing_to_import(carl: Client) -> None:
    page = bring(carl, "Number,Name\n")
    assert "The file has no rows below its first line." in words_of(page)
    checked = check(carl, **{"customer.number": "column:Number", "customer.name": "column:Name"})
    assert "there is nothing to import" in words_of(carl.get(f"/imports/{checked.pk}"))


def test_a_quotation_mark_that_is_never_closed_is_told(carl: Client) -> None:
    bring(carl, 'Number,Name\nA-1,"Al\nA-2,Bo\n')
    check(carl, **{"customer.number": "column:Number", "customer.name": "column:Name"})
    assert "a quotation mark is opened and not closed" in words_of(carl.get(f"/imports/{newest().pk}"))


def test_an_empty_first_line_is_told(carl: Client) -> None:
    page = bring(carl, "\nA-1,Al\n")
    assert "The first line of the file is empty; it must name the columns." in words_of(page)


@pytest.mark.parametrize("typed", [{"delimiter": "\x00"}, {"encoding": "rot13"}, {"dates": "%s"}, {"map": "999999"}])
def test_a_form_that_was_tampered_with_does_no_harm(carl: Client, typed: dict[str, str]) -> None:
    bring(carl, CUSTOMERS)
    assert carl.post(f"/imports/{newest().pk}/map", COLUMNS | typed).status_code in (200, 404)


@pytest.mark.parametrize("map_name", ["", "x" * 200])
def test_the_name_of_a_map_has_to_fit(carl: Client, map_name: str) -> None:
    bring(carl, CUSTOMERS)
    checked = check(carl, **COLUMNS, save_as=map_name)
    assert checked.state == ("draft" if map_name else "checked")
