"""Statements that stand in files of their own."""

import pytest

from makegood.kit.sql import compose_sql, count_changed, load_sql, run_sql
from tests.support import records
from tests.support.answers import Verified


def test_a_statement_is_found_from_anywhere_in_its_domain() -> None:
    statement = load_sql("makegood.runs", "count_rows")
    assert statement.startswith("-- ")
    assert load_sql("makegood.runs.services.create_run", "count_rows") == statement


def test_a_statement_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        load_sql("makegood.runs", "nothing_of_that_name")


def test_a_statement_takes_another_one_in_but_never_in_a_comment() -> None:
    statement = "-- Takes {part}.\nSELECT * FROM ({part}) AS part\n  -- of {part}"
    assert compose_sql(statement, part="SELECT '\n{part}%'") == "SELECT * FROM (SELECT '\n{part}%') AS part"


@pytest.mark.django_db
def test_rows_come_by_name() -> None:
    assert run_sql("SELECT n, n * %(factor)s AS more FROM generate_series(1, 2) AS n", {"factor": 10}) == [
        {"n": 1, "more": 10},
        {"n": 2, "more": 20},
    ]
    assert run_sql("SELECT 1 AS one WHERE false") == []
    assert run_sql("SET LOCAL statement_timeout = 0") == []


@pytest.mark.django_db
def test_writing_tells_how_many_rows_it_wrote(assert_verified: Verified) -> None:
    north = records.add_provider()
    records.add_customers(north, 3)
    statement = "UPDATE customer SET city = %(city)s WHERE provider_id = %(provider)s AND number > 'C1'"
    assert count_changed(statement, {"city": "100% 'Springfield'", "provider": north.pk}) == 2
    assert_verified()
