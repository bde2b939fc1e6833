"""A statement in which everything happens that can: payments, reversals, void, write-off, an invoice that pays back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest

from makegood.credits.services.apply_funds import apply_due_funds, apply_now
from makegood.credits.services.expire import expire_credits
from makegood.credits.services.void_invoice import void_invoice
from makegood.credits.services.write_off import write_off_invoice
from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.ledger.selectors import get_balance
from makegood.orders.services.order_status import terminate_order
from makegood.providers.models import Membership, Provider
from makegood.statements.range import Range
from makegood.statements.selectors import get_statement, list_uses_for_invoice, list_uses_of_credit
from makegood.statements.statement import Row, What
from tests.support import records
from tests.support.answers import Verified
from tests.support.billing import (
    add_billed_customer,
    add_billing_provider,
    give_credit,
    invoice_of,
    invoices_of,
    issue_invoices,
    on_day,
    order_of,
)
from tests.support.paying import pay, reverse

pytestmark = pytest.mark.sql

WHOLE = Range(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def north(db: None) -> Provider:
    provider = add_billing_provider()
    add_billed_customer(provider, "C1", name="Ann Archer")
    issue_invoices(provider, date(2026, 1, 1))
    return provider


@pytest.fixture
def ben(north: Provider) -> Membership:
    return records.add_person(north, "manager")


@contextmanager
def statement_holds(customer: Customer) -> Iterator[None]:
    """After the block the statement's last balance is the customer's, and its rows lead to it one by one."""
    yield
    statement, balance = get_statement(customer, WHOLE), get_balance(customer.provider_id, customer.pk)
    assert (statement.closing.owed_minor, statement.closing.funds_minor) == (
        balance.receivable_minor,
        balance.funds_minor,
    )
    assert statement.billed_minor + statement.paid_minor + statement.credited_minor == statement.closing.balance_minor


def rows_of(customer: Customer) -> list[Row]:
    return list(get_statement(customer, WHOLE).rows)


def test_a_payment_is_one_row_with_its_invoices_and_what_was_over(north: Provider, ben: Membership) -> None:
    ann = get_customer(north, "C1")
    with statement_holds(ann):
        issue_invoices(north, date(2026, 2, 1))
        with on_day(date(2026, 2, 2)):
            payment = pay(ben, ann, 5000, reference="TR-1")
    row = rows_of(ann)[-1]
    assert (row.what, row.change_minor, row.owed_minor, row.funds_minor) == (What.PAID, -5000, -4000, 1000)
    assert [(share.number, share.amount_minor) for share in row.shares] == [(1, 2000), (2, 2000)]
    assert (row.payment_id, row.payment_reference, row.credit_id) == (
        payment.pk,
        "TR-1",
        payment.overpayment_credit_id,
    )
    with statement_holds(ann), on_day(date(2026, 2, 3)):
        reverse(ben, payment)
    undone = rows_of(ann)[-1]
    assert (undone.what, undone.change_minor, undone.owed_minor, undone.funds_minor) == (
        What.UNPAID,
        5000,
        4000,
        -1000,
    )
    assert undone.staff == "manager@north.example"


def test_a_reversal_after_what_was_over_had_been_used(
    north: Provider, ben: Membership, assert_verified: Verified
) -> None:
    ann = get_customer(north, "C1")
    with statement_holds(ann):
        with on_day(date(2026, 1, 5)):
            payment = pay(ben, ann, 3000)
        issue_invoices(north, date(2026, 2, 1))
        with on_day(date(2026, 2, 15)):
            apply_due_funds(provider=north, day=date(2026, 2, 15))
        with on_day(date(2026, 2, 16)):
            reverse(ben, payment)
    assert {row.what for row in rows_of(ann)} == {
        What.INVOICED,
        What.PAID,
        What.USED,
        What.RETURNED,
        What.UNPAID,
    }
    (use,) = list_uses_of_credit(payment.overpayment_credit)  # type: ignore[arg-type]  # it was over
    assert (use.invoice.number, use.amount_minor, use.returned_minor) == (2, 1000, 1000)
    assert_verified()


def test_a_void_invoice_gives_back_what_credits_paid(
    north: Provider, ben: Membership, assert_verified: Verified
) -> None:
    ann = get_customer(north, "C1")
    with statement_holds(ann):
        give_credit(north, amount_minor=500, day=date(2026, 1, 3))
        with on_day(date(2026, 1, 4)):
            apply_now(membership=ben, customer=ann)
        with on_day(date(2026, 1, 5)):
            void_invoice(membership=ben, invoice=invoice_of(north), reason="twice")
    assert [(row.what, row.change_minor) for row in rows_of(ann)[2:]] == [
        (What.USED, 0),
        (What.RETURNED, 0),
        (What.VOIDED, -2000),
    ]
    (use,) = list_uses_for_invoice(invoice_of(north))
    assert (use.credit.issued_minor, use.returned_minor, str(use.created_by)) == (500, 500, "manager@north.example")
    assert_verified()


def test_a_write_off_and_an_expiry_are_rows(north: Provider, ben: Membership, assert_verified: Verified) -> None:
    ann = get_customer(north, "C1")
    with statement_holds(ann):
        with on_day(date(2026, 1, 4)):
            write_off_invoice(membership=ben, invoice=invoice_of(north), reason="moved away")
        give_credit(north, amount_minor=500, day=date(2026, 1, 5))
        with on_day(date(2026, 1, 6)):
            records.edit(ben, records.credit_of(north, "C1"), expires_on=date(2026, 1, 10))
        with on_day(date(2026, 1, 11)):
            expire_credits(provider=north, day=date(2026, 1, 11))
    assert [(row.what, row.change_minor) for row in rows_of(ann)] == [
        (What.INVOICED, 2000),
        (What.WRITTEN_OFF, -2000),
        (What.CREDITED, -500),
        (What.EXPIRED, 500),
    ]
    assert_verified()


def test_an_invoice_that_gives_back_turns_into_available_funds(
    north: Provider, ben: Membership, assert_verified: Verified
) -> None:
    ann = get_customer(north, "C1")
    with statement_holds(ann):
        with on_day(date(2026, 1, 5)):
            pay(ben, ann, 2000)
        with on_day(date(2026, 1, 10)):
            terminate_order(order=order_of(north), to_date=date(2026, 1, 10), staff_id=None)
        issue_invoices(north, date(2026, 2, 1))
    final = invoices_of(north)[-1]
    assert final.total_minor < 0
    given, moved = rows_of(ann)[-2:]
    assert (given.what, given.change_minor) == (What.INVOICED, final.total_minor)
    assert (moved.what, moved.change_minor, moved.moved_minor) == (What.FROM_INVOICE, 0, -final.total_minor)
    assert_verified()
