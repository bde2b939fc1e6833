"""One customer, one moment: a credit arrives, another is edited, funds are used, an invoice is voided."""

import secrets
from datetime import timedelta
from functools import partial

import pytest

from makegood.credits.models import Credit, CreditUse
from makegood.credits.services.apply_funds import apply_due_funds, apply_now
from makegood.credits.services.change_credit import change_credit, void_credit
from makegood.credits.services.expire import expire_credits
from makegood.credits.services.void_invoice import void_invoice
from makegood.credits.services.write_off import write_off_invoice
from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.kit.refusal import Refused
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership
from makegood.runs.models import Run
from tests.support import movements, records
from tests.support.answers import Verified
from tests.support.together import at_once

pytestmark = pytest.mark.sql

ROUNDS = 6


@pytest.fixture
def manager(committed_db: dict[str, str]) -> Membership:
    return records.add_person(records.add_provider(), "manager")


def make_debtor(manager: Membership, number: int) -> tuple[Customer, Credit, Invoice]:
    """A customer with a credit of 10.00 and an invoice of 25.00 that is due today."""
    customer = records.add_customer(manager.provider, f"C{number}")
    records.credit(manager, customers=[customer])
    invoice = movements.owe(customer, 2500, due_on=today_of(manager.provider))
    return customer, records.credit_of(manager.provider, f"C{number}"), invoice


def give(manager: Membership, customer: Customer) -> Run:
    return records.credit(manager, customers=[customer], amount_minor=700)


def test_a_credit_an_edit_and_an_application_at_once(manager: Membership, assert_verified: Verified) -> None:
    today = today_of(manager.provider)
    for number in range(ROUNDS):
        customer, credit, invoice = make_debtor(manager, number)
        at_once(
            partial(give, manager, customer),
            partial(change_credit, membership=manager, credit=credit, key=secrets.token_hex(), amount_minor=1300),
            partial(apply_due_funds, provider=manager.provider, day=today),
            partial(apply_due_funds, provider=manager.provider, day=today),
        )
        apply_due_funds(provider=manager.provider, day=today)
        invoice.refresh_from_db()
        # Whoever came first, all of both credits has paid the invoice in the end, once.
        assert (invoice.used_minor, invoice.due_minor) == (2000, 500)
    assert_verified()


def test_two_people_apply_at_once(manager: Membership, assert_verified: Verified) -> None:
    for number in range(ROUNDS):
        customer, _, invoice = make_debtor(manager, number)
        answers = at_once(*[partial(apply_now, membership=manager, customer=customer, invoice=invoice)] * 4)
        assert sum(not isinstance(answer, Refused) for answer in answers) == 1
        assert CreditUse.objects.filter(invoice=invoice).count() == 1
    assert_verified()


def test_void_of_an_invoice_that_is_being_paid(manager: Membership, assert_verified: Verified) -> None:
    today = today_of(manager.provider)
    for number in range(ROUNDS):
        _, credit, invoice = make_debtor(manager, number)
        at_once(
            partial(apply_due_funds, provider=manager.provider, day=today),
            partial(void_invoice, membership=manager, invoice=invoice, reason="wrong"),
            partial(void_invoice, membership=manager, invoice=invoice, reason="wrong"),
        )
        invoice.refresh_from_db()
        credit.refresh_from_db()
        assert (invoice.state, invoice.used_minor, credit.remaining_minor) == ("void", 0, 1000)
    assert_verified()


def test_a_credit_is_voided_used_taken_back_and_expires_at_once(manager: Membership, assert_verified: Verified) -> None:
    today = today_of(manager.provider)
    for number in range(ROUNDS):
        customer, credit, _ = make_debtor(manager, number)
        assert credit.run_row is not None
        run = credit.run_row.run
        at_once(
            partial(void_credit, membership=manager, credit=credit, key=secrets.token_hex()),
            partial(apply_now, membership=manager, customer=customer),
            partial(records.take_back, manager, run),
            partial(expire_credits, provider=manager.provider, day=today + timedelta(days=1)),
        )
        credit.refresh_from_db()
        assert credit.remaining_minor == 0
        assert sorted([credit.used_minor, credit.taken_back_minor]) == [0, 1000]
    assert_verified()


def test_void_and_write_off_at_once_is_one_of_them(manager: Membership, assert_verified: Verified) -> None:
    for number in range(ROUNDS):
        customer = records.add_customer(manager.provider, f"W{number}")
        invoice = movements.owe(customer, 900)
        answers = at_once(
            partial(void_invoice, membership=manager, invoice=invoice, reason="wrong"),
            partial(write_off_invoice, membership=manager, invoice=invoice, reason="gone"),
        )
        assert sum(isinstance(answer, Refused) for answer in answers) == 1
    assert_verified()
