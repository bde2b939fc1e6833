"""Collecting and reconciling read about as much for each charge, however many customers and other charges there are."""

from datetime import timedelta

import pytest

from makegood.gateways.services.balance import fetch_balance
from makegood.kit.sql import run_sql
from makegood.payments.models import Payment
from makegood.payments.reconciling import list_differences
from makegood.providers.models import Provider
from tests.payments.collecting import DAY, add_payer, after, charge, gateway_of, submit
from tests.support import records
from tests.support.answers import Verified
from tests.support.ownership import as_owner

pytestmark = [pytest.mark.sql, pytest.mark.django_db]

PAYERS, OTHERS = 20, 300
TABLES = ("customer", "customer_balance", "invoice", "payment", "payment_allocation", "payment_claim", "payment_method")
# So a server stands that analyzed the tables while only undone rows were in them: to it, reading all of one is the
# same as reading one row.
TAKEN_FOR_EMPTY = """
UPDATE pg_class
SET relpages = greatest(relpages, 1), reltuples = 0
WHERE oid IN ('customer'::regclass, 'payment'::regclass, 'invoice'::regclass)
"""
ROWS_READ = """
SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) AS rows
FROM pg_stat_xact_user_tables
WHERE relname = %(table)s
"""


@pytest.fixture
def payers(north: Provider) -> Provider:
    """Customers whom autopay charges on the day, among many others."""
    records.add_customers(north, OTHERS)
    for number in range(PAYERS):
        add_payer(north, f"P{number}")
    # So few would be read as a whole; what counts is what can be done when they are many.
    for way in ("enable_seqscan", "enable_hashjoin", "enable_mergejoin"):
        run_sql(f"SET LOCAL {way} = off")
    return north


@pytest.fixture
def known(payers: Provider) -> Provider:
    """The same, to a server that knows how many there are."""
    tell_the_server(*TABLES)
    return payers


@pytest.fixture
def taken_for_empty(payers: Provider) -> Provider:
    """The same, to a server that does not; without its own checks of keys, which it then plans badly by itself."""
    with as_owner():
        run_sql(TAKEN_FOR_EMPTY)
        run_sql("SET LOCAL session_replication_role = replica")
    return payers


def tell_the_server(*tables: str) -> None:
    """It counts what is in the tables."""
    with as_owner():
        for table in tables:
            run_sql(f"ANALYZE {table}")


def rows_read(table: str) -> int:
    return int(run_sql(ROWS_READ, {"table": table})[0]["rows"])


def test_charges_are_made_of_those_who_are_charged(known: Provider, assert_verified: Verified) -> None:
    customers, invoices = rows_read("customer"), rows_read("invoice")
    assert len(charge(known)) == PAYERS
    # Each is found, charged, and checked as the one that the payment is of.
    assert rows_read("customer") - customers == 3 * PAYERS
    assert rows_read("invoice") - invoices <= 5 * PAYERS
    assert_verified()


def test_charges_are_made_of_them_also_before_the_server_knows_of_the_tables(
    taken_for_empty: Provider, assert_verified: Verified
) -> None:
    customers, invoices = rows_read("customer"), rows_read("invoice")
    assert len(charge(taken_for_empty)) == PAYERS
    assert rows_read("customer") - customers == 2 * PAYERS
    assert rows_read("invoice") - invoices <= 5 * PAYERS
    assert_verified()


def test_successes_are_booked_without_looking_at_others(known: Provider, assert_verified: Verified) -> None:
    charge(known)
    customers, payments = rows_read("customer"), rows_read("payment")
    submit(known)
    assert Payment.objects.filter(state="succeeded").count() == PAYERS
    # Of each payment, key by key: its customer, whether it may be submitted, and what the database checks.
    assert rows_read("customer") - customers <= 10 * PAYERS
    assert rows_read("payment") - payments <= 20 * PAYERS
    assert_verified()


def test_days_are_reconciled_without_looking_at_others(known: Provider, assert_verified: Verified) -> None:
    charge(known)
    submit(known)
    with after(hours=1):
        fetch_balance(gateway=gateway_of(known))
    tell_the_server("balance_event", "payment", "payment_movement")
    before = rows_of_charges()
    assert list_differences(known, DAY, DAY) == []
    # What is in the days, and the rest of each charge, by its key.
    assert [now - then for now, then in zip(rows_of_charges(), before, strict=True)] == [2 * PAYERS, PAYERS, 2 * PAYERS]
    before = rows_of_charges()
    assert list_differences(known, DAY + timedelta(days=1), DAY + timedelta(days=30)) == []
    assert rows_of_charges() == before
    assert_verified()


def rows_of_charges() -> list[int]:
    return [rows_read(table) for table in ("balance_event", "payment", "payment_movement")]
