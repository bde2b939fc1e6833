"""One customer, one moment: payments, voids, funds and reversals come one after the other, and the books agree."""

import secrets
from functools import partial

import pytest

from makegood.credits.models import CreditUse
from makegood.credits.services.apply_funds import apply_now
from makegood.credits.services.void_invoice import void_invoice
from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import get_balance
from makegood.payments.models import Payment
from makegood.providers.models import Membership
from tests.support import movements, records
from tests.support.answers import Verified
from tests.support.paying import pay, reverse, stand_of
from tests.support.together import at_once

pytestmark = pytest.mark.sql

ROUNDS = 5


@pytest.fixture
def clerk(committed_db: dict[str, str]) -> Membership:
    return records.add_person(records.add_provider())


def make_debtor(clerk: Membership, number: int) -> tuple[Customer, Invoice]:
    """A customer who owes 20.00."""
    customer = records.add_customer(clerk.provider, f"C{number}")
    return customer, movements.owe(customer, 2000)


def figures(customer: Customer) -> tuple[int, int]:
    balance = get_balance(customer.provider_id, customer.pk)
    return balance.receivable_minor, balance.funds_minor


def test_two_payments_for_one_invoice(clerk: Membership, assert_verified: Verified) -> None:
    for number in range(ROUNDS):
        customer, invoice = make_debtor(clerk, number)
        answers = at_once(*[partial(pay, clerk, customer, 2000)] * 2)
        assert all(isinstance(answer, Payment) for answer in answers)
        # Of the second, all is over.
        assert stand_of(invoice) == ("paid", 2000, 0)
        assert figures(customer) == (0, 2000)
    assert_verified()


def test_two_payments_that_both_name_the_invoice(clerk: Membership, assert_verified: Verified) -> None:
    for number in range(ROUNDS):
        customer, invoice = make_debtor(clerk, number)
        answers = at_once(*[partial(pay, clerk, customer, 2000, allocations={invoice: 2000})] * 2)
        assert sorted(each.code if isinstance(each, Refused) else each.state for each in answers) == [
            "invoice_paid",
            "succeeded",
        ]
        assert stand_of(invoice) == ("paid", 2000, 0)
    assert_verified()


def test_the_same_form_ten_times(clerk: Membership, assert_verified: Verified) -> None:
    customer, invoice = make_debtor(clerk, 1)
    answers = at_once(*[partial(pay, clerk, customer, 700, key="form")] * 10)
    assert len({answer.pk for answer in answers if isinstance(answer, Payment)}) == 1
    assert stand_of(invoice) == ("open", 700, 1300)
    assert_verified()


def test_the_same_key_for_two_customers(clerk: Membership, assert_verified: Verified) -> None:
    for number in range(ROUNDS):
        customers = [make_debtor(clerk, 2 * number + each)[0] for each in range(2)]
        answers = at_once(*[partial(pay, clerk, customer, 700, key=f"slip {number}") for customer in customers])
        assert sorted(each.code if isinstance(each, Refused) else each.state for each in answers) == [
            "key_used",
            "succeeded",
        ]
    assert_verified()


def test_a_payment_against_a_void(clerk: Membership, assert_verified: Verified) -> None:
    for number in range(ROUNDS):
        customer, invoice = make_debtor(clerk, number)
        answers = at_once(
            partial(pay, clerk, customer, 2000, allocations={invoice: 2000}),
            partial(void_invoice, membership=clerk, invoice=invoice, reason="wrong"),
        )
        refusals = [answer.code for answer in answers if isinstance(answer, Refused)]
        assert refusals in (["invoice_void"], ["invoice_has_payments"])
        assert stand_of(invoice)[0] == ("void" if refusals == ["invoice_void"] else "paid")
    assert_verified()


def test_a_payment_against_funds(clerk: Membership, assert_verified: Verified) -> None:
    for number in range(ROUNDS):
        customer, invoice = make_debtor(clerk, number)
        records.credit(clerk, customers=[customer], amount_minor=1500)
        at_once(
            partial(pay, clerk, customer, 1200),
            partial(apply_now, membership=clerk, customer=customer),
        )
        invoice.refresh_from_db()
        assert (invoice.state, invoice.used_minor + invoice.paid_minor) == ("paid", 2000)
        assert figures(customer) == (0, 700)
    assert_verified()


def test_a_reversal_against_the_use_of_what_was_over(clerk: Membership, assert_verified: Verified) -> None:
    for number in range(ROUNDS):
        customer = records.add_customer(clerk.provider, f"C{number}")
        payment = pay(clerk, customer, 3000)
        invoice = movements.owe(customer, 2000)
        at_once(
            partial(reverse, clerk, payment),
            partial(apply_now, membership=clerk, customer=customer),
        )
        assert stand_of(invoice) == ("open", 0, 2000)
        assert figures(customer) == (2000, 0)
        uses = CreditUse.objects.filter(invoice=invoice)
        assert all(use.returned_minor == use.amount_minor for use in uses)
    assert_verified()


def test_two_reversals(clerk: Membership, assert_verified: Verified) -> None:
    for number in range(ROUNDS):
        customer, invoice = make_debtor(clerk, number)
        payment = pay(clerk, customer, 2000)
        answers = at_once(*[partial(reverse, clerk, payment, key=secrets.token_hex())] * 2)
        # Each call has the same key; so one of them books, and the other is told the same.
        assert {answer.state for answer in answers if isinstance(answer, Payment)} == {"reversed"}
        others = at_once(*[partial(reverse, clerk, payment) for _ in range(2)])
        assert [each.code for each in others if isinstance(each, Refused)] == ["payment_reversed"] * 2
        assert stand_of(invoice) == ("open", 0, 2000)
    assert_verified()
