"""What cannot be paid, reversed or written into the tables, and what is said about it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.kit.database_errors import constraint_of
from makegood.kit.money import LARGEST_AMOUNT_MINOR
from makegood.kit.refusal import Refused
from makegood.ledger.models import JournalEntry
from makegood.ledger.selectors import get_gl_code
from makegood.ledger.services import add_gl_code, set_gl_code_active
from makegood.payments.models import Payment, PaymentAllocation
from makegood.payments.rules import TRANSITIONS, State
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership, Provider
from makegood.providers.services import set_end_customer_billing
from tests.support import movements, records
from tests.support.answers import Verified
from tests.support.paying import pay, reverse

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


def refusal(*arguments: Any, **named: Any) -> tuple[str, str | None]:
    """Code and field of the refusal of a payment, which leaves nothing behind."""
    booked = JournalEntry.objects.count(), Payment.objects.count()
    with pytest.raises(Refused) as refused:
        pay(*arguments, **named)
    assert (JournalEntry.objects.count(), Payment.objects.count()) == booked
    return refused.value.code, refused.value.field


def test_amounts_dates_methods_and_texts(clerk: Membership, customer: Customer) -> None:
    tomorrow = today_of(clerk.provider) + timedelta(days=1)
    assert refusal(clerk, customer, 0) == ("amount_zero", "amount")
    assert refusal(clerk, customer, -5) == ("amount_zero", "amount")
    assert refusal(clerk, customer, LARGEST_AMOUNT_MINOR + 1) == ("amount_too_large", "amount")
    assert refusal(clerk, customer, 1, received_on=tomorrow) == ("received_in_future", "received_on")
    assert refusal(clerk, customer, 1, method="card") == ("method_unknown", "method")
    assert refusal(clerk, customer, 1, reference="x" * 101) == ("too_long", "reference")
    assert refusal(clerk, customer, 1, note="x" * 501) == ("too_long", "note")
    assert refusal(clerk, customer, 1, reference="a\x07b") == ("control_character", "reference")
    assert refusal(clerk, customer, 1, key="k" * 201) == ("key_malformed", "key")


def test_only_cash_codes_that_are_active(north: Provider, clerk: Membership, customer: Customer) -> None:
    assert refusal(clerk, customer, 1, gl_code=get_gl_code(north, "4900")) == ("gl_code_type", "gl_code")
    till = add_gl_code(provider=north, code="1010", description="Till", type="cash", staff_id=None)
    set_gl_code_active(gl_code=till, active=False, staff_id=None)
    assert refusal(clerk, customer, 1, gl_code=till) == ("gl_code_inactive", "gl_code")
    set_gl_code_active(gl_code=get_gl_code(north, "1000"), active=False, staff_id=None)
    assert refusal(clerk, customer, 1) == ("gl_code_missing", "gl_code")
    foreign = get_gl_code(records.add_provider("south"), "1000")
    assert refusal(clerk, customer, 1, gl_code=foreign) == ("gl_code_unknown", "gl_code")


def test_allocations_that_cannot_be(north: Provider, clerk: Membership, customer: Customer) -> None:
    open_, paid, given_up = (movements.owe(customer, 1000) for _ in range(3))
    pay(clerk, customer, 1000, allocations={paid: 1000})
    movements.pay(given_up)
    other = movements.owe(records.add_customer(north, "C2"), 1000)
    draft = Invoice.objects.create(
        provider=north,
        customer=customer,
        net_minor=500,
        tax_minor=0,
        created_at=customer.created_at,
        period_from=today_of(north),
        period_to=today_of(north),
        kind="single",
    )

    def refused(invoice: Invoice, part: int) -> str:
        code, field = refusal(clerk, customer, 1500, allocations={invoice: part})
        assert field == f"allocation-{invoice.pk}"
        return code

    assert refused(open_, 1001) == "allocation_over_due"
    assert refused(open_, 0) == "allocation_zero"
    assert refused(open_, -1) == "allocation_zero"
    assert refused(paid, 1) == "invoice_paid"
    assert refused(given_up, 1) == "invoice_uncollectible"
    assert refused(draft, 1) == "invoice_draft"
    assert refused(other, 1) == "invoice_unknown"
    assert refusal(clerk, customer, 500, allocations={open_: 501}) == ("allocated_too_much", "allocations")


def test_who_may_not_and_while_billing_is_off(north: Provider, clerk: Membership, customer: Customer) -> None:
    for role in ("viewer", "agent", "admin"):
        assert refusal(records.add_person(north, role), customer, 1) == ("not_allowed", None)
    set_end_customer_billing(provider=north, on=False, staff_id=None)
    assert refusal(clerk, customer, 1) == ("billing_off", None)


def test_another_providers_customer_does_not_exist(clerk: Membership) -> None:
    stranger = records.add_customer(records.add_provider("south"), "C1")
    assert refusal(clerk, stranger, 1) == ("customer_unknown", "customer")


def test_a_key_for_another_payment_is_refused(clerk: Membership, customer: Customer) -> None:
    pay(clerk, customer, 100, key="form")
    assert refusal(clerk, customer, 101, key="form") == ("key_used", "key")
    assert refusal(clerk, records.add_customer(clerk.provider, "C2"), 100, key="form") == ("key_used", "key")


def test_reversals_that_cannot_be(north: Provider, clerk: Membership, customer: Customer) -> None:
    payment = pay(clerk, customer, 100)

    def refused(by: Membership = clerk, **how: Any) -> str:
        with pytest.raises(Refused) as refusal:
            reverse(by, payment, **how)
        return refusal.value.code

    assert refused(reason="   ") == "reason_missing"
    assert refused(reason="x" * 501) == "too_long"
    assert refused(records.add_person(north, "agent")) == "not_allowed"
    assert refused(records.add_person(records.add_provider("south"))) == "payment_unknown"
    reverse(clerk, payment, key="once")
    assert refused() == "payment_reversed"
    assert refused(key="once", reason="Another") == "key_used"
    set_end_customer_billing(provider=north, on=False, staff_id=None)
    assert refused() == "billing_off"


def broken_constraint(write: Any) -> str | None:
    with pytest.raises(DatabaseError) as broken, transaction.atomic():
        write()
    return constraint_of(broken.value)


def test_the_database_lets_no_payment_pay_more_than_it_is(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    invoice = movements.owe(customer, 1000)
    payment = pay(clerk, customer, 600)
    entry = payment.journal_entry
    assert entry is not None

    def allocate(amount_minor: int) -> Any:
        return lambda: PaymentAllocation.objects.create(
            payment=payment,
            number=2,
            provider=payment.provider,
            invoice=invoice,
            journal_entry=entry,
            amount_minor=amount_minor,
        )

    assert broken_constraint(allocate(1)) == "payment_allocation_within_amount"
    assert broken_constraint(allocate(-601)) == "payment_allocation_within_amount"
    assert broken_constraint(allocate(0)) == "payment_allocation_moves_something"
    payments = Payment.objects.filter(pk=payment.pk)
    assert broken_constraint(lambda: payments.update(allocated_minor=599)) == "payment_is_somewhere"
    with pytest.raises(DatabaseError), transaction.atomic():
        payments.update(amount_minor=1)
    assert_verified()


def test_the_state_chart_is_the_databases(clerk: Membership, customer: Customer) -> None:
    assert TRANSITIONS[State.REVERSED] == ()
    payment = reverse(clerk, pay(clerk, customer, 100))
    payments = Payment.objects.filter(pk=payment.pk)
    assert broken_constraint(lambda: payments.update(state="succeeded")) == "payment_transition_known"
