"""What the processor says is booked once, in whatever order and however often it says it."""

from collections.abc import Callable
from datetime import date

import pytest

from makegood.credits.models import Credit
from makegood.customers.models import Customer
from makegood.gateways.interface import Charge
from makegood.gateways.rules import Standing
from makegood.invoices.models import Invoice
from makegood.ledger.models import GLCode, JournalEntry
from makegood.ledger.selectors import get_balance
from makegood.notifications.models import Notification
from makegood.payments.models import Collection, Payment
from makegood.payments.services.book_results import Answer, Booked, book_results
from makegood.payments.services.make_charges import make_charges
from makegood.providers.models import Membership, Provider
from tests.payments.collecting import add_payer, after, charge, invoices_of, state_of, submit
from tests.support import movements, records
from tests.support.answers import Verified
from tests.support.ownership import as_owner, break_booking, mend_booking
from tests.support.paying import lines_of, pay

SUCCEEDED, FAILED, PROCESSING = Standing.SUCCEEDED, Standing.FAILED, Standing.PROCESSING


def says(payment: Payment, standing: Standing, **said: object) -> Answer:
    """What a processor would say of the payment."""
    values = {
        "reference": f"ch_{payment.pk}",
        "key": str(payment.attempt_key),
        "amount_minor": payment.amount_minor,
        "failure_code": "insufficient_funds" if standing == FAILED else "",
        **said,
    }
    return Answer(payment.pk, Charge(standing=standing, **values))  # type: ignore[arg-type]  # said by a test


def book(provider: Provider, *answers: Answer, **passed: float) -> Booked:
    with after(**passed):
        return book_results(provider=provider, answers=answers)


@pytest.fixture
def payer(north: Provider) -> Customer:
    """Owes 60.00, which is on its way."""
    return add_payer(north, "C1", "ach_succeeds")


@pytest.fixture
def payment(north: Provider, payer: Customer) -> Payment:
    (payment,) = charge(north)
    submit(north)
    payment.refresh_from_db()
    return payment


@pytest.fixture
def said(payment: Payment) -> Callable[[Standing], Answer]:
    return lambda standing: says(payment, standing, reference=payment.gateway_reference)


def test_two_answers_are_booked_once(
    north: Provider, payer: Customer, payment: Payment, said: Callable[[Standing], Answer], assert_verified: Verified
) -> None:
    assert book(north, said(SUCCEEDED), said(SUCCEEDED)).succeeded == [payment.pk]
    assert book(north, said(SUCCEEDED)) == Booked([], [], [], [], [])
    assert invoices_of(payer) == [("paid", 6000, 0, 0)]
    assert JournalEntry.objects.filter(event="payment_recorded").count() == 1
    assert_verified()


@pytest.mark.parametrize("later", [FAILED, PROCESSING])
def test_what_is_booked_stays_booked(
    later: Standing,
    north: Provider,
    payer: Customer,
    payment: Payment,
    said: Callable[[Standing], Answer],
    assert_verified: Verified,
) -> None:
    book(north, said(SUCCEEDED))
    book(north, said(later))
    assert (state_of(payment), invoices_of(payer)) == ("succeeded", [("paid", 6000, 0, 0)])
    assert_verified()


def test_of_two_answers_at_once_the_success_counts(
    north: Provider, payment: Payment, said: Callable[[Standing], Answer], assert_verified: Verified
) -> None:
    booked = book(north, said(PROCESSING), said(SUCCEEDED), said(FAILED))
    assert (booked.succeeded, booked.failed) == ([payment.pk], [])
    assert_verified()


def test_a_failure_is_noted_once(
    north: Provider, payer: Customer, payment: Payment, said: Callable[[Standing], Answer], assert_verified: Verified
) -> None:
    assert book(north, said(FAILED)).failed == [payment.pk]
    assert book(north, said(FAILED), said(PROCESSING)) == Booked([], [], [], [], [])
    assert (Collection.objects.get().tries, invoices_of(payer)) == (1, [("open", 0, 6000, 0)])
    assert_verified()


