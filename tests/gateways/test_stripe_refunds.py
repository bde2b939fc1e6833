"""Giving back, disputes and the balance, through Stripe's protocol."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from makegood.gateways.interface import Charge, ChargeOrder, GatewayRefused, NoAnswer, RefundOrder, TryLater
from makegood.gateways.rules import DisputeState, MovementKind, Standing
from makegood.gateways.stripe.client import StripeGateway
from tests.support.stripe_proxy import Processor
from tests.support.stripe_recorded import balance_transaction, dispute, refund

REFUNDS = "/v1/refunds"


@pytest.fixture
def charge(processor: Processor, client: StripeGateway) -> Charge:
    customer = client.make_customer("customer 1", "C1", "Ada Chen", "")
    method = client.attach_method(processor.add_card(), customer)
    return client.charge(ChargeOrder("k1", 4000, "USD", 2, customer, method.reference, method.kind))


def asked(charge: Charge, key: str = "r1", amount_minor: int = 1500) -> RefundOrder:
    return RefundOrder(key, charge.reference, amount_minor, "USD", 2)


def test_a_part_goes_back(client: StripeGateway, processor: Processor, charge: Charge) -> None:
    made = client.refund(asked(charge))
    assert (made.standing, made.amount_minor, made.charge) == (Standing.SUCCEEDED, 1500, charge.reference)
    assert client.refund(asked(charge)) == made
    assert client.find_refund(made.reference) == made
    assert client.find_refund_by_key(charge.reference, "r1") == made
    assert client.find_refund_by_key(charge.reference, "r2") is None
    assert processor.refunds() == [(made.reference, "r1", charge.reference, 1500, "succeeded")]


@pytest.mark.parametrize("how", ["cut_after", "half", "error_after"])
def test_the_answer_of_a_refund_is_lost(client: StripeGateway, processor: Processor, charge: Charge, how: str) -> None:
    processor.fail_next(REFUNDS, how)
    with pytest.raises(NoAnswer):
        client.refund(asked(charge))
    found = client.find_refund_by_key(charge.reference, "r1")
    assert found is not None
    assert client.refund(asked(charge)) == found
    assert len(processor.refunds()) == 1


@pytest.mark.parametrize("how", ["cut", 500])
def test_a_refund_does_not_arrive(client: StripeGateway, processor: Processor, charge: Charge, how: int | str) -> None:
    processor.fail_next(REFUNDS, how)
    with pytest.raises(NoAnswer):
        client.refund(asked(charge))
    assert client.find_refund_by_key(charge.reference, "r1") is None
    assert processor.refunds() == []


@pytest.mark.parametrize("status", [409, 429])
def test_a_refund_has_to_wait(client: StripeGateway, processor: Processor, charge: Charge, status: int) -> None:
    processor.fail_next(REFUNDS, status)
    with pytest.raises(TryLater):
        client.refund(asked(charge))


def test_a_refund_is_refused(client: StripeGateway, processor: Processor, charge: Charge) -> None:
    processor.fail_next(REFUNDS, 400, code="charge_disputed", message="This charge has been charged back.")
    with pytest.raises(GatewayRefused) as refused:
        client.refund(asked(charge))
    assert refused.value.code == "charge_disputed"
    assert client.find_refund("re_nothere") is None


@pytest.mark.parametrize(
    ("status", "standing"),
    [
        ("succeeded", Standing.SUCCEEDED),
        ("pending", Standing.PROCESSING),
        ("requires_action", Standing.PROCESSING),
        ("failed", Standing.FAILED),
        ("canceled", Standing.FAILED),
    ],
)
def test_where_a_refund_stands(
    client: StripeGateway, processor: Processor, charge: Charge, status: str, standing: Standing
) -> None:
    why = {"failure_reason": "expired_or_canceled_card"} if status == "failed" else {}
    processor.overlay(f"{REFUNDS}/re_1", refund("re_1", charge.reference, status, 1500, key="r1", **why))
    found = client.find_refund("re_1")
    assert found is not None
    assert (found.standing, found.charge, found.key) == (standing, charge.reference, "r1")
    codes = {"failed": "expired_or_canceled_card", "canceled": "canceled"}
    assert found.failure_code == codes.get(status, "")
    assert bool(found.failure) == (standing == Standing.FAILED)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("warning_needs_response", DisputeState.WARNING),
        ("warning_under_review", DisputeState.WARNING),
        ("warning_closed", DisputeState.WARNING),
        ("needs_response", DisputeState.OPEN),
        ("under_review", DisputeState.OPEN),
        ("won", DisputeState.WON),
        ("lost", DisputeState.LOST),
        ("prevented", DisputeState.WARNING),
    ],
)
def test_where_a_dispute_stands(
    client: StripeGateway, processor: Processor, charge: Charge, status: str, state: DisputeState
) -> None:
    due_by = int(datetime(2026, 12, 1, tzinfo=UTC).timestamp())
    processor.overlay("/v1/disputes/dp_1", dispute("dp_1", charge.reference, status, 4000, due_by=due_by))
    found = client.find_dispute("dp_1")
    assert found is not None
    assert (found.state, found.charge, found.amount_minor) == (state, charge.reference, 4000)
    assert (found.reason, found.answer_by) == ("fraudulent", datetime(2026, 12, 1, tzinfo=UTC))


def test_there_is_no_such_dispute(client: StripeGateway, processor: Processor) -> None:
    assert client.find_dispute("dp_nothere") is None


def test_the_balance_tells_of_charges_and_refunds(client: StripeGateway, processor: Processor, charge: Charge) -> None:
    made = client.refund(asked(charge))
    at = datetime.now(UTC)
    moved = list(client.list_balance(at - timedelta(hours=1), at + timedelta(hours=1)))
    told = sorted((each.kind.value, each.amount_minor, each.source, each.charge) for each in moved)
    assert told == [
        ("charge", 4000, charge.reference, charge.reference),
        ("refund", -1500, made.reference, charge.reference),
    ]
    assert list(client.list_balance(at + timedelta(hours=1), at + timedelta(hours=2))) == []


def test_the_balance_tells_of_all_else(client: StripeGateway, processor: Processor) -> None:
    lost = dispute("dp_1", "pi_1", "lost", 4000)
    at = int(time.time())
    rows = [
        balance_transaction("txn_5", "payout", -9000, "po_1", created=at),
        balance_transaction("txn_4", "stripe_fee", -200, "fee_1", created=at),
        balance_transaction("txn_3", "adjustment", -4000, lost, fee=1500, created=at),
        balance_transaction("txn_2", "adjustment", 12, "adj_1", created=at),
        balance_transaction("txn_1", "refund_failure", 700, refund("re_1", "pi_2", "failed", 700), created=at),
        # The account is kept in another currency: what was charged is said in the provider's.
        balance_transaction(
            "txn_0", "charge", 3600, {"id": "ch_3", "object": "charge", "amount": 4000, "currency": "usd",
            "payment_intent": "pi_3"}, currency="eur", fee=99, created=at,
        ),
        balance_transaction("txn_e", "payout", -3600, "po_2", currency="eur", created=at),
    ]  # fmt: skip
    processor.overlay("/v1/balance_transactions", {"object": "list", "data": rows, "has_more": False})
    moved = list(client.list_balance(datetime.fromtimestamp(at, UTC), datetime.fromtimestamp(at + 60, UTC)))
    assert [(each.reference, each.kind, each.amount_minor, each.fee_minor, each.charge) for each in moved] == [
        ("txn_0", MovementKind.CHARGE, 4000, 0, "pi_3"),
        ("txn_1", MovementKind.REFUND, 700, 0, "pi_2"),
        ("txn_2", MovementKind.OTHER, 12, 0, ""),
        ("txn_3", MovementKind.DISPUTE, -4000, 1500, "pi_1"),
        ("txn_4", MovementKind.FEE, -200, 0, ""),
        ("txn_5", MovementKind.PAY_OUT, -9000, 0, ""),
    ]
