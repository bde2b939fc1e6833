"""Recording a payment: what it pays, what is over, and what is booked for it."""

from datetime import timedelta

import pytest
from django.db import transaction

from makegood.audit.models import AuditEntry
from makegood.customers.models import Customer
from makegood.invoices.models import ReceivableEntry
from makegood.ledger.models import PeriodClose
from makegood.ledger.selectors import get_balance, get_gl_code
from makegood.ledger.services import add_gl_code
from makegood.orders.models import Order
from makegood.orders.services.close_customer import close_customer
from makegood.orders.services.suspension import suspend_late_orders
from makegood.payments.models import Payment
from makegood.payments.selectors import list_allocations
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership, Provider
from makegood.providers.services import set_limits
from tests.support import movements, records
from tests.support.answers import Verified
from tests.support.paying import lines_of, pay, stand_of

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


def figures(customer: Customer) -> tuple[int, int]:
    """What the customer owes and has, in minor units."""
    balance = get_balance(customer.provider_id, customer.pk)
    return balance.receivable_minor, balance.funds_minor


def test_a_payment_of_what_is_due_makes_the_invoice_paid(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    invoice = movements.owe(customer, 5000)
    payment = pay(clerk, customer, 5000, reference="  TR   4711 ", method="cash")
    assert stand_of(invoice) == ("paid", 5000, 0)
    assert invoice.settled_on == payment.booked_on == today_of(clerk.provider)
    assert (payment.state, payment.allocated_minor, payment.overpayment_credit) == ("succeeded", 5000, None)
    assert (payment.reference, payment.effective_on, payment.gl_code.code) == ("TR 4711", None, "1000")
    assert lines_of(payment.journal_entry) == [("1000", 5000, 0), ("1200", 0, 5000)]
    entry = ReceivableEntry.objects.get(invoice=invoice, type="paid")
    assert (entry.number, entry.amount_minor, entry.cause_type, entry.cause_id) == (2, -5000, "payment", payment.pk)
    assert figures(customer) == (0, 0)
    assert AuditEntry.objects.get(action="payment.recorded").subject_id == payment.pk
    assert_verified()


def test_a_part_leaves_the_rest_due(clerk: Membership, customer: Customer, assert_verified: Verified) -> None:
    invoice = movements.owe(customer, 5000)
    pay(clerk, customer, 1999)
    assert stand_of(invoice) == ("open", 1999, 3001)
    pay(clerk, customer, 3001)
    assert stand_of(invoice) == ("paid", 5000, 0)
    assert figures(customer) == (0, 0)
    assert_verified()


def test_by_itself_it_pays_the_oldest_due_first(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    today = today_of(clerk.provider)
    late = movements.owe(customer, 1000, due_on=today - timedelta(days=5))
    later = movements.owe(customer, 2000, due_on=today + timedelta(days=20))
    sooner = movements.owe(customer, 3000, due_on=today + timedelta(days=2))
    payment = pay(clerk, customer, 4500)
    assert [stand_of(each) for each in (late, sooner, later)] == [
        ("paid", 1000, 0),
        ("paid", 3000, 0),
        ("open", 500, 1500),
    ]
    assert list(list_allocations(payment).values_list("number", "invoice", "amount_minor")) == [
        (1, late.pk, 1000),
        (2, sooner.pk, 3000),
        (3, later.pk, 500),
    ]
    assert_verified()


def test_by_hand_it_pays_what_is_said(clerk: Membership, customer: Customer, assert_verified: Verified) -> None:
    older, newer = movements.owe(customer, 1000), movements.owe(customer, 2000)
    payment = pay(clerk, customer, 2500, allocations={newer: 2000, older: 100})
    assert (stand_of(older), stand_of(newer)) == (("open", 100, 900), ("paid", 2000, 0))
    assert payment.overpayment_credit is not None
    assert payment.overpayment_credit.issued_minor == 400
    assert_verified()


def test_what_is_over_becomes_available_funds(clerk: Membership, customer: Customer, assert_verified: Verified) -> None:
    movements.owe(customer, 2000)
    payment = pay(clerk, customer, 5000, reference="TR-9")
    credit = payment.overpayment_credit
    assert credit is not None
    assert (credit.kind, credit.issued_minor, credit.remaining_minor) == ("overpayment", 3000, 3000)
    assert (credit.gl_code_id, credit.created_by_id, credit.expires_on) == (payment.gl_code_id, clerk.staff_id, None)
    assert credit.description == f"Overpayment of {payment.received_on}, TR-9"
    assert lines_of(payment.journal_entry) == [("1000", 5000, 0), ("1200", 0, 2000), ("2100", 0, 3000)]
    assert figures(customer) == (0, 3000)
    assert_verified()


def test_who_owes_nothing_has_paid_in_advance(clerk: Membership, customer: Customer, assert_verified: Verified) -> None:
    payment = pay(clerk, customer, 700)
    assert (payment.allocated_minor, figures(customer)) == (0, (0, 700))
    assert lines_of(payment.journal_entry) == [("1000", 700, 0), ("2100", 0, 700)]
    assert_verified()


def test_no_limit_of_giving_holds_back_what_was_paid(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    set_limits(provider=clerk.provider, staff_id=None, largest_funds_minor=100)
    pay(clerk, customer, 70_000)
    assert figures(customer) == (0, 70_000)
    assert_verified()


def test_funds_that_come_with_it_pay_what_is_late(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    late = movements.owe(customer, 1000, due_on=today_of(clerk.provider) - timedelta(days=3))
    newer = movements.owe(customer, 2000)
    pay(clerk, customer, 2600, allocations={newer: 2000})
    assert stand_of(late) == ("late", 0, 400)
    assert late.used_minor == 600
    assert figures(customer) == (400, 0)
    assert_verified()


def test_what_came_earlier_is_booked_today_for_the_day_it_came(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    invoice = movements.owe(customer, 1000)
    today = today_of(clerk.provider)
    before = today - timedelta(days=40)
    PeriodClose.objects.create(provider=clerk.provider, month=before.replace(day=1), closed_at=customer.created_at)
    payment = pay(clerk, customer, 1500, received_on=before)
    assert (payment.booked_on, payment.effective_on) == (today, before)
    assert payment.journal_entry is not None
    assert (payment.journal_entry.booked_on, payment.journal_entry.effective_on) == (today, before)
    assert ReceivableEntry.objects.get(invoice=invoice, type="paid").effective_on == before
    assert payment.overpayment_credit is not None
    assert payment.overpayment_credit.entries.get().effective_on == before
    assert_verified()


def test_another_cash_code_can_be_named(clerk: Membership, customer: Customer, assert_verified: Verified) -> None:
    code = add_gl_code(provider=clerk.provider, code="1010", description="Till", type="cash", staff_id=None)
    payment = pay(clerk, customer, 100, gl_code=code)
    assert lines_of(payment.journal_entry) == [("1010", 100, 0), ("2100", 0, 100)]
    assert get_gl_code(clerk.provider, "1000") != code
    assert_verified()


def test_the_same_key_books_once(clerk: Membership, customer: Customer, assert_verified: Verified) -> None:
    invoice = movements.owe(customer, 1000)
    first = pay(clerk, customer, 400, key="form")
    assert pay(clerk, customer, 400, key="form") == first
    assert Payment.objects.count() == 1
    assert stand_of(invoice) == ("open", 400, 600)
    assert_verified()


def test_a_customer_who_has_left_can_still_pay(
    north: Provider, clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    invoice = movements.owe(customer, 1000)
    close_customer(customer=customer, staff_id=None)
    pay(clerk, customer, 1000)
    assert stand_of(invoice)[0] == "paid"
    assert_verified()


def test_what_was_suspended_for_late_payment_is_resumed(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    today = today_of(clerk.provider)
    late = movements.owe(customer, 1000, due_on=today - timedelta(days=20))
    with transaction.atomic():
        suspend_late_orders(provider_id=clerk.provider_id, since={customer.pk: today}, day=today)
    order = Order.objects.get(customer=customer)
    assert order.status == "suspended"
    pay(clerk, customer, 999)
    order.refresh_from_db()
    assert order.status == "suspended"
    pay(clerk, customer, 1)
    order.refresh_from_db()
    assert (stand_of(late)[0], order.status) == ("paid", "active")
    assert_verified()


@pytest.mark.parametrize(("currency", "amount"), [("JPY", 5001), ("KWD", 12_345)])
def test_currencies_without_and_with_three_decimals(currency: str, amount: int, assert_verified: Verified) -> None:
    provider = records.add_provider("far", currency=currency)
    clerk = records.add_person(provider)
    customer = records.add_customer(provider, "C1")
    invoice = movements.owe(customer, amount - 1)
    pay(clerk, customer, amount)
    assert stand_of(invoice) == ("paid", amount - 1, 0)
    assert figures(customer) == (0, 1)
    assert_verified()