def test_a_late_success_pays_what_is_still_owed(
    north: Provider, payer: Customer, payment: Payment, said: Callable[[Standing], Answer], assert_verified: Verified
) -> None:
    manager = records.add_person(north, "manager")
    book(north, said(FAILED))
    booked = book(north, said(SUCCEEDED), days=1)
    assert (booked.succeeded, booked.late) == ([payment.pk], [payment.pk])
    assert (state_of(payment), payment.failure_code, payment.over_minor) == ("succeeded", "", 0)
    assert invoices_of(payer) == [("paid", 6000, 0, 0)]
    assert (Collection.objects.get().next_try_on, Collection.objects.get().given_up_on) == (None, None)
    told = Notification.objects.get(staff=manager.staff, subject_type="payment", subject_id=payment.pk)
    assert (told.level, told.body.endswith("Nothing has to be done.")) == ("success", True)
    assert_verified()


def test_a_late_success_of_what_was_paid_meanwhile_becomes_available_funds(
    north: Provider,
    clerk: Membership,
    payer: Customer,
    payment: Payment,
    said: Callable[[Standing], Answer],
    assert_verified: Verified,
) -> None:
    records.add_person(north, "manager")
    book(north, said(FAILED))
    with after(hours=2):
        pay(clerk, payer, 4500)
    book(north, said(SUCCEEDED), days=1)
    told = Notification.objects.get(subject_type="payment")
    assert told.level == "warning"
    assert "$45.00 was paid twice" in told.body
    assert "paid out on the customer's page" in told.body
    payment.refresh_from_db()
    assert (payment.allocated_minor, payment.over_minor) == (1500, 4500)
    assert lines_of(payment.journal_entry) == [("1050", 6000, 0), ("1200", 0, 1500), ("2100", 0, 4500)]
    credit = Credit.objects.get()
    assert (credit.kind, credit.issued_minor, credit.remaining_minor) == ("overpayment", 4500, 4500)
    assert credit.gl_code.type == GLCode.Type.CLEARING
    assert get_balance(north.pk, payer.pk).funds_minor == 4500
    assert_verified()


def test_what_is_over_pays_late_invoices_at_once(
    north: Provider,
    clerk: Membership,
    payer: Customer,
    payment: Payment,
    said: Callable[[Standing], Answer],
    assert_verified: Verified,
) -> None:
    book(north, said(FAILED))
    with after(hours=2):
        pay(clerk, payer, 6000)
        movements.owe(payer, 2500, due_on=date(2026, 2, 1))
    book(north, said(SUCCEEDED), days=1)
    late = Invoice.objects.get(net_minor=2500)
    assert (late.state, late.used_minor, get_balance(north.pk, payer.pk).funds_minor) == ("paid", 2500, 3500)
    assert_verified()


def test_a_late_success_leaves_alone_what_another_payment_has_in_flight(
    north: Provider, payer: Customer, payment: Payment, said: Callable[[Standing], Answer], assert_verified: Verified
) -> None:
    book(north, said(FAILED))
    with after(days=3):
        make_charges(provider=north, day=date(2026, 3, 5))
    again = Payment.objects.latest("id")
    book(north, said(SUCCEEDED), days=3)
    payment.refresh_from_db()
    assert (payment.over_minor, invoices_of(payer)) == (6000, [("open", 0, 6000, 6000)])
    book(north, says(again, SUCCEEDED), days=3)
    assert invoices_of(payer) == [("paid", 6000, 0, 0)]
    assert get_balance(north.pk, payer.pk).funds_minor == 6000
    assert_verified()


def test_two_late_successes_of_one_invoice_pay_it_once(
    north: Provider, payer: Customer, payment: Payment, said: Callable[[Standing], Answer], assert_verified: Verified
) -> None:
    book(north, said(FAILED))
    with after(days=3):
        make_charges(provider=north, day=date(2026, 3, 5))
    again = Payment.objects.latest("id")
    book(north, says(again, FAILED), days=3)
    assert book(north, says(again, SUCCEEDED), said(SUCCEEDED), days=4).late == [payment.pk, again.pk]
    payment.refresh_from_db()
    again.refresh_from_db()
    assert (payment.over_minor, again.over_minor, invoices_of(payer)) == (0, 6000, [("paid", 6000, 0, 0)])
    assert_verified()


