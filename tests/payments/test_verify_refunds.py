"""`makegood verify` finds what has been tampered with in refunds and pay-outs. Each test breaks one thing."""

from datetime import timedelta

import pytest

from makegood.credits.services.apply_funds import apply_now
from makegood.gateways.registry import open_gateway
from makegood.kit.invariants import find_differences
from makegood.kit.sql import run_sql
from makegood.payments.services.book_transfer import book_transfer
from tests.payments.test_verify import drop_checks
from tests.support.answers import Verified
from tests.support.billing import on_day
from tests.support.ownership import as_owner
from tests.support.paying import pay
from tests.support.records import credit
from tests.support.refunding import DAY, add_invoiced, add_provider_with_sandbox, charge, gateway_of, give_out, refund

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

TAMPERING: dict[str, tuple[str, str]] = {
    "a refund is raised": (
        "UPDATE refund SET amount_minor = amount_minor + 1 WHERE id = (SELECT min(id) FROM refund)",
        "refunds",
    ),
    "a pending refund is called done": ("UPDATE refund SET state = 'done' WHERE state = 'pending'", "refunds"),
    "a refund says that no funds came back": ("UPDATE refund SET funds_returned = false", "refunds"),
    "what settles is another credit": (
        "UPDATE refund_transfer SET credit_id = (SELECT min(id) FROM credit) WHERE credit_id IS NOT NULL",
        "refunds",
    ),
    "a part of a refund is raised": (
        "UPDATE refund_transfer SET amount_minor = amount_minor + 1 WHERE state = 'succeeded'",
        "refund_payments",
    ),
    "what is on its way is forgotten": (
        "UPDATE payment SET refunding_minor = 0 WHERE refunding_minor > 0",
        "refund_payments",
    ),
    "what was paid out is forgotten": ("UPDATE payment SET paid_out_minor = 0", "refund_payments"),
    "a bounce is forgotten": ("UPDATE refund_transfer SET bounced_at = NULL", "refund_payments"),
    "what went back is forgotten": ("DELETE FROM payment_movement WHERE type = 'refunded'", "refund_bookings"),
    "a movement names another part": (
        "UPDATE payment_movement SET transfer_id = transfer_id + 100 WHERE type = 'paid_out'",
        "refund_bookings",
    ),
    "a part is booked on another code": (
        "UPDATE refund_transfer SET gl_code_id = (SELECT min(id) FROM gl_code WHERE type = 'credit')",
        "refund_references",
    ),
    "a part is of another day": (
        "UPDATE refund_transfer SET booked_on = booked_on - 1 WHERE state = 'succeeded'",
        "refund_bookings",
    ),
    "a part is another customer's": ("UPDATE refund_transfer SET customer_id = 0", "refund_references"),
    "a refund is another customer's": ("UPDATE refund SET customer_id = 0", "refund_references"),
    "an entry of a pay-out is removed": ("DELETE FROM credit_entry WHERE type = 'refunded'", "pay_outs"),
    "goodwill was paid out": ("UPDATE credit SET kind = 'goodwill' WHERE refunded_minor > 0", "pay_outs"),
}


@pytest.fixture
def books(db: None, assert_verified: Verified) -> None:
    """A refund of a card and of funds, one that bounced, one on its way; a pay-out that failed and one that did not."""
    provider, manager = add_provider_with_sandbox()
    with on_day(DAY):
        mixed = add_invoiced(provider, "C1", outcome="card_succeeds")
        credit(manager, customers=[mixed.customer], amount_minor=2000)
        apply_now(membership=manager, customer=mixed.customer, invoice=mixed)
        charge(manager, mixed)
        refund(manager, mixed, 5000)
        pay(manager, mixed.customer, 800)
        give_out(manager, mixed.customer, 500, way="cash")
        bounces = add_invoiced(provider, "C2", outcome="card_refund_bounces")
        charge(manager, bounces)
        bounced = refund(manager, bounces, 3000).transfers.get()
        waiting = add_invoiced(provider, "C3", outcome="card_refund_pending")
        charge(manager, waiting)
        refund(manager, waiting, 100)
        fails = add_invoiced(provider, "C4", outcome="card_refund_fails")
        charge(manager, fails)
        pay(manager, fails.customer, 900)
        give_out(manager, fails.customer, 900)
    with on_day(DAY + timedelta(days=4)):
        answer = open_gateway(gateway_of(provider)).find_refund(bounced.reference)
        assert answer is not None
        book_transfer(provider=provider, transfer_id=bounced.pk, refund=answer)
    assert_verified()


@pytest.mark.parametrize("deed", TAMPERING)
def test_what_was_tampered_with_is_found(deed: str, books: None) -> None:
    statement, broken = TAMPERING[deed]
    with as_owner():
        run_sql("SET CONSTRAINTS ALL IMMEDIATE")
        run_sql("SET LOCAL session_replication_role = replica")
        for table in ("refund", "refund_transfer", "payment", "payment_movement", "credit", "credit_entry"):
            drop_checks(table)
        run_sql(statement)
        run_sql("SET LOCAL session_replication_role = origin")
    found = {difference.invariant for difference in find_differences()}
    assert broken in found, found
