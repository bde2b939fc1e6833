"""Whatever the program does, the database itself does not book twice."""

from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
from psycopg.errors import CheckViolation, UniqueViolation

from makegood.customers.models import Customer
from makegood.payments.services.collect_now import collect_now
from makegood.payments.services.make_charges import make_charges
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership
from makegood.runs.models import Run
from tests.support import movements, records, refunding, sandbox
from tests.support.billing import on_day

pytestmark = pytest.mark.sql

COLUMNS = """
SELECT column_name
FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'
"""

SAME_DAY = """
UPDATE payment SET collect_day = (SELECT min(collect_day) FROM payment) WHERE collect_day IS NOT NULL
"""
SAME_REFERENCE = """
UPDATE payment SET gateway_reference = (SELECT max(gateway_reference) FROM payment) WHERE gateway_reference = ''
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


@pytest.fixture
def collected(manager: Membership) -> None:
    """An invoice of which an autopay payment has failed and the next is under way; one paid, and refunded twice."""
    north = manager.provider
    sandbox.connect(north)
    today = today_of(north)
    with on_day(today):
        sandbox.add_method(records.add_customer(north, "C1", autopay=True), "card_insufficient_once")
        movements.owe(Customer.objects.get(number="C1"), 6000, due_on=today)
        make_charges(provider=north, day=today)
        collect_now(provider=north)
        sandbox.add_method(records.add_customer(north, "C2"))
        paid = movements.owe(Customer.objects.get(number="C2"), 4000)
        assert refunding.charge(manager, paid).state == "succeeded"
        for amount_minor in (1500, 1000):
            assert refunding.refund(manager, paid, amount_minor).state == "done"
    with on_day(today + timedelta(days=3)):
        assert make_charges(provider=north, day=today + timedelta(days=3)).customers == 1


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE payment_claim SET open = true", "payment_claim_one_in_flight"),
        (SAME_DAY, "payment_one_for_each_collect_day"),
        (SAME_REFERENCE, "payment_gateway_reference_once"),
        ("UPDATE refund SET state = 'pending', settled_at = NULL", "refund_one_pending"),
    ],
)
def test_a_second_one_under_way_is_refused(
    collected: None, owner: psycopg.Connection, statement: str, constraint: str, assert_verified: Callable[[], None]
) -> None:
    with pytest.raises(UniqueViolation) as refused:
        owner.execute(statement.encode())
    assert refused.value.diag.constraint_name == constraint
    assert_verified()


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE invoice SET in_flight_minor = due_minor + 1 WHERE due_minor > 0", "invoice_in_flight_is_due"),
        ("UPDATE invoice SET in_flight_minor = 1 WHERE state = 'paid'", "invoice_in_flight_is_due"),
        (
            "UPDATE payment SET refunding_minor = amount_minor - refunded_minor + 1 WHERE state = 'succeeded'",
            "payment_gives_back_at_most_itself",
        ),
        (
            "UPDATE payment SET paid_out_minor = amount_minor - refunded_minor + 1 WHERE state = 'succeeded'",
            "payment_gives_back_at_most_itself",
        ),
    ],
)
def test_more_than_is_due_or_was_paid_is_neither_under_way_nor_given_back(
    collected: None, owner: psycopg.Connection, statement: str, constraint: str, assert_verified: Callable[[], None]
) -> None:
    with pytest.raises(CheckViolation) as refused:
        owner.execute(statement.encode())
    assert refused.value.diag.constraint_name == constraint
    assert_verified()
