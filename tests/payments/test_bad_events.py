"""Events that nobody should believe, or that come as they should not: what is booked stays as the processor has it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from makegood.customers.models import Customer
from makegood.gateways.models import Gateway, GatewayEvent
from makegood.gateways.services.events import handle_events
from makegood.gateways.services.gateways import connect_stripe
from makegood.invoices.models import Invoice
from makegood.kit.clock import now
from makegood.payments.models import Payment, RefundTransfer
from makegood.payments.services.methods import add_method_by_reference
from makegood.payments.services.refund_invoice import refund_invoice
from makegood.providers.models import Membership
from tests.support import movements, records, stripe_recorded
from tests.support.answers import Verified
from tests.support.paying import stand_of
from tests.support.refunding import transfers_of, work_transfers
from tests.support.returns import movements_of, parts_of
from tests.support.stripe_events import charge, connect, post, send, send_dispute
from tests.support.stripe_proxy import KEY, Processor, stripe
from tests.support.stripe_recorded import Json, event

OTHER_SECRET = "whsec_of_somebody_else"
PAID = {"state": "succeeded", "allocated": 4500}


@pytest.fixture
def processor(db: None) -> Iterator[Processor]:
    with stripe(seconds=2) as processor:
        yield processor


@pytest.fixture
def gateway(processor: Processor, clerk: Membership) -> Gateway:
    return connect(records.add_person(clerk.provider, "admin"))


@pytest.fixture
def invoice(customer: Customer) -> Invoice:
    return movements.owe(customer, 4500)


@pytest.fixture
def card(clerk: Membership, gateway: Gateway, processor: Processor, invoice: Invoice) -> Payment:
    """A payment of 45.00 by card, booked, of which the processor says that it is disputed if it is asked."""
    add_method_by_reference(membership=clerk, customer=invoice.customer, reference=processor.add_card())
    payment = charge(clerk, invoice.customer)
    processor.overlay("/v1/disputes/dp_1", disputed(payment))
    return payment


@pytest.fixture
def south(gateway: Gateway) -> Gateway:
    """Another provider's account, with a signing secret of its own."""
    provider = records.add_provider("south")
    keys = {"secret_key": f"{KEY}2", "publishable_key": "pk_test_south0000efgh", "webhook_secret": OTHER_SECRET}
    return connect_stripe(membership=records.add_person(provider, "admin"), **keys)


def disputed(payment: Payment, status: str = "needs_response") -> Json:
    return stripe_recorded.dispute("dp_1", payment.gateway_reference, status, 4500)


def told(payment: Payment) -> Json:
    return event("charge.dispute.created", disputed(payment), id="evt_1")


def test_one_that_comes_twice_is_booked_once(
    gateway: Gateway, card: Payment, invoice: Invoice, assert_verified: Verified
) -> None:
    assert [post(gateway, told(card)) for _ in range(2)] == [200, 200]
    assert [handle_events(gateway=gateway), post(gateway, told(card)), handle_events(gateway=gateway)] == [1, 200, 0]
    # Of the same dispute, with another number: the processor does that too.
    assert send(gateway, "charge.dispute.updated", disputed(card))[0] == "handled"
    assert movements_of(card) == [("received", 4500), ("returned", -4500)]
    assert stand_of(invoice) == ("open", 0, 4500)
    assert_verified()


@pytest.mark.parametrize("order", ["won last", "opened last"])
def test_in_whatever_order_they_come_the_end_is_what_the_processor_has(
    order: str, gateway: Gateway, processor: Processor, card: Payment, invoice: Invoice, assert_verified: Verified
) -> None:
    processor.overlay("/v1/disputes/dp_1", disputed(card, "won"))
    sent = [event("charge.dispute.created", disputed(card)), event("charge.dispute.closed", disputed(card, "won"))]
    for each in sent if order == "won last" else reversed(sent):
        assert post(gateway, each) == 200
        handle_events(gateway=gateway)
    assert (parts_of(card), stand_of(invoice)) == (PAID, ("paid", 4500, 0))
    assert set(GatewayEvent.objects.values_list("state", flat=True)) == {"handled"}
    assert_verified()


def test_forged_ones_are_turned_away(gateway: Gateway, card: Payment, assert_verified: Verified) -> None:
    assert post(gateway, told(card), secret=OTHER_SECRET) == 400
    assert handle_events(gateway=gateway) == 0
    assert (GatewayEvent.objects.count(), parts_of(card)) == (0, PAID)
    assert_verified()


@pytest.mark.parametrize("minutes", [-6, 6])
def test_old_ones_and_those_of_the_future_are_turned_away(
    minutes: int, gateway: Gateway, card: Payment, assert_verified: Verified
) -> None:
    assert post(gateway, told(card), at=now() + timedelta(minutes=minutes)) == 400
    assert handle_events(gateway=gateway) == 0
    assert (GatewayEvent.objects.count(), parts_of(card)) == (0, PAID)
    assert_verified()


def test_one_that_is_signed_and_claims_what_is_not_so_moves_nothing(
    gateway: Gateway, processor: Processor, card: Payment, assert_verified: Verified
) -> None:
    processor.remove_overlay("/v1/disputes/dp_1")
    state, words = send(gateway, "charge.dispute.created", disputed(card))
    assert (state, words) == ("ignored", "The processor does not know of such a dispute.")
    assert parts_of(card) == PAID
    assert_verified()


