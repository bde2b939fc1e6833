"""Events that cannot be handled now: they wait, are tried again later and later, and are given up in the end."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from makegood.gateways.models import Gateway, GatewayEvent
from makegood.gateways.services.events import handle_again, handle_events
from makegood.kit.clock import frozen_clock, now
from makegood.kit.refusal import Refused
from makegood.notifications.models import Notification
from makegood.payments.models import Payment, RefundTransfer
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership
from tests.support import movements, records, sandbox, stripe_recorded
from tests.support.answers import Verified
from tests.support.billing import on_day
from tests.support.refunding import refund, work_transfers
from tests.support.returns import charge, parts_of
from tests.support.stripe_events import connect, post
from tests.support.stripe_proxy import Processor, stripe
from tests.support.stripe_recorded import Json, event

A_MINUTE = timedelta(minutes=1)
PAID = {"state": "succeeded", "allocated": 4000}
DISPUTED = {"state": "disputed", "returned": 4000}


@pytest.fixture
def today(clerk: Membership) -> Iterator[date]:
    """Noon of the provider's day after this one."""
    day = today_of(clerk.provider) + timedelta(days=1)
    with on_day(day):
        yield day


@pytest.fixture
def processor(today: date) -> Iterator[Processor]:
    with stripe(seconds=2) as processor:
        yield processor


@pytest.fixture
def gateway(clerk: Membership, processor: Processor) -> Gateway:
    records.add_person(clerk.provider, "manager")
    return connect(records.add_person(clerk.provider, "admin"))


@pytest.fixture
def payment(clerk: Membership, gateway: Gateway) -> Payment:
    """40.00 by card."""
    return pay_by_card(clerk, "C1")


def pay_by_card(clerk: Membership, number: str) -> Payment:
    customer = records.add_customer(clerk.provider, number)
    sandbox.add_method(customer)
    return charge(clerk, customer, movements.owe(customer, 4000))


def dispute(gateway: Gateway, processor: Processor, payment: Payment, reference: str = "dp_1") -> Json:
    """The bank disputes the payment, and the processor tells of it."""
    thing = stripe_recorded.dispute(reference, payment.gateway_reference, "needs_response", 4000)
    processor.overlay(f"/v1/disputes/{reference}", thing)
    assert post(gateway, event("charge.dispute.created", thing)) == 200
    return thing


def test_while_the_processor_is_away_it_is_tried_again_later_and_later(
    gateway: Gateway, processor: Processor, payment: Payment, assert_verified: Verified
) -> None:
    dispute(gateway, processor, payment)
    pauses = []
    with processor.failing("find_dispute", *["cut"] * 3):
        for tried in (1, 2, 3):
            handle_events(gateway=gateway)
            waiting = GatewayEvent.objects.get()
            assert (waiting.state, waiting.attempts, parts_of(payment)) == ("received", tried, PAID)
            assert waiting.next_try_at is not None
            pauses.append(waiting.next_try_at - now())
            assert handle_events(gateway=gateway) == 0
            GatewayEvent.objects.update(next_try_at=now())
    assert pauses[0] == A_MINUTE
    assert pauses == sorted(pauses)
    handle_events(gateway=gateway)
    assert parts_of(payment) == DISPUTED
    assert_verified()


def test_what_cannot_be_handled_is_given_up_and_managers_are_told(
    clerk: Membership, gateway: Gateway, processor: Processor, payment: Payment, assert_verified: Verified
) -> None:
    dispute(gateway, processor, payment)
    with processor.failing("find_dispute", *["cut"] * 24):
        for _ in range(24):
            handle_events(gateway=gateway)
            GatewayEvent.objects.filter(state="received").update(next_try_at=now())
    given_up = GatewayEvent.objects.get()
    assert (given_up.state, given_up.attempts) == ("failed", 24)
    assert Notification.objects.filter(subject_type="gateway_event", subject_id=given_up.pk).count() == 1
    assert handle_again(membership=clerk, event=given_up).state == "received"
    handle_events(gateway=gateway)
    with pytest.raises(Refused, match="is handled"):
        handle_again(membership=clerk, event=given_up)
    assert parts_of(payment) == DISPUTED
    assert_verified()


def test_an_answer_that_nobody_can_read_is_asked_for_again_and_stops_no_other(
    clerk: Membership, gateway: Gateway, processor: Processor, payment: Payment, assert_verified: Verified
) -> None:
    other = pay_by_card(clerk, "C2")
    dispute(gateway, processor, payment)
    dispute(gateway, processor, other, "dp_2")
    processor.overlay("/v1/disputes/dp_1", {"id": "dp_1", "object": "dispute", "amount": "secret words"})
    handle_events(gateway=gateway)
    waiting = GatewayEvent.objects.get(state="received")
    assert (waiting.reference, "secret" in waiting.outcome) == ("dp_1", False)
    assert (parts_of(payment), parts_of(other)) == (PAID, DISPUTED)
    assert_verified()


def test_a_dispute_waits_while_a_refund_is_under_way(
    clerk: Membership, gateway: Gateway, today: date, processor: Processor, payment: Payment, assert_verified: Verified
) -> None:
    back = stripe_recorded.refund("re_1", payment.gateway_reference, "pending", 1000)
    processor.overlay("/v1/refunds", lambda asked: back | {"metadata": key_of(asked)}, method="POST")
    processor.overlay("/v1/refunds/re_1", back)
    refund(clerk, payment.claims.get().invoice, 1000, follow="leave_open")
    work_transfers(clerk.provider)
    dispute(gateway, processor, payment)
    for _ in range(30):
        handle_events(gateway=gateway)
        waiting = GatewayEvent.objects.get()
        # What it waits for is nobody's fault, so that it is not given up for it.
        assert (waiting.state, waiting.attempts, waiting.next_try_at) == ("received", 0, now() + A_MINUTE)
        GatewayEvent.objects.update(next_try_at=now())
    with frozen_clock(now() + timedelta(hours=5)):
        handle_events(gateway=gateway)
        assert GatewayEvent.objects.get().next_try_at == now() + 15 * A_MINUTE
    processor.overlay("/v1/refunds/re_1", back | {"status": "succeeded"})
    with on_day(today + timedelta(days=3)):
        work_transfers(clerk.provider)
        handle_events(gateway=gateway)
    assert RefundTransfer.objects.get().state == "succeeded"
    assert parts_of(payment) == {"state": "disputed", "refunded": 1000, "returned": 3000}
    assert_verified()


def key_of(asked: dict[str, str]) -> dict[str, str]:
    return {"makegood_key": asked["metadata[makegood_key]"]}
