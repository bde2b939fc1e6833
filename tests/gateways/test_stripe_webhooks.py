"""Messages that Stripe sends: which are believed, and what they tell of."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from makegood.gateways.interface import Event, ForgedEvent
from makegood.gateways.models import Gateway
from makegood.gateways.registry import open_gateway
from makegood.gateways.rules import EventAbout
from makegood.gateways.stripe.client import StripeGateway
from makegood.kit.clock import frozen_clock
from tests.support.stripe_proxy import WEBHOOK_SECRET
from tests.support.stripe_recorded import Json, ach_method, dispute, event, intent, refund, sign

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with frozen_clock(NOW):
        yield


def read(client: StripeGateway, payload: Json, **how: Any) -> Event:
    return client.read_event(*sign(payload, how.pop("secret", WEBHOOK_SECRET), how.pop("at", NOW)))


CHARGE_OBJECT: Json = {"id": "ch_1", "object": "charge", "payment_intent": "pi_1"}


@pytest.mark.parametrize(
    ("type", "thing", "about", "reference", "charge"),
    [
        ("payment_intent.succeeded", intent("pi_1", "succeeded", 1), EventAbout.CHARGE, "pi_1", "pi_1"),
        ("charge.refunded", CHARGE_OBJECT, EventAbout.CHARGE, "pi_1", "pi_1"),
        ("charge.succeeded", CHARGE_OBJECT | {"payment_intent": None}, EventAbout.OTHER, "", ""),
        ("refund.failed", refund("re_1", "pi_1", "failed", 1), EventAbout.REFUND, "re_1", "pi_1"),
        ("charge.refund.updated", refund("re_1", "pi_1", "failed", 1), EventAbout.REFUND, "re_1", "pi_1"),
        ("charge.dispute.created", dispute("dp_1", "pi_1", "lost", 1), EventAbout.DISPUTE, "dp_1", "pi_1"),
        ("payment_method.detached", ach_method("pm_1"), EventAbout.METHOD, "pm_1", ""),
        ("customer.updated", {"id": "cus_1", "object": "customer"}, EventAbout.OTHER, "cus_1", ""),
    ],
)
def test_what_an_event_tells_of(
    client: StripeGateway, type: str, thing: Json, about: EventAbout, reference: str, charge: str
) -> None:
    sent = event(type, thing, created=int(NOW.timestamp()) - 60)
    told = read(client, sent)
    assert (told.id, told.type, told.about) == (sent["id"], type, about)
    assert (told.reference, told.charge, told.happened_at) == (reference, charge, NOW - timedelta(seconds=60))


@pytest.mark.parametrize("minutes", [-5, 5])
def test_a_signature_is_good_for_five_minutes(client: StripeGateway, minutes: int) -> None:
    sent = event("customer.updated", {"id": "cus_1", "object": "customer"})
    assert read(client, sent, at=NOW + timedelta(minutes=minutes)).type == "customer.updated"
    with pytest.raises(ForgedEvent):
        read(client, sent, at=NOW + timedelta(minutes=minutes, seconds=1 if minutes > 0 else -1))


def test_an_old_message_does_not_become_new_by_a_second_time(client: StripeGateway) -> None:
    sent = event("customer.updated", {"id": "cus_1", "object": "customer"})
    body, old = sign(sent, WEBHOOK_SECRET, NOW - timedelta(days=1))
    _, new = sign(sent, "whsec_of_somebody_else", NOW)
    for signature in (f"{old},{new}", f"{new},{old}"):
        with pytest.raises(ForgedEvent):
            client.read_event(body, signature)


def test_another_secret_is_not_believed(client: StripeGateway) -> None:
    with pytest.raises(ForgedEvent):
        read(client, event("x", {"id": "pi_1"}), secret="whsec_of_somebody_else")


def test_one_changed_letter_is_not_believed(client: StripeGateway) -> None:
    body, signature = sign(event("refund.failed", refund("re_1", "pi_1", "failed", 1000)), WEBHOOK_SECRET, NOW)
    with pytest.raises(ForgedEvent):
        client.read_event(body.replace(b"1000", b"9000"), signature)


@pytest.mark.parametrize(
    "signature", ["", "x", "t=1", "v1=aa", "t=aa,v1=bb", "t=1,v1=", "t==,v1=é", "t=1,v1=é", "t=1,t=2,v1=a"]
)
def test_a_signature_that_is_none(client: StripeGateway, signature: str) -> None:
    with pytest.raises(ForgedEvent):
        client.read_event(b"{}", signature)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff\xfe", b'{"id": "evt_1", "data": 1}', b'{"data": {}}'])
def test_a_signed_message_that_is_no_event(client: StripeGateway, body: bytes) -> None:
    import stripe

    text = body.decode(errors="replace")
    signature = stripe.WebhookSignature.generate_signature_header(text, WEBHOOK_SECRET, int(NOW.timestamp()))
    with pytest.raises(ForgedEvent):
        client.read_event(body, signature)


def test_a_signature_with_two_secrets_is_good_while_they_are_changed(client: StripeGateway) -> None:
    sent = event("customer.updated", {"id": "cus_1", "object": "customer"})
    body, ours = sign(sent, WEBHOOK_SECRET, NOW)
    _, earlier = sign(sent, "whsec_of_yesterday", NOW)
    both = f"{earlier},{ours.split(',')[1]}"
    assert client.read_event(body, both).id == sent["id"]


def test_without_a_signing_secret_nothing_is_believed(gateway: Gateway) -> None:
    gateway.webhook_secret = ""
    with pytest.raises(ForgedEvent):
        open_gateway(gateway).read_event(*sign(event("x", {"id": "pi_1"}), "", NOW))