def test_of_what_nobody_here_knows_nothing_is_booked(
    gateway: Gateway, processor: Processor, card: Payment, assert_verified: Verified
) -> None:
    theirs = stripe_recorded.intent("pi_theirs", "succeeded", 9900, key="another shop's")
    back = stripe_recorded.refund("re_theirs", "pi_theirs", "succeeded", 9900)
    lost = stripe_recorded.dispute("dp_theirs", "pi_theirs", "lost", 9900)
    for path, thing in (("payment_intents", theirs), ("refunds", back), ("disputes", lost)):
        processor.overlay(f"/v1/{path}/{thing['id']}", thing)
    unknown = stripe_recorded.intent("pi_nowhere", "succeeded", 9900)
    sent = [
        ("payment_intent.succeeded", theirs),
        ("payment_intent.succeeded", unknown),
        ("refund.updated", back),
        ("charge.dispute.closed", lost),
        ("customer.updated", {"id": "cus_1", "object": "customer"}),
    ]
    answers = [send(gateway, type, thing) for type, thing in sent]
    assert [state for state, _ in answers] == ["ignored"] * len(sent)
    assert all(words for _, words in answers)
    assert (parts_of(card), Payment.objects.count()) == (PAID, 1)
    assert_verified()


def test_another_providers_are_turned_away_or_ignored(
    gateway: Gateway, south: Gateway, card: Payment, assert_verified: Verified
) -> None:
    assert post(gateway, told(card), secret=OTHER_SECRET) == 400
    # Signed by the other one, come to its own address, of a payment that is not its.
    assert post(south, told(card), secret=OTHER_SECRET) == 200
    handle_events(gateway=south)
    stored = GatewayEvent.objects.get()
    assert (stored.provider_id, stored.state) == (south.provider_id, "ignored")
    assert parts_of(card) == PAID
    assert_verified()


@pytest.mark.parametrize("how", ["cut", 429, 500, 2.6])
def test_while_the_processor_cannot_be_asked_the_event_waits(
    how: int | float | str, gateway: Gateway, processor: Processor, card: Payment, assert_verified: Verified
) -> None:
    assert post(gateway, told(card)) == 200
    with processor.failing("find_dispute", how):
        handle_events(gateway=gateway)
        waiting = GatewayEvent.objects.get()
        assert (waiting.state, parts_of(card)) == ("received", PAID)
        assert waiting.next_try_at is not None
        assert waiting.next_try_at > now()
    GatewayEvent.objects.update(next_try_at=now())
    handle_events(gateway=gateway)
    assert parts_of(card) == {"state": "disputed", "returned": 4500}
    assert_verified()


def test_the_same_success_by_answer_by_asking_and_by_event_is_booked_once(
    gateway: Gateway, card: Payment, processor: Processor, assert_verified: Verified
) -> None:
    thing = stripe_recorded.intent(card.gateway_reference, "succeeded", 4500, key=str(card.attempt_key))
    for type in ("payment_intent.succeeded", "payment_intent.processing", "charge.succeeded"):
        send(gateway, type, thing)
    late = stripe_recorded.intent(card.gateway_reference, "requires_payment_method", 4500)
    send(gateway, "payment_intent.payment_failed", late)
    assert (parts_of(card), movements_of(card)) == (PAID, [("received", 4500)])
    assert len(processor.charges()) == 1
    assert_verified()


def test_the_same_refund_by_answer_and_by_event_is_booked_once(
    clerk: Membership, gateway: Gateway, card: Payment, invoice: Invoice, assert_verified: Verified
) -> None:
    manager = records.add_person(clerk.provider, "manager")
    made = refund_invoice(
        membership=manager, invoice=invoice, amount_minor=2000, follow="leave_open", reason="Too much", key="r"
    )
    work_transfers(clerk.provider)
    transfer = made.transfers.get()
    thing = stripe_recorded.refund(transfer.reference, card.gateway_reference, "succeeded", 2000)
    for type in ("refund.created", "refund.updated", "charge.refunded"):
        send(gateway, type, thing)
    assert transfers_of(made) == [("gateway", 2000, "succeeded")]
    assert parts_of(card) == {"state": "succeeded", "allocated": 2500, "refunded": 2000}
    assert_verified()


def test_a_dispute_that_comes_while_a_refund_is_at_the_processor_takes_the_rest(
    clerk: Membership,
    gateway: Gateway,
    processor: Processor,
    card: Payment,
    invoice: Invoice,
    assert_verified: Verified,
) -> None:
    manager = records.add_person(clerk.provider, "manager")
    refund_invoice(
        membership=manager, invoice=invoice, amount_minor=2000, follow="leave_open", reason="Too much", key="r"
    )
    with processor.failing("refund", "cut_after"):
        work_transfers(clerk.provider)
    state, words = send_dispute(gateway, processor, card, "created", "needs_response")
    assert (state, "refund" in words) == ("received", True)
    assert_verified()
    RefundTransfer.objects.update(next_check_at=now())
    work_transfers(clerk.provider)
    GatewayEvent.objects.update(next_try_at=now())
    handle_events(gateway=gateway)
    assert parts_of(card) == {"state": "disputed", "refunded": 2000, "returned": 2500}
    assert len(processor.refunds()) == 1
    assert_verified()
