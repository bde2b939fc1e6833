"""Reversing a payment: everything that it did is undone by entries of its own."""

from datetime import timedelta

import pytest

from makegood.audit.models import AuditEntry
from makegood.credits.models import CreditEntry
from makegood.credits.services.apply_funds import apply_now
from makegood.customers.models import Customer
from makegood.invoices.models import ReceivableEntry
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import get_balance
from makegood.payments.reversing import preview_reversal
from makegood.payments.selectors import get_payment, list_allocations
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership
from tests.support import movements, records
from tests.support.answers import Verified
from tests.support.paying import lines_of, pay, reverse, stand_of

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


def figures(customer: Customer) -> tuple[int, int]:
    """What the customer owes and has, in minor units."""
    balance = get_balance(customer.provider_id, customer.pk)
    return balance.receivable_minor, balance.funds_minor


def test_what_it_paid_is_due_again(clerk: Membership, customer: Customer, assert_verified: Verified) -> None:
    first, second = movements.owe(customer, 1000), movements.owe(customer, 2000)
    payment = reverse(clerk, pay(clerk, customer, 1500), reason=" No   money ")
    assert (stand_of(first), stand_of(second)) == (("open", 0, 1000), ("open", 0, 2000))
    assert first.settled_on is None
    assert (payment.state, payment.allocated_minor, payment.reversal_reason) == ("reversed", 0, "No money")
    assert (payment.reversed_by_id, payment.reversed_on) == (clerk.staff_id, today_of(clerk.provider))
    assert lines_of(payment.reversal_journal_entry) == [("1000", 0, 1500), ("1200", 1500, 0)]
    assert list(list_allocations(payment).values_list("number", "invoice", "amount_minor")) == [
        (1, first.pk, 1000),
        (2, second.pk, 500),
        (3, first.pk, -1000),
        (4, second.pk, -500),
    ]
    assert list(ReceivableEntry.objects.filter(invoice=first).order_by("number").values_list("type", flat=True)) == [
        "issued",
        "paid",
        "unpaid",
    ]
    assert figures(customer) == (3000, 0)
    assert AuditEntry.objects.get(action="payment.reversed").detail["due_again_minor"] == 1500
    assert_verified()


def test_an_invoice_whose_due_date_has_passed_is_late_again(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    today = today_of(clerk.provider)
    late = movements.owe(customer, 1000, due_on=today - timedelta(days=9))
    due_today = movements.owe(customer, 1000, due_on=today)
    payment = pay(clerk, customer, 2000)
    reverse(clerk, payment)
    assert (stand_of(late), stand_of(due_today)) == (("late", 0, 1000), ("open", 0, 1000))
    assert late.late_on == today
    assert_verified()


def test_an_unused_overpayment_is_taken_back(clerk: Membership, customer: Customer, assert_verified: Verified) -> None:
    invoice = movements.owe(customer, 1000)
    payment = reverse(clerk, pay(clerk, customer, 5000))
    credit = get_payment(clerk.provider, payment.pk).overpayment_credit
    assert credit is not None
    assert (credit.issued_minor, credit.taken_back_minor, credit.remaining_minor) == (4000, 4000, 0)
    assert lines_of(payment.reversal_journal_entry) == [("1000", 0, 5000), ("1200", 1000, 0), ("2100", 4000, 0)]
    assert (stand_of(invoice)[0], figures(customer)) == ("open", (1000, 0))
    assert_verified()


def test_what_the_overpayment_has_paid_since_is_due_again(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    payment = pay(clerk, customer, 5000)
    records.credit(clerk, customers=[customer], amount_minor=700)
    first, second = movements.owe(customer, 2000), movements.owe(customer, 1500)
    apply_now(membership=clerk, customer=customer)
    assert (stand_of(first)[0], stand_of(second)[0]) == ("paid", "paid")
    preview = preview_reversal(membership=clerk, payment=payment)
    assert (preview.returned_minor, preview.due_again_minor, preview.funds_taken_minor) == (2800, 2800, 2200)
    reverse(clerk, payment)
    # Of the first, the goodwill credit has paid a part; that stays.
    assert (stand_of(first), stand_of(second)) == (("open", 0, 1300), ("open", 0, 1500))
    assert figures(customer) == (2800, 0)
    credit = get_payment(clerk.provider, payment.pk).overpayment_credit
    assert credit is not None
    assert (credit.used_minor, credit.taken_back_minor) == (0, 5000)
    types = CreditEntry.objects.filter(credit=credit).order_by("number").values_list("type", "amount_minor")
    assert list(types) == [
        ("issued", 5000),
        ("used", -1300),
        ("used", -1500),
        ("returned", 1300),
        ("returned", 1500),
        ("taken_back", -5000),
    ]
    assert_verified()


def test_what_was_paid_of_an_uncollectible_invoice_is_written_off_too(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    invoice = movements.owe(customer, 1000)
    payment = pay(clerk, customer, 300)
    invoice.refresh_from_db()
    movements.pay(invoice)
    plan = preview_reversal(membership=clerk, payment=payment)
    assert (plan.written_off_minor, plan.due_again_minor) == (300, 0)
    payment = reverse(clerk, payment)
    assert stand_of(invoice) == ("uncollectible", 0, 0)
    assert invoice.written_off_minor == 1000
    assert lines_of(payment.reversal_journal_entry) == [("1000", 0, 300), ("6100", 300, 0)]
    assert figures(customer) == (0, 0)
    assert_verified()


def test_an_overpayment_that_paid_what_is_written_off_since_stays(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    payment = pay(clerk, customer, 300)
    invoice = movements.owe(customer, 1000)
    apply_now(membership=clerk, customer=customer)
    invoice.refresh_from_db()
    movements.pay(invoice)
    with pytest.raises(Refused) as refused:
        reverse(clerk, payment)
    assert refused.value.code == "overpayment_written_off"
    assert_verified()


def test_the_same_key_reverses_once(clerk: Membership, customer: Customer, assert_verified: Verified) -> None:
    payment = pay(clerk, customer, 300)
    first = reverse(clerk, payment, key="form")
    assert reverse(clerk, payment, key="form").reversed_at == first.reversed_at
    assert figures(customer) == (0, 0)
    assert_verified()


def test_after_it_the_right_payment_can_be_recorded(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    invoice = movements.owe(customer, 1000)
    reverse(clerk, pay(clerk, customer, 10_000, reference="typed wrongly"), reason="A digit too many")
    pay(clerk, customer, 1000)
    assert stand_of(invoice) == ("paid", 1000, 0)
    assert figures(customer) == (0, 0)
    assert_verified()


def test_other_funds_pay_at_once_what_is_late_again(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    late = movements.owe(customer, 1000, due_on=today_of(clerk.provider) - timedelta(days=9))
    payment = pay(clerk, customer, 1000)
    records.credit(clerk, customers=[customer], amount_minor=400)
    reverse(clerk, payment)
    assert stand_of(late) == ("late", 0, 600)
    assert figures(customer) == (600, 0)
    assert_verified()
