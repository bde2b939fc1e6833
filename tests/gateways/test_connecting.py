"""Connecting a provider with a processor: who may, what is refused, and that no secret ever comes out again."""

import json
import logging
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import override_settings

from makegood.audit.models import AuditEntry
from makegood.gateways.interface import GatewayRefused
from makegood.gateways.models import Gateway
from makegood.gateways.registry import open_gateway
from makegood.gateways.rules import OUR_FAULT
from makegood.gateways.sandbox.client import SandboxClient
from makegood.gateways.sealing import SealBroken, seal, unseal
from makegood.gateways.selectors import (
    find_active_gateway,
    find_gateway_by_token,
    get_active_gateway,
    get_gateway,
    list_gateways,
)
from makegood.gateways.services.check_gateway import check_gateway
from makegood.gateways.services.gateways import (
    change_keys,
    change_webhook_secret,
    connect_sandbox,
    connect_stripe,
    disconnect_gateway,
    reconnect_gateway,
)
from makegood.gateways.stripe.client import StripeGateway
from makegood.kit.refusal import Refused
from makegood.providers.models import Membership, Provider
from tests.support.records import add_person, add_provider
from tests.support.stripe_proxy import KEY, PUBLISHABLE_KEY, WEBHOOK_SECRET, Processor

OTHER_KEY = "rk_test_another0000wxyz"


@pytest.fixture
def north(db: None) -> Provider:
    return add_provider()


@pytest.fixture
def ada(north: Provider) -> Membership:
    return add_person(north, "admin")


def connect(membership: Membership, **changed: str) -> Gateway:
    keys = {"secret_key": KEY, "publishable_key": PUBLISHABLE_KEY, "webhook_secret": WEBHOOK_SECRET, **changed}
    return connect_stripe(membership=membership, **keys)


