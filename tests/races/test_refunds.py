"""Refunds beside each other and beside what else happens to a customer's money, at the same moment."""

import secrets
from datetime import UTC, datetime
from functools import partial

import pytest

from makegood.credits.services.apply_funds import apply_due_funds
from makegood.invoices.models import Invoice
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import get_balance
from makegood.payments.models import Payment, Refund
from makegood.payments.services.charge_by_hand import charge_invoices
from makegood.payments.services.make_charges import make_charges
from makegood.payments.services.pay_out import pay_out
from makegood.payments.services.refund_invoice import refund_invoice
from makegood.payments.services.reverse_payment import reverse_payment
from makegood.providers.models import Membership
from tests.support.answers import Verified
from tests.support.moved_clock import moved_clock
from tests.support.paying import pay
from tests.support.refunding import DAY, add_invoiced, add_provider_with_sandbox, charge, gateway_of, work_transfers
from tests.support.sandbox import refunds
from tests.support.together import at_once

pytestmark = pytest.mark.sql

NOON = datetime(2026, 1, 5, 20, tzinfo=UTC)


@pytest.fixture
def manager(committed_db: dict[str, str]) -> Membership:
    return add_provider_with_sandbox()[1]


def refund(manager: Membership, invoice: Invoice, amount_minor: int, key: str = "") -> Refund:
    return refund_invoice(
        membership=manager,
        invoice=invoice,
        amount_minor=amount_minor,
        reason="Twice",
        key=key or secrets.token_hex(8),
    )


def refused(answers: list[object]) -> list[str]:
    return sorted(answer.code for answer in answers if isinstance(answer, Refused))


def test_twice_at_once_goes_back_once(manager: Membership, assert_verified: Verified) -> None:
    invoice = add_invoiced(manager.provider, outcome="card_succeeds")
    with moved_clock(NOON):
        charge(manager, invoice)
        answers = at_once(*[partial(refund, manager, invoice, 4000)] * 4)
    assert len(refused(list(answers))) == 3
    assert [amount for _, amount, _ in refunds(manager.provider)] == [4000]
    assert_verified()


def test_the_same_key_at_once_is_one_refund(manager: Membership, assert_verified: Verified) -> None:
    invoice = add_invoiced(manager.provider, outcome="card_succeeds")
    with moved_clock(NOON):
        charge(manager, invoice)
        answers = at_once(*[partial(refund, manager, invoice, 2000, "k")] * 4)
        work_transfers(manager.provider)
    assert {answer.pk for answer in answers if isinstance(answer, Refund)} == {Refund.objects.get().pk}
    assert Refund.objects.get().state == "done"
    assert len(refunds(manager.provider)) == 1
    assert_verified()


def test_two_workers_submit_each_part_once(manager: Membership, assert_verified: Verified) -> None:
    provider = manager.provider
    invoices = [add_invoiced(provider, f"C{number}", outcome="card_refund_timeout") for number in range(1, 5)]
    with moved_clock(NOON):
        for invoice in invoices:
            charge(manager, invoice)
            refund(manager, invoice, 6000)
    with moved_clock(NOON.replace(hour=23)):
        at_once(*[partial(work_transfers, provider)] * 3)
    assert [refund.state for refund in Refund.objects.all()] == ["done"] * 4
    assert len(refunds(provider)) == 4
    assert_verified()


def test_beside_a_reversal_a_payment_and_funds(manager: Membership, assert_verified: Verified) -> None:
    invoice = add_invoiced(manager.provider)
    with moved_clock(NOON):
        payment = pay(manager, invoice.customer, 5000, method="cash")
        answers = at_once(
            partial(refund, manager, invoice, 5000),
            partial(reverse_payment, membership=manager, payment=payment, reason="Wrong", key="reverse"),
            partial(pay, manager, invoice.customer, 4000),
            partial(apply_due_funds, provider=manager.provider, day=DAY),
        )
    payment.refresh_from_db()
    assert len(refused(list(answers))) == 1
    assert (payment.state == "reversed") is not Refund.objects.exists()
    assert_verified()


def test_autopay_refund_and_credit_of_one_customer(manager: Membership, assert_verified: Verified) -> None:
    provider = manager.provider
    invoice = add_invoiced(provider, outcome="card_succeeds")
    with moved_clock(NOON):
        invoice.customer.autopay = True
        invoice.customer.save(update_fields=["autopay"])
        pay(manager, invoice.customer, 2500, method="cash")
        answers = at_once(
            partial(make_charges, provider=provider, day=invoice.collect_on or DAY),
            partial(refund, manager, invoice, 2500),
            partial(charge_invoices, membership=manager, customer=invoice.customer, key="charge"),
        )
    # Either the payment is on its way, or the money has gone back; what went back is settled, so that 35.00 are due.
    assert len(answers) == 3
    invoice.refresh_from_db()
    assert (invoice.due_minor, invoice.in_flight_minor) in [(3500, 3500), (3500, 0)]
    assert Payment.objects.filter(gateway=gateway_of(provider)).count() <= 1
    assert_verified()


def test_two_pay_outs_take_no_more_than_there_is(manager: Membership, assert_verified: Verified) -> None:
    invoice = add_invoiced(manager.provider, outcome="card_succeeds")
    with moved_clock(NOON):
        charge(manager, invoice)
        pay(manager, invoice.customer, 3000)
        wanted = partial(
            pay_out, membership=manager, customer=invoice.customer, amount_minor=2000, reason="Leaves", way="cash"
        )
        answers = at_once(*[partial(wanted, key=f"k{number}") for number in range(3)])
    assert refused(list(answers)) == ["amount_over_funds", "amount_over_funds"]
    assert get_balance(manager.provider_id, invoice.customer_id).funds_minor == 1000
    assert_verified()
