"""The address that a processor sends events to: what bears its signature is stored, once; nothing else is."""

import json
import logging
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from stripe import WebhookSignature

from makegood.gateways.models import Gateway, GatewayEvent
from makegood.gateways.sealing import seal
from makegood.gateways.services.events import handle_events
from makegood.kit.clock import now
from makegood.kit.sql import run_sql
from makegood.providers.models import Provider
from makegood.web.gateway_events.receive import LARGEST_BODY
from tests.support import records, sandbox
from tests.support.stripe_proxy import KEY, WEBHOOK_SECRET
from tests.support.stripe_recorded import Json, dispute, event, intent, sign

pytestmark = pytest.mark.django_db

OTHER_SECRET = "whsec_of_somebody_else"


@pytest.fixture
def gateway(db: None) -> Gateway:
    return add_stripe(records.add_provider(), "a" * 40, WEBHOOK_SECRET)


def add_stripe(provider: Provider, token: str, secret: str) -> Gateway:
    return Gateway.objects.create(
        provider=provider,
        kind="stripe",
        secret_key=seal(KEY),
        webhook_secret=seal(secret),
        token=token,
        created_at=now(),
        changed_at=now(),
    )


def post(token: str, payload: Json, *, secret: str = WEBHOOK_SECRET, at: datetime | None = None) -> Any:
    """What a processor posts, by a client without session or cookie, with the check of cookies that browsers have."""
    body, signature = sign(payload, secret, at or now())
    return Client(enforce_csrf_checks=True).post(
        reverse("webhook", args=[token]), body, content_type="application/json", headers={"Stripe-Signature": signature}
    )


def count_jobs() -> int:
    return int(run_sql("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'gateways.handle'")[0]["count"])


SENT = event("charge.dispute.created", dispute("dp_1", "pi_1", "needs_response", 4000), id="evt_1")


def test_what_is_signed_is_stored_with_the_job_that_handles_it(gateway: Gateway) -> None:
    answer = post(gateway.token, SENT)
    assert (answer.status_code, answer.content) == (200, b"Received.")
    stored = GatewayEvent.objects.get()
    assert (stored.event_id, stored.type, stored.about) == ("evt_1", "charge.dispute.created", "dispute")
    assert (stored.reference, stored.charge, stored.state) == ("dp_1", "pi_1", "received")
    assert stored.provider_id == gateway.provider_id
    assert count_jobs() == 1
    assert not answer.cookies


def test_sent_twice_it_is_stored_once(gateway: Gateway) -> None:
    assert [post(gateway.token, SENT).status_code for _ in range(2)] == [200, 200]
    assert GatewayEvent.objects.count() == 1
    assert count_jobs() == 1


def test_no_secret_is_kept(gateway: Gateway) -> None:
    thing = intent("pi_1", "succeeded", 4000) | {"client_secret": "pi_1_secret_abc", "note": "a\x00b" + "c" * 5000}
    post(gateway.token, event("payment_intent.succeeded", thing))
    kept = GatewayEvent.objects.get().payload["data"]["object"]
    assert kept["client_secret"] == "(left out)"
    assert (kept["note"][:3], len(kept["note"])) == ("abc", 2000)
    assert kept["id"] == "pi_1"


NUMBERS = {
    "statement": "4242424242424242",
    "note": "Please refund to 4242 4242-4242 4242, thanks",
    "iban": "DE89 3704 0044 0532 0130 00",
    "as a number": 4242424242424242,
    "as a fraction": 4242424242424242.0,
    "far behind": "x" * 1990 + " 4242424242424242",
    "among others": [{"texts": ["Visa 4242", "4242424242424242"]}],
    "4242424242424242": "a name",
}


@pytest.mark.parametrize("name", NUMBERS)
def test_no_number_of_a_card_or_an_account_is_kept(gateway: Gateway, name: str) -> None:
    thing = intent("pi_1", "succeeded", 4000)
    assert post(gateway.token, event("payment_intent.succeeded", thing | {name: NUMBERS[name]})).status_code == 200
    kept = json.dumps(GatewayEvent.objects.get().payload)
    assert "(left out)" in kept
    assert "4242424" not in kept.replace(" ", "").replace("-", "")
    assert "3704" not in kept


def test_what_a_processor_says_else_is_kept_as_it_is(gateway: Gateway) -> None:
    said = {
        "id": "pi_3MtwBwLkdIwHu7ix28a3tqPa",
        "created": 1764111111,
        "at": 1764111111424,
        "amount": 999999999999,
        "rate": 1.0825,
        "captured": True,
        "request": "req_YQ4242ab424242",
        "trace": "021000021234567",
        "phone": "+1 619 555 0100",
        "last4": "4242",
        "key": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "dispute": None,
    }
    post(gateway.token, event("customer.updated", {"object": "customer"} | said))
    assert GatewayEvent.objects.get().payload["data"]["object"] == {"object": "customer"} | said


