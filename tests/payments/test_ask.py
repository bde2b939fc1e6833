"""Asking what became of payments: each is charged once, whatever was lost on the way."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from makegood.customers.models import Customer
from makegood.gateways.registry import open_gateway
from makegood.gateways.services.gateways import disconnect_gateway
from makegood.invoices.models import Invoice
from makegood.ledger.selectors import get_balance
from makegood.payments.leases import take_to_submit
from makegood.payments.models import Payment
from makegood.payments.services.ask import ask_payments
from makegood.providers.models import Provider
from tests.payments.collecting import NOON, add_payer, after, ask, charge, gateway_of, invoices_of, state_of, submit
from tests.support import records, sandbox
from tests.support.answers import Verified
from tests.support.collecting import through_stripe
from tests.support.stripe_proxy import Processor, refusal
from tests.support.stripe_recorded import intent

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
def lost(north: Provider, payer: Customer, processor: Processor) -> Payment:
    """Charged by the processor; the answer was cut off."""
    (payment,) = charge(north)
    with processor.failing("charge", "cut_after"):
        submit(north)
    assert state_of(payment) == "unknown"
    return payment


def test_an_answer_that_was_lost_is_asked_for_and_booked_once(
    north: Provider, payer: Customer, lost: Payment, processor: Processor, assert_verified: Verified
) -> None:
    assert ask(north, seconds=59).taken == 0
    with processor.failing("charge") as ordered:
        assert ask(north, minutes=1).booked.succeeded == [lost.pk]
    assert (ordered(), len(processor.charges())) == ([], 1)
    assert invoices_of(payer) == [("paid", 6000, 0, 0)]
    assert ask(north, hours=3).taken == 0
    assert_verified()


def test_what_did_not_arrive_is_ordered_again_with_the_same_key(
    north: Provider, payer: Customer, processor: Processor, assert_verified: Verified
) -> None:
    (payment,) = charge(north)
    with processor.failing("charge", "cut"):
        submit(north)
    assert processor.charges() == []
    assert ask(north, minutes=1).booked.succeeded == [payment.pk]
    assert [(key, amount) for _, key, amount, _ in processor.charges()] == [(str(payment.attempt_key), 6000)]
    assert_verified()


def test_it_is_asked_less_and_less_often(
    north: Provider, lost: Payment, processor: Processor, assert_verified: Verified
) -> None:
    passed, pauses = 1, []
    for _ in range(6):
        with processor.failing("find_charge", "cut"):
            assert ask(north, minutes=passed).taken == 1
        lost.refresh_from_db()
        assert lost.next_check_at is not None
        pauses.append((lost.next_check_at - NOON - timedelta(minutes=passed)) / timedelta(minutes=1))
        passed += int(pauses[-1])
    assert pauses == [2, 5, 15, 60, 60, 60]
    assert ask(north, minutes=passed).booked.succeeded == [lost.pk]
    assert_verified()


def test_a_busy_processor_is_asked_when_it_wants_to(
    north: Provider, lost: Payment, processor: Processor, assert_verified: Verified
) -> None:
    with processor.failing("find_charge", (429, {"after": 600})):
        ask(north, minutes=1)
    assert (state_of(lost), lost.next_check_at) == ("unknown", NOON + timedelta(minutes=11))
    assert_verified()


def test_what_never_arrived_has_failed_after_twenty_hours(north: Provider, assert_verified: Verified) -> None:
    payer = add_payer(north, "C1", "card_late")
    (payment,) = charge(north)
    submit(north)
    for hours in (1, 10, 19):
        ask(north, hours=hours)
        assert state_of(payment) == "unknown"
    assert ask(north, hours=21).booked.failed == [payment.pk]
    # The one that the sandbox does not tell of yet: nothing was ordered again.
    assert len(sandbox.charges(north)) == 1
    assert (state_of(payment), payment.failure_code) == ("failed", "never_arrived")
    assert invoices_of(payer) == [("open", 0, 6000, 0)]
    assert_verified()


def test_whoever_submitted_and_died_left_a_payment_that_is_asked_about(
    north: Provider, payer: Customer, processor: Processor, assert_verified: Verified
) -> None:
    (payment,) = charge(north)
    gateway = gateway_of(north)
    with after():
        (held,) = take_to_submit(gateway, 1)
        open_gateway(gateway).charge(held.order(north))
    assert (state_of(payment), payment.gateway_reference) == ("submitted", "")
    # As long as it is held nobody else is at it.
    while_held = (held.until - NOON).total_seconds() - 1
    assert (submit(north, seconds=while_held).taken, ask(north, seconds=while_held).taken) == (0, 0)
    assert ask(north, minutes=10).booked.succeeded == [payment.pk]
    assert len(processor.charges()) == 1
    assert_verified()


def test_a_debit_is_asked_about_until_the_bank_has_decided(north: Provider, assert_verified: Verified) -> None:
    good, bad = add_payer(north, "C1", "ach_succeeds"), add_payer(north, "C2", "ach_closed")
    paid, unpaid = charge(north)
    submit(north)
    assert ask(north, minutes=30).taken == 0
    assert len(ask(north, hours=1).booked.processing) == 2
    booked = ask(north, days=5).booked
    assert (booked.succeeded, booked.failed) == ([paid.pk], [unpaid.pk])
    assert (invoices_of(good)[0][0], invoices_of(bad)[0]) == ("paid", ("open", 0, 6000, 0))
    assert_verified()


def test_a_debit_stays_on_its_way_while_the_processor_does_not_answer(
    north: Provider, payer: Customer, processor: Processor, assert_verified: Verified
) -> None:
    (payment,) = charge(north)
    key = str(payment.attempt_key)
    processor.overlay(INTENTS, intent("pi_debit", "processing", 6000, key=key), method="POST")
    assert submit(north).booked.processing == [payment.pk]
    with processor.failing("find_charge", "cut"):
        assert ask(north, hours=1).unknown == 1
    assert state_of(payment) == "submitted"
    processor.overlay(f"{INTENTS}/pi_debit", intent("pi_debit", "succeeded", 6000, key=key))
    assert ask(north, days=6).booked.succeeded == [payment.pk]
    assert_verified()


def test_through_a_gateway_that_was_disconnected_nothing_is_ordered_but_asked(
    north: Provider, payer: Customer, lost: Payment, processor: Processor, assert_verified: Verified
) -> None:
    other = add_payer(north, "C2")
    dead = charge(north)[1]
    with processor.failing("charge", "cut"):
        submit(north)
    gateway = gateway_of(north)
    gateway = disconnect_gateway(membership=records.add_person(north, "admin", "root@north.example"), gateway=gateway)
    with after(minutes=1):
        assert ask_payments(gateway=gateway).booked.succeeded == [lost.pk]
    assert (state_of(dead), invoices_of(other)[0][3]) == ("unknown", 6000)
    with after(hours=21):
        assert ask_payments(gateway=gateway).booked.failed == [dead.pk]
    assert len(processor.charges()) == 1
    assert get_balance(north.pk, other.pk).receivable_minor == 6000
    assert Invoice.objects.filter(in_flight_minor__gt=0).count() == 0
    assert_verified()


def test_an_order_is_the_same_however_the_provider_is_called_meanwhile(
    north: Provider, payer: Customer, processor: Processor, assert_verified: Verified
) -> None:
    charge(north)
    with processor.failing("charge", "cut"):
        submit(north)
    with processor.failing("charge", "cut", "cut") as orders:
        ask(north, minutes=1)
        Provider.objects.filter(pk=north.pk).update(name="Northern Lights")
        ask(north, hours=1)
    assert len(orders()) == 2
    assert orders()[0] == orders()[1]
    assert_verified()


def test_a_key_that_is_refused_as_used_for_another_order_never_makes_a_charge_failed(
    north: Provider, lost: Payment, processor: Processor, assert_verified: Verified
) -> None:
    processor.overlay(INTENTS, {"object": "list", "url": INTENTS, "has_more": False, "data": []})
    with processor.failing("charge", refusal("", type="idempotency_error")):
        ask(north, minutes=1)
    assert state_of(lost) == "unknown"
    processor.remove_overlay(INTENTS)
    assert ask(north, hours=21).booked.succeeded == [lost.pk]
    assert len(processor.charges()) == 1
    assert_verified()
