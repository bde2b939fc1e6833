"""A statement of charges, refunds, returns, disputes that are won, and pay-outs: each is a row of its own."""

from collections.abc import Iterator
from datetime import date

import pytest

from makegood.customers.models import Customer
from makegood.gateways.interface import Refund
from makegood.gateways.rules import Standing
from makegood.ledger.selectors import get_balance
from makegood.payments.services.book_transfer import book_transfer
from makegood.providers.models import Membership, Provider
from makegood.statements.range import Range
from makegood.statements.record import list_rows_of_file
from makegood.statements.selectors import get_statement
from makegood.statements.statement import Row, What
from tests.support.answers import Verified
from tests.support.billing import on_day
from tests.support.paying import pay
from tests.support.refunding import (
    DAY,
    add_invoiced,
    add_provider_with_sandbox,
    charge,
    give_out,
    refund,
    work_transfers,
)
from tests.support.returns import dispute

pytestmark = pytest.mark.sql

WHOLE = Range(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def manager(db: None) -> Iterator[Membership]:
    _, manager = add_provider_with_sandbox()
    with on_day(DAY):
        yield manager


@pytest.fixture
def north(manager: Membership) -> Provider:
    return manager.provider


def rows_of(customer: Customer) -> list[Row]:
    """The rows of the statement, whose last balance is the customer's, and whose sums come to the same."""
    statement, balance = get_statement(customer, WHOLE), get_balance(customer.provider_id, customer.pk)
    assert statement.closing.owed_minor == balance.receivable_minor
    assert statement.closing.funds_minor == balance.funds_minor
    assert statement.billed_minor + statement.paid_minor + statement.credited_minor == statement.closing.balance_minor
    assert list(list_rows_of_file(customer, statement))
    return list(statement.rows)


def told(customer: Customer) -> list[tuple[What, int]]:
    """What happened, and by how much the balance changed."""
    return [(row.what, row.change_minor) for row in rows_of(customer)]


def test_a_refund_is_a_row_of_its_own_and_names_the_invoice_and_who_asked(
    manager: Membership, north: Provider, assert_verified: Verified
) -> None:
    invoice = add_invoiced(north, outcome="card_succeeds")
    payment = charge(manager, invoice)
    refund(manager, invoice, 2000, follow="leave_open")
    work_transfers(north)
    refund(manager, invoice, 1000, follow="settle")
    work_transfers(north)
    found = told(invoice.customer)
    assert found[:3] == [(What.INVOICED, 6000), (What.PAID, -6000), (What.REFUNDED, 2000)]
    assert (What.REFUNDED, 1000) in found
    assert (What.CREDITED, -1000) in found
    row = next(row for row in rows_of(invoice.customer) if row.what is What.REFUNDED)
    assert (row.payment_id, row.shares[0].number, row.staff_id) == (payment.pk, invoice.number, manager.staff_id)
    assert_verified()


def test_what_a_bank_takes_back_and_what_is_won_back(
    manager: Membership, north: Provider, assert_verified: Verified
) -> None:
    invoice = add_invoiced(north, outcome="card_succeeds")
    payment = charge(manager, invoice)
    dispute(payment, 6000)
    dispute(payment, 6000, "won")
    assert told(invoice.customer) == [
        (What.INVOICED, 6000),
        (What.PAID, -6000),
        (What.TAKEN_BY_BANK, 6000),
        (What.WON_BACK, -6000),
    ]
    assert [row.staff for row in rows_of(invoice.customer)][2:] == ["", ""]
    assert_verified()


def test_what_is_won_back_of_what_was_paid_meanwhile_is_in_the_same_row(
    manager: Membership, north: Provider, assert_verified: Verified
) -> None:
    invoice = add_invoiced(north, outcome="card_succeeds")
    payment = charge(manager, invoice)
    dispute(payment, 6000)
    pay(manager, invoice.customer, 5000)
    dispute(payment, 6000, "won")
    row = next(row for row in rows_of(invoice.customer) if row.what is What.WON_BACK)
    assert (row.owed_minor, row.funds_minor) == (-1000, 5000)
    assert [share.amount_minor for share in row.shares] == [1000]
    assert_verified()


def test_a_refund_that_bounces_is_money_that_came_again(
    manager: Membership, north: Provider, assert_verified: Verified
) -> None:
    invoice = add_invoiced(north, outcome="card_succeeds")
    charge(manager, invoice)
    made = refund(manager, invoice, 6000, follow="leave_open")
    work_transfers(north)
    transfer = made.transfers.get()
    assert transfer.payment is not None
    bounced = Refund(
        reference=transfer.reference,
        key=str(transfer.attempt_key),
        charge=transfer.payment.gateway_reference,
        standing=Standing.FAILED,
        amount_minor=6000,
        failure_code="account_closed",
    )
    book_transfer(provider=north, transfer_id=transfer.pk, refund=bounced)
    assert told(invoice.customer) == [
        (What.INVOICED, 6000),
        (What.PAID, -6000),
        (What.REFUNDED, 6000),
        (What.BOUNCED, -6000),
    ]
    assert_verified()


def test_what_is_paid_out_counts_among_payments(
    manager: Membership, north: Provider, assert_verified: Verified
) -> None:
    invoice = add_invoiced(north, outcome="card_succeeds")
    pay(manager, invoice.customer, 9000)
    give_out(manager, invoice.customer, 3000, way="cash")
    found = told(invoice.customer)
    assert found == [(What.INVOICED, 6000), (What.PAID, -9000), (What.PAID_OUT, 3000)]
    assert_verified()
