"""The days on which billing cycles begin: the same in Python and in SQL."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.invoices.rules import start_of_cycle, start_of_next_cycle
from makegood.kit.sql import run_sql

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
BILLING_DAYS = st.integers(1, 31)


@given(on=DAYS, billing_day=BILLING_DAYS)
def test_a_day_is_in_its_cycle_and_the_next_one_begins_where_it_ends(on: date, billing_day: int) -> None:
    begins, ends = start_of_cycle(on, billing_day), start_of_next_cycle(on, billing_day)

    assert begins <= on < ends
    assert 28 <= (ends - begins).days <= 31
    assert start_of_cycle(ends, billing_day) == ends
    assert start_of_cycle(ends - timedelta(days=1), billing_day) == begins


@pytest.mark.sql
@pytest.mark.django_db
def test_the_database_knows_the_same_cycles() -> None:
    rows = run_sql(
        """
        SELECT day::date AS day, billing_day, cycle_start(day::date, billing_day) AS begins,
            cycle_end(day::date, billing_day) AS ends
        FROM generate_series(date '2027-11-15', date '2029-04-15', interval '1 day') AS day
        CROSS JOIN generate_series(1, 31) AS billing_day
        """
    )

    assert len(rows) > 15_000
    for row in rows:
        day, billing_day = row["day"], row["billing_day"]
        assert (row["begins"], row["ends"]) == (start_of_cycle(day, billing_day), start_of_next_cycle(day, billing_day))
