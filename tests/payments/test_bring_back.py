"""A dispute is won: the money is there again, and pays what it had paid before, as far as that is still owed."""

import pytest

from makegood.credits.services.apply_funds import apply_now
from makegood.credits.services.write_off import write_off_invoice
from makegood.customers.models import Customer
from makegood.notifications.models import Notification
from makegood.providers.models import Membership
from tests.support import movements, records, sandbox
from tests.support.answers import Verified
from tests.support.paying import pay, reverse, stand_of
from tests.support.returns import charge, charge_late, dispute, figures, lines_of_last, movements_of, parts_of

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


@pytest.fixture
def customer(clerk: Membership) -> Customer:
    records.add_person(clerk.provider, "manager")
    sandbox.connect(clerk.provider)
    customer = records.add_customer(clerk.provider, "C1")
    sandbox.add_method(customer)
    return customer


def test_it_pays_its_invoices_again_and_nobody_has_to_look_after_them(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    first, second = movements.owe(customer, 4000), movements.owe(customer, 2000)
    payment = charge(clerk, customer)
    dispute(payment, 6000)
    assert dispute(payment, 6000, "won").endswith("is won. $60.00 came back.")
    assert parts_of(payment) == {"state": "succeeded", "allocated": 6000}
    assert (stand_of(first), stand_of(second)) == (("paid", 4000, 0), ("paid", 2000, 0))
    assert not first.by_hand
    assert not second.by_hand
    assert movements_of(payment) == [("received", 6000), ("returned", -6000), ("won_back", 6000)]
    assert lines_of_last(payment) == [("1050", 6000, 0), ("1200", 0, 6000)]
    assert figures(customer) == (0, 0)
    assert Notification.objects.filter(title=f"The dispute of payment {payment.pk} is won").count() == 1
    assert_verified()


def test_what_was_paid_in_another_way_meanwhile_becomes_an_overpayment(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    invoice = movements.owe(customer, 4000)
    payment = charge(clerk, customer)
    dispute(payment, 4000)
    pay(clerk, customer, 3000)
    dispute(payment, 4000, "won")
    assert (stand_of(invoice), invoice.by_hand) == (("paid", 4000, 0), False)
    assert parts_of(payment) == {"state": "succeeded", "allocated": 1000, "over": 3000}
    assert lines_of_last(payment) == [("1050", 4000, 0), ("1200", 0, 1000), ("2100", 0, 3000)]
    assert figures(customer) == (0, 3000)
    assert_verified()


def test_an_invoice_that_it_pays_in_part_stays_with_people(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    invoice = movements.owe(customer, 4000)
    payment = charge(clerk, customer)
    dispute(payment, 4000)
    dispute(payment, 3000)
    assert (stand_of(invoice), invoice.by_hand) == (("open", 1000, 3000), True)
    assert parts_of(payment) == {"state": "disputed", "allocated": 1000, "returned": 3000}
    assert_verified()


def test_an_overpayment_that_was_spent_pays_the_same_again(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    movements.owe(customer, 6000)
    payment = charge_late(clerk, customer, paid_meanwhile_minor=6000)
    spent = movements.owe(customer, 4500)
    apply_now(membership=clerk, customer=customer)
    dispute(payment, 6000)
    assert (stand_of(spent), figures(customer)) == (("open", 0, 4500), (4500, 0))
    dispute(payment, 6000, "won")
    assert (stand_of(spent)[0], spent.by_hand, figures(customer)) == ("paid", False, (0, 1500))
    assert parts_of(payment) == {"state": "succeeded", "over": 6000}
    assert_verified()


def test_what_is_written_off_meanwhile_stays_so_and_the_rest_pays_again(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    movements.owe(customer, 6000)
    payment = charge_late(clerk, customer, paid_meanwhile_minor=6000)
    given_up = movements.owe(customer, 2500)
    apply_now(membership=clerk, customer=customer)
    spent = movements.owe(customer, 4000)
    apply_now(membership=clerk, customer=customer)
    dispute(payment, 6000)
    given_up.refresh_from_db()
    movements.pay(given_up)
    dispute(payment, 6000, "won")
    assert parts_of(payment) == {"state": "succeeded", "over": 6000}
    assert (stand_of(given_up)[0], stand_of(spent)[0]) == ("uncollectible", "paid")
    assert figures(customer) == (0, 2000)
    assert_verified()


def test_a_write_off_for_what_could_not_come_back_is_taken_back(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    movements.owe(customer, 6000)
    payment = charge_late(clerk, customer, paid_meanwhile_minor=6000)
    given_up = movements.owe(customer, 9000)
    apply_now(membership=clerk, customer=customer)
    given_up.refresh_from_db()
    movements.pay(given_up)
    dispute(payment, 6000)
    assert lines_of_last(payment) == [("1050", 0, 6000), ("6100", 6000, 0)]
    dispute(payment, 6000, "won")
    assert lines_of_last(payment) == [("1050", 6000, 0), ("6100", 0, 6000)]
    assert parts_of(payment) == {"state": "succeeded", "over": 6000}
    assert_verified()


def test_it_pays_again_what_had_been_given_up_before_the_dispute(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    invoice = movements.owe(customer, 10000)
    cash = pay(clerk, customer, 4000, method="cash")
    payment = charge(clerk, customer)
    reverse(clerk, cash)
    write_off_invoice(membership=clerk, invoice=invoice, reason="The customer has moved away")
    before = (stand_of(invoice), invoice.written_off_minor, figures(customer))
    assert before == (("uncollectible", 6000, 0), 4000, (0, 0))
    dispute(payment, 6000)
    assert (stand_of(invoice), invoice.written_off_minor) == (("uncollectible", 0, 0), 10000)
    dispute(payment, 6000, "won")
    assert (stand_of(invoice), invoice.written_off_minor, figures(customer)) == before
    assert lines_of_last(payment) == [("1050", 6000, 0), ("6100", 0, 6000)]
    assert parts_of(payment) == {"state": "succeeded", "allocated": 6000}
    assert_verified()


def test_it_pays_again_what_was_given_up_while_it_was_disputed(
    clerk: Membership, customer: Customer, assert_verified: Verified
) -> None:
    invoice, other = movements.owe(customer, 10000), movements.owe(customer, 2000)
    payment = charge(clerk, customer)
    dispute(payment, 12000)
    invoice.refresh_from_db()
    write_off_invoice(membership=clerk, invoice=invoice, reason="The bank took it back")
    dispute(payment, 12000, "won")
    assert (stand_of(invoice), invoice.written_off_minor) == (("uncollectible", 10000, 0), 0)
    assert (stand_of(other)[0], figures(customer)) == ("paid", (0, 0))
    assert lines_of_last(payment) == [("1050", 12000, 0), ("1200", 0, 2000), ("6100", 0, 10000)]
    # A second dispute takes the same again.
    dispute(payment, 12000, "lost", "dp_2")
    assert (stand_of(invoice), invoice.written_off_minor) == (("uncollectible", 0, 0), 10000)
    assert figures(customer) == (2000, 0)
    assert_verified()
