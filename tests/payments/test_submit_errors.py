"""Submitting payments to a processor that is away, busy or refuses: what it does not say is not guessed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from makegood.customers.models import Customer
from makegood.emails.models import Message
from makegood.notifications.models import Notification
from makegood.payments.models import Payment
from makegood.providers.models import Provider
from tests.payments.collecting import NOON, add_payer, after, charge, invoices_of, state_of, submit
from tests.support import records
from tests.support.answers import Verified
from tests.support.autopay import collection_of
from tests.support.collecting import through_stripe
from tests.support.stripe_proxy import Processor, Wrong, refusal

INTENTS = "/v1/payment_intents"


@pytest.fixture
def processor(north: Provider) -> Iterator[Processor]:
    with through_stripe(north, at=NOON) as processor:
        yield processor


@pytest.fixture
def payer(north: Provider, processor: Processor) -> Customer:
    """Owes 60.00, to be charged today."""
    return add_payer(north)


@pytest.fixture
def payment(north: Provider, payer: Customer) -> Payment:
    """What is to be submitted."""
    return charge(north)[0]


def charged(processor: Processor) -> list[tuple[str, int]]:
    return [(key, amount) for _, key, amount, state in processor.charges() if state == "succeeded"]


@pytest.mark.parametrize("how", ["cut", "cut_after", "half", "error_after", 500, 3.0])
def test_without_an_answer_nobody_knows(
    how: Wrong, north: Provider, payer: Customer, payment: Payment, processor: Processor, assert_verified: Verified
) -> None:
    with processor.failing("charge", how):
        assert submit(north).unknown == 1
    assert (state_of(payment), payment.checks, payment.next_check_at) == ("unknown", 1, NOON + timedelta(minutes=1))
    assert invoices_of(payer) == [("open", 0, 6000, 6000)]
    assert submit(north, hours=1).taken == 0
    assert_verified()


def test_an_answer_that_nobody_can_read_is_none(
    north: Provider, payer: Customer, payment: Payment, processor: Processor, assert_verified: Verified
) -> None:
    processor.overlay(INTENTS, {"object": "payment_intent", "id": "pi_1"}, method="POST")
    assert submit(north).unknown == 1
    assert (state_of(payment), invoices_of(payer)) == ("unknown", [("open", 0, 6000, 6000)])
    assert_verified()


def test_a_processor_that_nobody_finds_is_away(
    north: Provider, payer: Customer, payment: Payment, processor: Processor, settings: Any, assert_verified: Verified
) -> None:
    settings.MAKEGOOD_STRIPE_API = "http://127.0.0.1:9"
    assert submit(north).unknown == 1
    assert (state_of(payment), processor.count(INTENTS)) == ("unknown", 0)
    assert_verified()


def test_a_slow_answer_is_waited_for(
    north: Provider, payer: Customer, payment: Payment, processor: Processor, assert_verified: Verified
) -> None:
    with processor.failing("charge", 0.7):
        assert submit(north).booked.succeeded == [payment.pk]
    assert invoices_of(payer) == [("paid", 6000, 0, 0)]
    assert_verified()


def test_a_bank_that_declines_says_why_and_it_is_tried_again(
    north: Provider, payment: Payment, processor: Processor, assert_verified: Verified
) -> None:
    with processor.failing("charge", refusal("card_declined", decline_code="insufficient_funds", status=402)):
        assert submit(north).booked.failed == [payment.pk]
    assert (state_of(payment), payment.failure_code) == ("failed", "insufficient_funds")
    assert collection_of(payment.claims.get().invoice) == (1, NOON.date() + timedelta(days=3), None)
    assert_verified()


def test_whoever_is_told_to_wait_waits(
    north: Provider, payment: Payment, processor: Processor, assert_verified: Verified
) -> None:
    with processor.failing("charge", (429, {"after": 90})):
        submit(north)
    waits = "created", None, NOON + timedelta(seconds=90)
    assert (state_of(payment), payment.submitted_at, payment.next_check_at) == waits
    assert submit(north, seconds=89).taken == 0
    assert submit(north, seconds=90).booked.succeeded == [payment.pk]
    assert charged(processor) == [(str(payment.attempt_key), 6000)]
    assert_verified()


def test_where_another_call_with_the_key_is_under_way_nobody_knows(
    north: Provider, payment: Payment, processor: Processor, assert_verified: Verified
) -> None:
    with processor.failing("charge", 409):
        submit(north)
    assert state_of(payment) == "unknown"
    assert_verified()


def test_what_the_processor_does_not_take_has_failed(
    north: Provider, payment: Payment, processor: Processor, assert_verified: Verified
) -> None:
    with processor.failing("charge", refusal("resource_missing", "No such payment method.", status=404)):
        submit(north)
    failed = "failed", "resource_missing", "No such payment method."
    assert (state_of(payment), payment.failure_code, payment.failure) == failed
    assert_verified()


def test_an_amount_that_no_processor_takes_is_given_up_and_the_customer_is_not_bothered(
    north: Provider, payment: Payment, processor: Processor, assert_verified: Verified
) -> None:
    with processor.failing("charge", refusal("amount_too_small", "At least 0.50.")):
        submit(north)
    assert (state_of(payment), payment.failure_code) == ("failed", "amount_too_small")
    assert collection_of(payment.claims.get().invoice) == (1, None, NOON.date())
    assert not Message.objects.exists()
    assert_verified()


def test_a_key_that_was_used_before_is_not_taken_for_a_failure(
    north: Provider, payment: Payment, processor: Processor, assert_verified: Verified
) -> None:
    with processor.failing("charge", refusal("", type="idempotency_error")):
        submit(north)
    assert state_of(payment) == "unknown"
    assert_verified()


def test_refused_keys_pause_collecting_and_managers_are_told_once(
    north: Provider, processor: Processor, assert_verified: Verified
) -> None:
    manager = records.add_person(north, "manager")
    for number in range(1, 5):
        add_payer(north, f"C{number}")
    charge(north)
    for minutes in (0, 6):
        with processor.failing("charge", *[401] * 9) as asked:
            submit(north, minutes=minutes)
        # One more may have been on its way when the first answer came.
        assert 1 <= len(asked()) <= 2
    assert set(Payment.objects.values_list("state", "next_check_at")) == {("created", NOON + timedelta(minutes=11))}
    assert Notification.objects.filter(staff=manager.staff, subject_type="gateway").count() == 1
    assert len(submit(north, minutes=11).booked.succeeded) == 4
    assert len(charged(processor)) == 4
    assert_verified()


def test_a_processor_that_is_away_is_left_alone_for_a_while(
    north: Provider, processor: Processor, assert_verified: Verified
) -> None:
    for number in range(1, 13):
        add_payer(north, f"C{number}")
    charge(north)
    with processor.failing("charge", *["cut"] * 12) as asked:
        submit(north)
    tried = len(asked())
    assert 5 <= tried <= 7
    assert Payment.objects.filter(state="created", next_check_at=NOON + timedelta(minutes=5)).count() == 12 - tried
    assert submit(north, minutes=4).taken == 0
    assert len(submit(north, minutes=5).booked.succeeded) == 12 - tried
    with after(minutes=5):
        assert len(charged(processor)) == 12 - tried
    assert_verified()
