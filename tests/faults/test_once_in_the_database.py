"""Whatever the program does, the database itself does not book twice."""

from collections.abc import Callable

import psycopg
import pytest
from psycopg.errors import CheckViolation, UniqueViolation

from makegood.providers.models import Membership
from makegood.runs.models import Run
from tests.support import records

pytestmark = pytest.mark.sql

COLUMNS = """
SELECT column_name
FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'
"""


@pytest.fixture
def run(manager: Membership) -> Run:
    """A finished run that has been taken back."""
    records.add_customers(manager.provider, 10)
    run = records.credit(manager)
    records.take_back(manager, run)
    return run


@pytest.mark.parametrize(
    ("table", "other", "which", "constraint"),
    [
        ("credit", "id", "run_row_id IS NOT NULL", "credit_run_row_id_key"),
        ("credit_entry", None, "number = 1", "credit_entry_pkey"),
        ("credit_entry", "credit_id", "type = 'taken_back'", "credit_entry_once_per_run_row"),
        ("run_row", "id", "true", "run_row_once"),
        ("run", "id", "key IS NOT NULL", "run_key_unique"),
    ],
)
def test_a_second_row_for_the_same_is_refused(
    run: Run,
    manager: Membership,
    owner: psycopg.Connection,
    table: str,
    other: str | None,
    which: str,
    constraint: str,
    assert_verified: Callable[[], None],
) -> None:
    records.draft_credit(manager, key="once")
    columns = [column for (column,) in owner.execute(COLUMNS, [table])]
    values = [f"{column} + 1000000" if column == other else column for column in columns]
    copy = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table} WHERE {which} LIMIT 1"
    with pytest.raises(UniqueViolation) as refused:
        owner.execute(copy.encode())
    assert refused.value.diag.constraint_name == constraint
    assert_verified()


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE credit SET taken_back_minor = taken_back_minor + 1", "credit_remaining"),
        ("UPDATE customer_balance SET funds_minor = funds_minor - 1", "customer_balance_funds"),
        ("UPDATE run SET booked_minor = booked_minor + 1", "run_books_no_more_than_rehearsed"),
        ("UPDATE customer_balance SET funds_minor = 100000000000", "customer_balance_within_limit"),
    ],
)
def test_more_than_there_is_is_refused(
    run: Run, owner: psycopg.Connection, statement: str, constraint: str, assert_verified: Callable[[], None]
) -> None:
    with pytest.raises(CheckViolation) as refused:
        owner.execute(statement.encode())
    assert refused.value.diag.constraint_name == constraint
    assert_verified()
