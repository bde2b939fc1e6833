"""`makegood verify` finds whatever has been tampered with in payments. Each test breaks one thing."""

import pytest

from makegood.customers.models import Customer
from makegood.kit.invariants import find_differences
from makegood.kit.sql import run_sql
from makegood.providers.models import Membership
from tests.payments.tampering import TAMPERING_WITH_PAYMENTS
from tests.support import movements, records
from tests.support.answers import Verified
from tests.support.ownership import as_owner
from tests.support.paying import pay, reverse

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


@pytest.fixture
def books(clerk: Membership, customer: Customer, assert_verified: Verified) -> None:
    """A payment of two invoices and more, and a reversed one; somebody else who owes."""
    for amount in (1000, 2000):
        movements.owe(customer, amount)
    pay(clerk, customer, 3500)
    other = records.add_customer(clerk.provider, "C2")
    movements.owe(other, 700)
    reverse(clerk, pay(clerk, other, 900))
    movements.owe(other, 100)
    assert_verified()


@pytest.mark.parametrize("deed", TAMPERING_WITH_PAYMENTS)
def test_what_was_tampered_with_is_found(deed: str, books: None) -> None:
    statement, broken = TAMPERING_WITH_PAYMENTS[deed]
    with as_owner():
        run_sql("SET CONSTRAINTS ALL IMMEDIATE")
        run_sql("SET LOCAL session_replication_role = replica")
        for table in ("payment", "payment_allocation", "invoice", "credit"):
            drop_checks(table)
        run_sql(statement)
        run_sql("SET LOCAL session_replication_role = origin")
    found = {difference.invariant for difference in find_differences()}
    assert set(broken) <= found, found


def drop_checks(table: str) -> None:
    """What is tampered with past every guard is tampered with past these as well."""
    checks = run_sql(
        "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %(table)s::regclass", {"table": table}
    )
    for check in checks:
        run_sql(f"ALTER TABLE {table} DROP CONSTRAINT {check['conname']}")
