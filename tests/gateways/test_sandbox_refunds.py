"""The sandbox: what is given back, its events and its balance."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction

from makegood.gateways.interface import GatewayRefused, NoAnswer, RefundOrder
from makegood.gateways.models import Gateway
from makegood.gateways.rules import MovementKind, Standing
from makegood.gateways.sandbox.client import SandboxClient
from makegood.gateways.sandbox.events import due_events
from makegood.kit.clock import frozen_clock
from tests.gateways.sandbox_calls import START, charge, events, give_back, standing
from tests.support.records import add_provider
from tests.support.sandbox import connect


@pytest.fixture
def gateway(db: None) -> Iterator[Gateway]:
    with frozen_clock(START):
        yield connect(add_provider())


@pytest.fixture
def client(gateway: Gateway) -> SandboxClient:
    return SandboxClient(gateway)


def test_a_charge_goes_back_in_parts_and_never_more(client: SandboxClient) -> None:
    made = charge(client, "card_succeeds")
    first = give_back(client, made, "r1", 1000)
    assert (first.standing, first.charge, first.amount_minor) == (Standing.SUCCEEDED, made.reference, 1000)
    assert give_back(client, made, "r1", 1000) == first == client.find_refund(first.reference)
    assert client.find_refund_by_key(made.reference, "r1") == first
    assert client.find_refund_by_key(made.reference, "r2") is None
    with pytest.raises(GatewayRefused) as refused:
        give_back(client, made, "r2", 3001)
    assert refused.value.code == "charge_already_refunded"
    assert give_back(client, made, "r3", 3000).standing == Standing.SUCCEEDED


def test_what_is_not_there_cannot_go_back(client: SandboxClient) -> None:
    failed, pending = charge(client, "card_declined", "k1"), charge(client, "ach_succeeds", "k2")
    for made in (failed, pending):
        with pytest.raises(GatewayRefused) as refused:
            give_back(client, made)
        assert refused.value.code == "charge_not_refundable"
    disputed = charge(client, "card_disputed", "k3")
    with frozen_clock(START + timedelta(days=3)), pytest.raises(GatewayRefused) as refused:
        give_back(client, disputed)
    assert refused.value.code == "charge_disputed"
    with pytest.raises(GatewayRefused):
        client.refund(RefundOrder("r9", "sandbox_ch_unknown", 100, "USD", 2))


def test_a_refund_is_refused_by_the_bank(client: SandboxClient) -> None:
    refund = give_back(client, charge(client, "card_refund_fails"))
    assert (refund.standing, refund.failure_code) == (Standing.FAILED, "expired_or_canceled_card")
    assert [each.kind for each in client.list_balance(START, START + timedelta(days=1))] == [MovementKind.CHARGE]


def test_a_refund_is_sent_back_later(client: SandboxClient, gateway: Gateway) -> None:
    refund = give_back(client, charge(client, "card_refund_bounces"))
    assert refund.standing == Standing.SUCCEEDED
    assert events(gateway, 2.9) == []
    assert events(gateway, 3) == [("refund.failed", refund.reference)]
    with frozen_clock(START + timedelta(days=3)):
        found = client.find_refund(refund.reference)
        moved = [each.amount_minor for each in client.list_balance(START, START + timedelta(days=9))]
    assert found is not None
    assert found.standing == Standing.FAILED
    assert moved == [4000, -1000, 1000]


def test_the_answer_of_a_refund_is_lost(client: SandboxClient) -> None:
    made = charge(client, "card_refund_timeout")
    with pytest.raises(NoAnswer):
        give_back(client, made)
    found = client.find_refund_by_key(made.reference, "r1")
    assert found is not None
    assert found.standing == Standing.SUCCEEDED
    assert give_back(client, made) == found


def test_a_refund_takes_days(client: SandboxClient, gateway: Gateway) -> None:
    refund = give_back(client, charge(client, "card_refund_pending"))
    assert refund.standing == Standing.PROCESSING
    assert events(gateway, 2) == [("refund.succeeded", refund.reference)]
    with frozen_clock(START + timedelta(days=2)):
        found = client.find_refund(refund.reference)
    assert found is not None
    assert found.standing == Standing.SUCCEEDED


def test_events_are_given_once_they_are_stored(gateway: Gateway, client: SandboxClient) -> None:
    made = charge(client, "ach_returned")
    with transaction.atomic():
        assert len(due_events(gateway, START + timedelta(days=30))) == 2
        # They were not stored.
        transaction.set_rollback(True)
    assert [type for type, _ in events(gateway, 5)] == ["charge.succeeded"]
    assert [type for type, _ in events(gateway, 30)] == ["dispute.opened"]
    assert events(gateway, 30) == []
    assert standing(client, made, 30)[0] == Standing.SUCCEEDED


def test_the_balance_tells_of_charges_disputes_and_fees(client: SandboxClient) -> None:
    made = charge(client, "card_dispute_won")
    with frozen_clock(START + timedelta(days=20)):
        moved = list(client.list_balance(START, START + timedelta(days=20)))
        later = list(client.list_balance(START + timedelta(days=2), START + timedelta(days=12)))
    assert [(each.kind.value, each.amount_minor, each.fee_minor) for each in moved] == [
        ("charge", 4000, 116),
        ("dispute", -4000, 0),
        ("dispute", 4000, 0),
    ]
    assert {each.charge for each in moved} == {made.reference}
    assert [each.amount_minor for each in later] == [-4000]
    with frozen_clock(START + timedelta(days=1)):
        assert len(list(client.list_balance(START, START + timedelta(days=20)))) == 1
