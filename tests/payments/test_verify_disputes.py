"""`makegood verify` finds what has been tampered with in disputes and in what they took. Each test breaks one thing."""

import pytest

from makegood.kit.invariants import find_differences
from makegood.kit.sql import run_sql
from makegood.providers.models import Membership
from tests.payments.test_verify import drop_checks
from tests.support import movements, records, sandbox
from tests.support.answers import Verified
from tests.support.ownership import as_owner
from tests.support.returns import charge, dispute

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

TAMPERING: dict[str, tuple[str, str]] = {
    "a dispute took more": (
        "UPDATE dispute SET booked_minor = booked_minor + 1 WHERE state = 'open'",
        "payment_disputes",
    ),
    "a dispute is forgotten": ("DELETE FROM dispute WHERE state = 'lost'", "payment_disputes"),
    "a dispute is called won": ("UPDATE dispute SET state = 'won' WHERE state = 'open'", "payment_disputes"),
    "a dispute is another gateway's": ("UPDATE dispute SET gateway_id = gateway_id + 100", "payment_disputes"),
    "a disputed payment is called received": (
        "UPDATE payment SET state = 'succeeded', returned_minor = 0 WHERE state = 'disputed'",
        "payment_disputes",
    ),
    "a lost dispute is called open": (
        "UPDATE payment SET state = 'disputed' WHERE state = 'returned'",
        "payment_disputes",
    ),
    "a return is forgotten": ("DELETE FROM payment_movement WHERE type = 'returned'", "payment_bookings"),
    "what was taken from an invoice is forgotten": (
        "DELETE FROM payment_allocation WHERE amount_minor < 0",
        "payment_allocations",
    ),
    "a return took more": (
        "UPDATE payment_movement SET amount_minor = amount_minor - 1 WHERE type = 'returned'",
        "payment_bookings",
    ),
    "what was won back is forgotten": ("DELETE FROM payment_movement WHERE type = 'won_back'", "payment_bookings"),
    "an overpayment holds what was taken back": (
        "UPDATE payment SET over_minor = over_minor + 1 WHERE state = 'returned'",
        "payment_funds",
    ),
}


@pytest.fixture
def books(clerk: Membership, assert_verified: Verified) -> None:
    """A payment that is disputed, one that was lost, and one that was won back in part."""
    sandbox.connect(clerk.provider)
    for number, state in (("C1", "open"), ("C2", "lost"), ("C3", "won")):
        customer = records.add_customer(clerk.provider, number)
        sandbox.add_method(customer)
        movements.owe(customer, 4000)
        payment = charge(clerk, customer)
        dispute(payment, 3000, "open", f"dp_{number}")
        dispute(payment, 3000, state, f"dp_{number}")
    assert_verified()


@pytest.mark.parametrize("deed", TAMPERING)
def test_what_was_tampered_with_is_found(deed: str, books: None) -> None:
    statement, broken = TAMPERING[deed]
    with as_owner():
        run_sql("SET CONSTRAINTS ALL IMMEDIATE")
        run_sql("SET LOCAL session_replication_role = replica")
        for table in ("payment", "payment_movement", "dispute"):
            drop_checks(table)
        run_sql(statement)
        run_sql("SET LOCAL session_replication_role = origin")
    assert broken in {difference.invariant for difference in find_differences()}
