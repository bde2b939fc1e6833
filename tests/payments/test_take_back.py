"""A bank takes a payment back: what the payment did is undone, as far as it can be, and left to people."""

from datetime import timedelta

import pytest
from django.db import transaction

from makegood.credits.services.apply_funds import apply_now
from makegood.customers.models import Customer
from makegood.gateways.handlers import NotYet
from makegood.ledger.locks import hold_books, lock_customers
from makegood.notifications.models import Notification
from makegood.payments.models import Dispute, Payment
from makegood.payments.rules import State
from makegood.payments.selectors import get_payment
from makegood.payments.services.take_back import take_back
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership
from tests.support import movements, records, sandbox
from tests.support.answers import Verified
from tests.support.paying import pay, stand_of
from tests.support.returns import (
    charge,
    charge_late,
    dispute,
    figures,
    lines_of_last,
    movements_of,
    parts_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


@pytest.fixture
def customer(clerk: Membership) -> Customer:
    records.add_person(clerk.provider, "manager")
    sandbox.connect(clerk.provider)
    customer = records.add_customer(clerk.provider, "C1")
    sandbox.add_method(customer)
    return customer


def test_what_a_disputed_payment_had_paid_is_due_again_and_left_to_people(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    late_on = today_of(clerk.provider) - timedelta(days=9)
    late, other = movements.owe(customer, 4000, due_on=late_on), movements.owe(customer, 2000)
    payment = charge(clerk, customer)
    assert dispute(payment, 6000) == f"The dispute of payment {payment.pk} is open. $60.00 went back."
    assert parts_of(payment) == {"state": "disputed", "returned": 6000}
    assert (stand_of(late), stand_of(other)) == (("late", 0, 4000), ("open", 0, 2000))
    assert late.by_hand
    assert other.by_hand
    assert movements_of(payment) == [("received", 6000), ("returned", -6000)]
    assert lines_of_last(payment) == [("1050", 0, 6000), ("1200", 6000, 0)]
    assert figures(customer) == (6000, 0)
    assert Dispute.objects.get().booked_minor == 6000
    assert Notification.objects.filter(subject_type="disputed_payment", subject_id=payment.pk).count() == 1
    assert_verified()


def test_said_twice_it_is_booked_once(clerk: Membership, customer: Customer, assert_verified: Verified) -> None:
    movements.owe(customer, 4000)
    payment = charge(clerk, customer)
    dispute(payment, 4000)
    assert dispute(payment, 4000).endswith("No money moved by it.")
    assert movements_of(payment) == [("received", 4000), ("returned", -4000)]
    assert Notification.objects.filter(subject_type="disputed_payment").count() == 1
    assert_verified()


def test_what_is_late_again_is_not_paid_by_other_funds(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    invoice = movements.owe(customer, 4000, due_on=today_of(clerk.provider) - timedelta(days=9))
    payment = charge(clerk, customer)
    records.credit(clerk, customers=[customer], amount_minor=5000)
    dispute(payment, 4000)
    assert (stand_of(invoice), figures(customer)) == (("late", 0, 4000), (4000, 5000))
    assert_verified()


def test_what_is_left_of_the_overpayment_goes_first(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    invoice = movements.owe(customer, 6000)
    payment = charge_late(clerk, customer, paid_meanwhile_minor=2000)
    assert parts_of(payment) == {"state": "succeeded", "allocated": 4000, "over": 2000}
    dispute(payment, 1500)
    assert parts_of(payment) == {"state": "disputed", "allocated": 4000, "over": 500, "returned": 1500}
    assert (stand_of(invoice), invoice.by_hand) == (("paid", 6000, 0), False)
    assert figures(customer) == (0, 500)
    dispute(payment, 2500)
    assert parts_of(payment) == {"state": "disputed", "allocated": 3500, "returned": 2500}
    assert (stand_of(invoice), invoice.by_hand) == (("open", 5500, 500), True)
    assert lines_of_last(payment) == [("1050", 0, 1000), ("1200", 500, 0), ("2100", 500, 0)]
    assert_verified()


def test_what_the_overpayment_has_paid_since_is_due_again(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    """The scenario: a return after the overpayment was spent."""
    movements.owe(customer, 6000)
    payment = charge_late(clerk, customer, paid_meanwhile_minor=6000)
    first, second = movements.owe(customer, 2500), movements.owe(customer, 2000)
    apply_now(membership=clerk, customer=customer)
    assert (stand_of(first)[0], stand_of(second)[0], figures(customer)) == ("paid", "paid", (0, 1500))
    dispute(payment, 4500, "lost")
    # 15.00 were left; then the newest use, whole, and of the one before it the rest.
    assert (stand_of(first), stand_of(second)) == (("open", 0, 1000), ("open", 0, 2000))
    assert first.by_hand
    assert second.by_hand
    assert parts_of(payment) == {"state": "returned", "over": 1500, "returned": 4500}
    assert figures(customer) == (3000, 0)
    assert_verified()


def test_what_was_written_off_or_paid_out_meanwhile_is_written_off(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    movements.owe(customer, 6000)
    payment = charge_late(clerk, customer, paid_meanwhile_minor=6000)
    given_up = movements.owe(customer, 9000)
    apply_now(membership=clerk, customer=customer)
    given_up.refresh_from_db()
    movements.pay(given_up)
    dispute(payment, 6000, "lost")
    assert (stand_of(given_up), figures(customer)) == (("uncollectible", 0, 0), (0, 0))
    assert given_up.written_off_minor == 3000
    assert parts_of(payment) == {"state": "returned", "returned": 6000}
    assert lines_of_last(payment) == [("1050", 0, 6000), ("6100", 6000, 0)]
    told = Notification.objects.filter(level="error", title__contains="could not be taken back")
    assert told.get().title == f"$60.00 of payment {payment.pk} could not be taken back"
    assert_verified()


def test_what_was_paid_of_an_uncollectible_invoice_is_written_off_too(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    invoice = movements.owe(customer, 4000)
    payment = charge(clerk, customer)
    dispute(payment, 1000)
    invoice.refresh_from_db()
    movements.pay(invoice)
    dispute(payment, 4000, "lost")
    assert (stand_of(invoice), invoice.written_off_minor) == (("uncollectible", 0, 0), 4000)
    assert lines_of_last(payment) == [("1050", 0, 3000), ("6100", 3000, 0)]
    assert_verified()


def test_a_lost_dispute_moves_no_money_again(clerk: Membership, customer: Customer, assert_verified: Verified) -> None:
    movements.owe(customer, 4000)
    payment = charge(clerk, customer)
    dispute(payment, 4000)
    dispute(payment, 4000, "lost")
    assert parts_of(payment) == {"state": "returned", "returned": 4000}
    assert movements_of(payment) == [("received", 4000), ("returned", -4000)]
    assert Dispute.objects.get().closed_at is not None
    assert_verified()


def test_a_warning_moves_nothing(clerk: Membership, customer: Customer, assert_verified: Verified) -> None:
    invoice = movements.owe(customer, 4000)
    payment = charge(clerk, customer)
    dispute(payment, 4000, "warning")
    assert parts_of(payment) == {"state": "succeeded", "allocated": 4000}
    assert stand_of(invoice)[0] == "paid"
    dispute(payment, 4000, "won")
    assert not Notification.objects.filter(title__contains="is won").exists()
    assert_verified()


def test_what_was_said_before_and_comes_late_changes_nothing(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    movements.owe(customer, 4000)
    payment = charge(clerk, customer)
    dispute(payment, 4000, "lost")
    assert "has gone on since" in dispute(payment, 4000, "open")
    dispute(payment, 4000, "won")
    assert "has gone on since" in dispute(payment, 4000, "lost")
    assert parts_of(payment) == {"state": "succeeded", "allocated": 4000}
    assert_verified()


def test_never_more_than_the_payment_still_holds(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    movements.owe(customer, 4000)
    payment = charge(clerk, customer)
    dispute(payment, 3000, "lost", "dp_1")
    dispute(payment, 3000, "open", "dp_2")
    assert parts_of(payment) == {"state": "returned", "returned": 4000}
    assert list(Dispute.objects.order_by("reference").values_list("booked_minor", flat=True)) == [3000, 1000]
    dispute(payment, 3000, "won", "dp_2")
    assert parts_of(payment) == {"state": "returned", "allocated": 1000, "returned": 3000}
    assert_verified()


def test_it_waits_while_a_refund_of_the_payment_is_under_way(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    movements.owe(customer, 4000)
    payment = charge(clerk, customer)
    Payment.objects.filter(pk=payment.pk).update(refunding_minor=1000)
    with pytest.raises(NotYet, match="refund of payment"):
        dispute(payment, 4000)
    assert not Dispute.objects.exists()
    Payment.objects.filter(pk=payment.pk).update(refunding_minor=0)
    dispute(payment, 4000)
    assert parts_of(payment) == {"state": "disputed", "returned": 4000}
    assert_verified()


def test_more_than_it_holds_is_a_mistake_of_who_asks(clerk: Membership, customer: Customer) -> None:
    movements.owe(customer, 4000)
    payment = charge(clerk, customer)
    pay(clerk, customer, 500)
    with transaction.atomic():
        booked_on = hold_books(clerk.provider)
        lock_customers(clerk.provider_id, [customer.pk])
        payment = get_payment(clerk.provider, payment.pk)
        with pytest.raises(RuntimeError, match="does not hold"):
            take_back(
                provider=clerk.provider, payment=payment, amount_minor=4001, state=State.RETURNED, booked_on=booked_on
            )