UNSTORABLE = {
    "NUL in the id": ('"evt_1"', '"evt\\u0000_1"'),
    "half a character in the id": ('"evt_1"', '"evt\\ud83d_1"'),
    "NUL in the type": ("charge.dispute.created", "charge\\u0000"),
    "NUL in the reference": ('"dp_1"', '"dp\\u0000_1"'),
    "half a character in the charge": ('"pi_1"', '"pi_\\udc00"'),
    "a card's number as the reference": ('"dp_1"', '"4242424242424242"'),
    "no number": ("4000", "NaN"),
    "no end": ("4000", "-Infinity"),
    "a number without end": ("4000", "1e999"),
    "a moment that is none": (f'"created": {SENT["created"]}', '"created": 1e300'),
    "nested without end": ("4000", '{"a":' * 20_000 + "1" + "}" * 20_000),
}


@pytest.mark.parametrize("how", UNSTORABLE)
def test_what_is_signed_and_cannot_be_stored_is_turned_away(gateway: Gateway, how: str) -> None:
    old, new = UNSTORABLE[how]
    text = json.dumps(SENT).replace(old, new)
    assert new in text
    signature = WebhookSignature.generate_signature_header(text, WEBHOOK_SECRET, int(now().timestamp()))
    answer = Client().post(
        reverse("webhook", args=[gateway.token]),
        text.encode(),
        content_type="application/json",
        headers={"Stripe-Signature": signature},
    )
    assert answer.status_code == 400
    assert not GatewayEvent.objects.exists()


def test_half_a_character_among_what_else_it_says_is_left_out(gateway: Gateway) -> None:
    thing = intent("pi_1", "succeeded", 4000) | {"note": "a\ud83d\x00b", "\ud83d": "c"}
    assert post(gateway.token, event("payment_intent.succeeded", thing)).status_code == 200
    kept = GatewayEvent.objects.get().payload["data"]["object"]
    assert (kept["note"], kept[""]) == ("ab", "c")


@pytest.mark.parametrize("how", ["another secret", "old", "from the future", "unsigned", "changed", "not JSON"])
def test_what_is_forged_or_old_is_turned_away_and_nothing_is_stored(
    gateway: Gateway, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    body, signature = sign(SENT, OTHER_SECRET if how == "another secret" else WEBHOOK_SECRET, now() + DRIFT[how])
    body = {"changed": body.replace(b"4000", b"4001"), "not JSON": b"{"}.get(how, body)
    headers = {} if how == "unsigned" else {"Stripe-Signature": signature}
    with caplog.at_level(logging.WARNING, "makegood"):
        answer = Client().post(
            reverse("webhook", args=[gateway.token]), body, content_type="application/json", headers=headers
        )
    assert answer.status_code == 400
    assert not GatewayEvent.objects.exists()
    assert count_jobs() == 0
    said = [record.getMessage() for record in caplog.records if record.name.startswith("makegood.web")]
    assert len(said) == 1
    assert "dp_1" not in said[0]
    assert gateway.token not in said[0]


DRIFT = {
    "another secret": timedelta(),
    "old": timedelta(minutes=-6),
    "from the future": timedelta(minutes=6),
    "unsigned": timedelta(),
    "changed": timedelta(),
    "not JSON": timedelta(),
}


def test_an_address_of_nobody_is_not_found(gateway: Gateway) -> None:
    assert post("b" * 40, SENT).status_code == 404
    assert not GatewayEvent.objects.exists()


def test_another_providers_signature_is_not_believed(gateway: Gateway) -> None:
    other = add_stripe(records.add_provider("south"), "b" * 40, OTHER_SECRET)
    assert post(gateway.token, SENT, secret=OTHER_SECRET).status_code == 400
    assert post(other.token, SENT, secret=OTHER_SECRET).status_code == 200
    assert GatewayEvent.objects.get().provider_id == other.provider_id


def test_a_gateway_that_is_not_active_any_more_is_still_listened_to(gateway: Gateway) -> None:
    Gateway.objects.update(active=False)
    assert post(gateway.token, SENT).status_code == 200


def test_only_post_is_answered(gateway: Gateway) -> None:
    address = reverse("webhook", args=[gateway.token])
    assert [getattr(Client(), method)(address).status_code for method in ("get", "put", "delete")] == [405] * 3


def test_what_is_too_long_is_refused_unread(gateway: Gateway) -> None:
    answer = post(gateway.token, SENT | {"more": "x" * LARGEST_BODY})
    assert answer.status_code == 413
    assert not GatewayEvent.objects.exists()


def test_what_cannot_be_checked_now_is_to_be_sent_again(gateway: Gateway) -> None:
    Gateway.objects.update(webhook_secret="not sealed by this installation")
    assert post(gateway.token, SENT).status_code == 503
    assert not GatewayEvent.objects.exists()


def test_nothing_comes_to_the_sandbox(db: None) -> None:
    gateway = sandbox.connect(records.add_provider())
    assert post(gateway.token, SENT).status_code == 400


def test_an_event_of_an_unknown_type_is_ignored(gateway: Gateway) -> None:
    post(gateway.token, event("customer.updated", {"id": "cus_1", "object": "customer"}))
    assert handle_events(gateway=gateway) == 1
    assert GatewayEvent.objects.get().state == "ignored"
