"""Calls of the sandbox, short enough to read."""

from datetime import UTC, datetime, timedelta

from django.db import transaction

from makegood.gateways.interface import Charge, ChargeOrder, NoAnswer, Refund, RefundOrder
from makegood.gateways.models import Gateway
from makegood.gateways.rules import Standing
from makegood.gateways.sandbox.client import SandboxClient
from makegood.gateways.sandbox.events import due_events
from makegood.kit.clock import frozen_clock

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def order(client: SandboxClient, outcome: str, key: str = "k1", amount_minor: int = 4000) -> ChargeOrder:
    method = client.attach_method(outcome, "cus_1")
    return ChargeOrder(key, amount_minor, "USD", 2, "cus_1", method.reference, method.kind)


def charge(client: SandboxClient, outcome: str, key: str = "k1", amount_minor: int = 4000) -> Charge:
    """The charge as the first answer says, or as it is found where no answer came."""
    try:
        return client.charge(order(client, outcome, key, amount_minor))
    except NoAnswer:
        found = client.find_charge_by_key("cus_1", key, START)
        assert found is not None
        return found


def give_back(client: SandboxClient, charge: Charge, key: str = "r1", amount_minor: int = 1000) -> Refund:
    return client.refund(RefundOrder(key, charge.reference, amount_minor, "USD", 2))


def standing(client: SandboxClient, charge: Charge, days: float) -> tuple[Standing, str]:
    with frozen_clock(START + timedelta(days=days)):
        found = client.find_charge(charge.reference)
    assert found is not None
    return found.standing, found.failure_code


def events(gateway: Gateway, days: float) -> list[tuple[str, str]]:
    with transaction.atomic():
        return [(event.type, event.reference) for event in due_events(gateway, START + timedelta(days=days))]