def test_two_late_successes_of_one_customer_follow_each_other_in_the_books(
    north: Provider, clerk: Membership, payer: Customer, payment: Payment, said: Callable[[Standing], Answer],
    assert_verified: Verified,
) -> None:  # fmt: skip
    book(north, said(FAILED))
    with after(days=3):
        make_charges(provider=north, day=date(2026, 3, 5))
    again = Payment.objects.latest("id")
    book(north, says(again, FAILED), days=3)
    with after(days=3):
        pay(clerk, payer, 6000)
    book(north, says(again, SUCCEEDED), said(SUCCEEDED), days=4)
    assert get_balance(north.pk, payer.pk).funds_minor == 12000
    assert_verified()


def test_in_one_batch_failures_and_successes_stand_for_themselves(north: Provider, assert_verified: Verified) -> None:
    payers = [add_payer(north, f"C{number}", "ach_succeeds") for number in range(1, 7)]
    payments = charge(north)
    submit(north)
    for payment in payments:
        payment.refresh_from_db()
    booked = book(
        north,
        *(
            says(payment, SUCCEEDED if number % 2 else FAILED, reference=payment.gateway_reference)
            for number, payment in enumerate(payments)
        ),
    )
    assert (len(booked.succeeded), len(booked.failed)) == (3, 3)
    assert [invoices_of(payer)[0][0] for payer in payers] == ["open", "paid"] * 3
    assert_verified()


@pytest.mark.parametrize(
    "untrue", [{"amount_minor": 5999}, {"key": "another"}, {"reference": "another"}], ids=lambda said: next(iter(said))
)
def test_an_answer_that_is_not_about_the_payment_changes_nothing(
    untrue: dict[str, object], north: Provider, payment: Payment, assert_verified: Verified
) -> None:
    answer = says(payment, SUCCEEDED, **{"reference": payment.gateway_reference, **untrue})
    assert book(north, answer).unusable == [payment.pk]
    assert state_of(payment) == "submitted"
    assert_verified()


def test_another_providers_payment_is_not_touched(
    north: Provider, payment: Payment, said: Callable[[Standing], Answer], assert_verified: Verified
) -> None:
    assert book(records.add_provider("south"), said(SUCCEEDED)).unusable == [payment.pk]
    assert state_of(payment) == "submitted"
    assert_verified()


def test_what_was_charged_although_it_waited_to_be_submitted_again_is_booked(
    north: Provider, assert_verified: Verified
) -> None:
    payer = add_payer(north)
    (payment,) = charge(north)
    assert book(north, says(payment, SUCCEEDED)).succeeded == [payment.pk]
    assert invoices_of(payer) == [("paid", 6000, 0, 0)]
    assert_verified()


def test_what_the_database_refuses_of_one_customer_does_not_stop_the_others(
    north: Provider, assert_verified: Verified
) -> None:
    payers = [add_payer(north, f"C{number}") for number in range(1, 6)]
    payments = charge(north)
    break_booking(payers[2:3], "22003")
    booked = submit(north).booked
    mend_booking()
    assert (len(booked.succeeded), booked.unusable) == (4, [payments[2].pk])
    assert (state_of(payments[2]), invoices_of(payers[2])) == ("unknown", [("open", 0, 6000, 6000)])
    assert_verified()


def test_the_invoice_paid_is_not_collected_again(north: Provider, assert_verified: Verified) -> None:
    add_payer(north)
    charge(north)
    submit(north)
    with after(days=1):
        assert make_charges(provider=north, day=date(2026, 3, 3)).customers == 0
    assert_verified()


def test_states_go_only_where_the_chart_lets_them(north: Provider, payment: Payment) -> None:
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError, match="cannot go from submitted to reversed"), transaction.atomic(), as_owner():
        Payment.objects.filter(pk=payment.pk).update(state="reversed")
