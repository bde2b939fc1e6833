"""Submitting payments: what the processor answers is booked; what it does not answer is not guessed."""

from datetime import timedelta

import pytest

from makegood.customers.models import Customer
from makegood.ledger.models import JournalEntry
from makegood.ledger.selectors import get_balance
from makegood.payments.models import Collection, CollectionSettings, Payment, PaymentClaim
from makegood.payments.services.submit import submit_payments
from makegood.providers.models import Provider
from tests.payments.collecting import (
    NOON,
    add_payer,
    after,
    charge,
    gateway_of,
    invoices_of,
    state_of,
    submit,
)
from tests.support import sandbox
from tests.support.answers import Verified
from tests.support.paying import lines_of


@pytest.fixture
def payer(north: Provider) -> Customer:
    """Owes 60.00, to be charged today."""
    return add_payer(north)


def test_a_payment_that_succeeds_pays_what_it_claims(
    north: Provider, payer: Customer, assert_verified: Verified
) -> None:
    (payment,) = charge(north)
    assert invoices_of(payer) == [("open", 0, 6000, 6000)]
    assert submit(north).booked.succeeded == [payment.pk]
    assert invoices_of(payer) == [("paid", 6000, 0, 0)]
    payment.refresh_from_db()
    assert (payment.state, payment.allocated_minor, payment.over_minor) == ("succeeded", 6000, 0)
    assert payment.gateway_reference.startswith("sandbox_ch_")
    assert lines_of(payment.journal_entry) == [("1050", 6000, 0), ("1200", 0, 6000)]
    assert JournalEntry.objects.get(event="payment_recorded").cause_id == payment.pk
    assert list(payment.movements.values_list("type", "amount_minor")) == [("received", 6000)]
    assert not PaymentClaim.objects.filter(open=True).exists()
    assert get_balance(north.pk, payer.pk).receivable_minor == 0
    assert sandbox.charges(north) == [(str(payment.attempt_key), 6000, "")]
    assert_verified()


def test_each_payment_has_an_entry_of_its_own_in_the_journal(north: Provider, assert_verified: Verified) -> None:
    payers = [add_payer(north, f"C{number}", "card_succeeds", 1000, 500 * number) for number in (1, 2, 3)]
    charge(north)
    assert len(submit(north).booked.succeeded) == 3
    entries = JournalEntry.objects.filter(event="payment_recorded", cause_type="payment")
    assert entries.count() == 3
    assert [invoices_of(payer)[1] for payer in payers] == [
        ("paid", 500, 0, 0),
        ("paid", 1000, 0, 0),
        ("paid", 1500, 0, 0),
    ]
    assert_verified()


def test_a_declined_one_lets_its_invoice_go_and_is_tried_again(north: Provider, assert_verified: Verified) -> None:
    payer = add_payer(north, "C1", "card_insufficient_once")
    (payment,) = charge(north)
    assert submit(north).booked.failed == [payment.pk]
    assert (state_of(payment), payment.failure_code) == ("failed", "insufficient_funds")
    assert payment.failure
    assert invoices_of(payer) == [("open", 0, 6000, 0)]
    collection = Collection.objects.get()
    assert (collection.tries, collection.next_try_on) == (1, NOON.date() + timedelta(days=3))
    assert_verified()


def test_one_customers_decline_does_not_touch_the_others(north: Provider, assert_verified: Verified) -> None:
    good, bad = add_payer(north, "C1"), add_payer(north, "C2", "card_stolen")
    charge(north)
    booked = submit(north).booked
    assert (len(booked.succeeded), len(booked.failed)) == (1, 1)
    assert (invoices_of(good)[0][0], invoices_of(bad)[0][0]) == ("paid", "open")
    assert_verified()


def test_a_debit_on_its_way_is_neither_paid_nor_failed(north: Provider, assert_verified: Verified) -> None:
    payer = add_payer(north, "C1", "ach_succeeds")
    (payment,) = charge(north)
    assert submit(north).booked.processing == [payment.pk]
    assert (state_of(payment), payment.held_until, payment.next_check_at) == (
        "submitted",
        None,
        NOON + timedelta(hours=1),
    )
    assert invoices_of(payer) == [("open", 0, 6000, 6000)]
    assert_verified()


def test_no_more_is_submitted_within_an_hour_than_the_settings_let(north: Provider, assert_verified: Verified) -> None:
    for number in range(1, 6):
        add_payer(north, f"C{number}")
    CollectionSettings.objects.create(provider=north, charges_per_hour=2)
    charge(north)
    assert [submit(north, minutes=minutes).taken for minutes in (0, 30, 61, 90, 122)] == [2, 0, 2, 0, 1]
    assert_verified()


def test_nothing_is_submitted_while_billing_is_off(north: Provider, payer: Customer, assert_verified: Verified) -> None:
    (payment,) = charge(north)
    Provider.objects.filter(pk=north.pk).update(end_customer_billing=False)
    assert (submit(north).taken, state_of(payment)) == (0, "created")
    assert_verified()


def test_whoever_has_billing_disabled_meanwhile_is_not_charged(
    north: Provider, payer: Customer, assert_verified: Verified
) -> None:
    (payment,) = charge(north)
    Customer.objects.filter(pk=payer.pk).update(billing_enabled=False)
    assert (submit(north).taken, state_of(payment)) == (0, "created")
    Customer.objects.filter(pk=payer.pk).update(billing_enabled=True)
    assert submit(north).booked.succeeded == [payment.pk]
    assert_verified()


def test_whoever_has_to_go_leaves_the_rest_to_others(north: Provider, assert_verified: Verified) -> None:
    for number in range(1, 4):
        add_payer(north, f"C{number}")
    charge(north)
    with after():
        asked = iter([False, True, True, True, True, True, True])
        submit_payments(gateway=gateway_of(north), should_let_go=lambda: next(asked, True))
    states = list(Payment.objects.order_by("id").values_list("state", flat=True))
    assert set(states) <= {"created", "succeeded"}
    assert "created" in states
    assert len(sandbox.charges(north)) == states.count("succeeded")
    submit(north)
    assert Payment.objects.filter(state="succeeded").count() == 3
    assert_verified()