def code_of(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.code


def everything_stored() -> str:
    """All that the database holds of gateways and in the audit, as text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_jsonb(gateway)::text FROM gateway UNION ALL SELECT to_jsonb(a)::text FROM audit_entry a"
        )
        return "\n".join(row[0] for row in cursor.fetchall())


def test_stripe_is_connected(north: Provider, ada: Membership) -> None:
    gateway = connect(ada)
    assert find_active_gateway(north) == get_active_gateway(north) == gateway == get_gateway(north, gateway.pk)
    assert find_gateway_by_token(gateway.token) == gateway
    assert (gateway.publishable_key, gateway.secret_hint, len(gateway.token)) == (PUBLISHABLE_KEY, "abcd", 43)
    assert isinstance(open_gateway(gateway), StripeGateway)


def test_no_key_stands_in_the_database_or_the_audit(ada: Membership, processor: Processor) -> None:
    gateway = connect(ada)
    change_keys(membership=ada, gateway=gateway, secret_key=OTHER_KEY, publishable_key=PUBLISHABLE_KEY)
    change_webhook_secret(membership=ada, gateway=gateway, webhook_secret="whsec_another0000mnop")
    stored = everything_stored()
    for secret in (KEY, OTHER_KEY, WEBHOOK_SECRET, "whsec_another0000mnop"):
        assert secret not in stored
        assert secret[8:-4] not in stored
    told = [
        (entry.action, entry.staff_id, entry.detail)
        for entry in AuditEntry.objects.filter(subject_type="gateway", subject_id=gateway.pk).order_by("id")
    ]
    assert told == [
        ("gateway.connected", ada.staff_id, {"kind": "stripe", "fields": []}),
        ("gateway.keys_changed", ada.staff_id, {"kind": "stripe", "fields": ["secret_key"]}),
        ("gateway.webhook_secret_changed", ada.staff_id, {"kind": "stripe", "fields": ["webhook_secret"]}),
    ]


def test_no_key_stands_in_a_log_or_an_error(
    ada: Membership, processor: Processor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = open_gateway(connect(ada))
    said = [repr(client), str(vars(client))]
    for how in (401, 403, 500, 429, 409, "cut", "half"):
        processor.fail_next("/v1/customers", how, message=f"Invalid API Key provided: {KEY}")
        with pytest.raises(Exception) as error:  # noqa: PT011  (each of them, whatever it is)
            client.make_customer(f"key {how}", "C1", "Ada Chen", "")
        said += [repr(error.value), str(error.value.__cause__)]
    said += [record.getMessage() for record in caplog.records]
    assert not any(KEY in words or WEBHOOK_SECRET in words for words in said)


@pytest.mark.parametrize("role", ["viewer", "agent", "billing", "manager"])
def test_only_who_may_change_settings(north: Provider, ada: Membership, role: str) -> None:
    other = add_person(north, role)
    gateway = connect(ada)
    calls: list[Any] = [
        lambda: connect(other),
        lambda: connect_sandbox(membership=other),
        lambda: change_keys(membership=other, gateway=gateway, secret_key=KEY, publishable_key=PUBLISHABLE_KEY),
        lambda: change_webhook_secret(membership=other, gateway=gateway, webhook_secret=WEBHOOK_SECRET),
        lambda: disconnect_gateway(membership=other, gateway=gateway),
        lambda: reconnect_gateway(membership=other, gateway=gateway),
        lambda: check_gateway(membership=other, gateway=gateway),
    ]
    for call in calls:
        with pytest.raises(Refused) as refused:
            call()
        assert code_of(refused) == "not_allowed"


def test_another_providers_gateway_is_left_alone(ada: Membership) -> None:
    theirs = connect(add_person(add_provider("south"), "admin"))
    calls: list[Any] = [
        lambda: change_keys(membership=ada, gateway=theirs, secret_key=KEY, publishable_key=PUBLISHABLE_KEY),
        lambda: change_webhook_secret(membership=ada, gateway=theirs, webhook_secret=WEBHOOK_SECRET),
        lambda: disconnect_gateway(membership=ada, gateway=theirs),
        lambda: reconnect_gateway(membership=ada, gateway=theirs),
        lambda: get_gateway(ada.provider, theirs.pk),
    ]
    for call in calls:
        with pytest.raises(Refused) as refused:
            call()
        assert code_of(refused) == "gateway_unknown"


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"secret_key": ""}, "key_missing", "secret_key"),
        ({"secret_key": PUBLISHABLE_KEY}, "key_invalid", "secret_key"),
        ({"secret_key": "sk_test_x"}, "key_invalid", "secret_key"),
        ({"secret_key": "sk_test_ with a gap"}, "key_invalid", "secret_key"),
        ({"secret_key": "sk_test_" + "x" * 300}, "key_invalid", "secret_key"),
        ({"publishable_key": KEY}, "key_invalid", "publishable_key"),
        ({"publishable_key": "pk_live_makegood0000efgh"}, "key_modes_differ", "publishable_key"),
        ({"webhook_secret": "makegood"}, "key_invalid", "webhook_secret"),
        ({"secret_key": "sk_test_\x00aaaaaaaaaa"}, "control_character", "secret_key"),
    ],
)
def test_what_cannot_be_a_key(ada: Membership, changed: dict[str, str], code: str, field: str) -> None:
    with pytest.raises(Refused) as refused:
        connect(ada, **changed)
    assert (code_of(refused), refused.value.field) == (code, field)
    typed = next(iter(changed.values()))
    assert not typed or typed not in refused.value.message
    assert not Gateway.objects.exists()


def test_one_gateway_at_a_time(north: Provider, ada: Membership) -> None:
    first = connect(ada)
    calls: list[Any] = [lambda: connect(ada), lambda: connect_sandbox(membership=ada)]
    for call in calls:
        with pytest.raises(Refused) as refused:
            call()
        assert code_of(refused) == "gateway_connected"
    assert disconnect_gateway(membership=ada, gateway=first).active is False
    assert disconnect_gateway(membership=ada, gateway=first).active is False
    assert find_active_gateway(north) is None
    with pytest.raises(Refused) as refused:
        get_active_gateway(north)
    assert code_of(refused) == "no_gateway"
    second = connect_sandbox(membership=ada)
    with pytest.raises(Refused) as refused:
        reconnect_gateway(membership=ada, gateway=first)
    assert code_of(refused) == "gateway_connected"
    assert list(list_gateways(north)) == [second, first]


def test_what_was_disconnected_is_taken_again(north: Provider, ada: Membership) -> None:
    stripe, token = connect(ada), Gateway.objects.get().token
    disconnect_gateway(membership=ada, gateway=stripe)
    assert find_gateway_by_token(token) == stripe
    again = reconnect_gateway(membership=ada, gateway=stripe)
    assert (again.pk, again.active, again.token) == (stripe.pk, True, token)
    disconnect_gateway(membership=ada, gateway=stripe)
    sandbox = connect_sandbox(membership=ada)
    disconnect_gateway(membership=ada, gateway=sandbox)
    assert connect_sandbox(membership=ada) == sandbox
    assert find_active_gateway(north) == sandbox


def test_the_sandbox_has_no_keys(ada: Membership) -> None:
    sandbox = connect_sandbox(membership=ada)
    assert isinstance(open_gateway(sandbox), SandboxClient)
    with pytest.raises(Refused) as refused:
        change_keys(membership=ada, gateway=sandbox, secret_key=KEY, publishable_key=PUBLISHABLE_KEY)
    assert code_of(refused) == "gateway_has_no_keys"
    check_gateway(membership=ada, gateway=sandbox)


def test_the_database_holds_one_active_gateway(ada: Membership) -> None:
    first = connect(ada)
    with pytest.raises(IntegrityError), transaction.atomic():
        Gateway.objects.create(
            provider=first.provider,
            kind="sandbox",
            token="x" * 40,
            created_at=first.created_at,
            changed_at=first.created_at,
        )


def test_the_signing_secret_can_come_later(ada: Membership) -> None:
    gateway = connect(ada, webhook_secret="")
    assert gateway.webhook_secret == ""
    changed = change_webhook_secret(membership=ada, gateway=gateway, webhook_secret=f" {WEBHOOK_SECRET} ")
    assert unseal(changed.webhook_secret) == WEBHOOK_SECRET


def test_new_keys_are_used_from_then_on(ada: Membership, processor: Processor) -> None:
    gateway = connect(ada)
    open_gateway(gateway).make_customer("k1", "C1", "Ada", "")
    changed = change_keys(
        membership=ada, gateway=gateway, secret_key="sk_test_another0000wxyz", publishable_key=PUBLISHABLE_KEY
    )
    assert (changed.secret_hint, unseal(changed.secret_key)) == ("wxyz", "sk_test_another0000wxyz")
    open_gateway(changed).make_customer("k2", "C2", "Bo", "")
    assert [call.key for call in processor.calls if call.method == "POST"] == ["k1", "k2"]


def test_the_connection_is_checked(ada: Membership, processor: Processor) -> None:
    gateway = connect(ada)
    check_gateway(membership=ada, gateway=gateway)
    for how, code in ((401, "gateway_refuses"), (429, "gateway_busy"), (500, "gateway_away")):
        processor.fail_next("/v1/payment_intents", how, method="GET")
        with pytest.raises(Refused) as refused:
            check_gateway(membership=ada, gateway=gateway)
        assert code_of(refused) == code
    disconnect_gateway(membership=ada, gateway=gateway)
    gateway.refresh_from_db()
    with pytest.raises(Refused) as refused:
        check_gateway(membership=ada, gateway=gateway)
    assert code_of(refused) == "gateway_inactive"


def test_a_sealed_text_opens_with_the_same_key_only() -> None:
    sealed = seal(KEY)
    assert KEY not in sealed
    assert seal(KEY) != sealed
    assert unseal(sealed) == KEY
    with override_settings(SECRET_KEY="another"), pytest.raises(SealBroken):
        unseal(sealed)
    with override_settings(SECRET_KEY="another", SECRET_KEY_FALLBACKS=["not secret, only for tests"]):
        assert unseal(sealed) == KEY
    for broken in (sealed[:-4] + "AAAA", sealed[3:40], "", "v1:", "é"):
        with pytest.raises(SealBroken):
            unseal(broken)


def test_keys_that_cannot_be_read_are_said_to_be_so(ada: Membership, processor: Processor) -> None:
    gateway = connect(ada)
    with override_settings(SECRET_KEY="another"):
        client = open_gateway(gateway)
        for call in (lambda: client.find_charge("pi_1"), lambda: client.read_event(b"{}", "t=1,v1=a")):
            with pytest.raises(GatewayRefused) as refused:
                call()
            assert refused.value.code == "keys_unreadable"
            assert refused.value.code in OUR_FAULT
            assert "MAKEGOOD_SECRET_KEY" in refused.value.message
        changed = change_keys(membership=ada, gateway=gateway, secret_key=KEY, publishable_key=PUBLISHABLE_KEY)
        assert unseal(changed.secret_key) == KEY


def test_the_audit_names_fields_and_no_values(ada: Membership, processor: Processor) -> None:
    gateway = connect(ada)
    change_keys(membership=ada, gateway=gateway, secret_key=KEY, publishable_key="pk_test_new00000000qrst")
    detail = AuditEntry.objects.get(action="gateway.keys_changed").detail
    assert detail == {"kind": "stripe", "fields": ["secret_key", "publishable_key"]}
    assert "qrst" not in json.dumps(detail)
