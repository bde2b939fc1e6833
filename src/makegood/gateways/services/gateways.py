"""Connecting a provider with a processor of payments, and letting go of it."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from makegood.audit.services import record
from makegood.gateways.models import Gateway
from makegood.gateways.rules import GatewayKind
from makegood.gateways.sealing import seal
from makegood.gateways.selectors import find_active_gateway
from makegood.gateways.services.account import find_account_of_new, require_same_account
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.kit.text import require_fitting, require_plain
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.providers.selectors import require_right

HINT_LETTERS = 4
SHORTEST_KEY, LONGEST_KEY = 12, 255
STARTS = {"secret_key": ("sk_", "rk_"), "publishable_key": ("pk_",), "webhook_secret": ("whsec_",)}
NAMES = {"secret_key": "secret key", "publishable_key": "publishable key", "webhook_secret": "signing secret"}


def connect_sandbox(*, membership: Membership) -> Gateway:
    """Connects the provider with the sandbox, which moves no money. Opens a transaction.

    The provider's earlier sandbox is taken again, with what it knows. Refused without the right, and while a gateway is
    connected.
    """
    with _the_only_one(membership):
        earlier = Gateway.objects.filter(provider_id=membership.provider_id, kind=GatewayKind.SANDBOX).first()
        if earlier is not None:
            return _activate(membership, earlier)
        return _add(membership, Gateway(kind=GatewayKind.SANDBOX))


def connect_stripe(
    *, membership: Membership, secret_key: str, publishable_key: str, webhook_secret: str = ""
) -> Gateway:
    """Connects the provider with its account at Stripe. Opens a transaction.

    webhook_secret: can be given later, as Stripe makes it only for an address, which is known once it is connected.
    The account that was connected before, for testing or not, is taken again, with what it knows and its address.
    Refused without the right, while a gateway is connected, and, beside the field, for what cannot be such a key or is
    not taken by Stripe, which is asked before, outside any transaction, whose account it is.
    """
    require_right(membership, Right.SETTINGS, "connect a payment gateway")
    secret_key, publishable_key, webhook_secret = secret_key.strip(), publishable_key.strip(), webhook_secret.strip()
    _require_keys(secret_key=secret_key, publishable_key=publishable_key)
    if webhook_secret:
        _require_keys(webhook_secret=webhook_secret)
    gateway = Gateway(provider=membership.provider, kind=GatewayKind.STRIPE, publishable_key=publishable_key)
    gateway.secret_key, gateway.secret_hint = seal(secret_key), secret_key[-HINT_LETTERS:]
    gateway.webhook_secret = seal(webhook_secret) if webhook_secret else ""
    gateway.account = find_account_of_new(gateway)
    with _the_only_one(membership):
        earlier = _find_earlier(gateway)
        return _add(membership, gateway) if earlier is None else _take_again(membership, earlier, gateway)


def change_keys(*, membership: Membership, gateway: Gateway, secret_key: str, publishable_key: str) -> Gateway:
    """Gives the gateway other keys of the same account. Opens a transaction; Stripe is asked before, outside any.

    Refused as `connect_stripe`, for keys of another account, or for testing where the present ones are not, or the
    other way round, and while Stripe does not answer.
    """
    secret_key, publishable_key = secret_key.strip(), publishable_key.strip()
    _require_keys(secret_key=secret_key, publishable_key=publishable_key)
    with transaction.atomic():
        present = _lock_stripe(membership, gateway)
    _require_same_mode(present, publishable_key)
    sealed = seal(secret_key)
    account = require_same_account(
        present, Gateway(provider=membership.provider, kind=GatewayKind.STRIPE, secret_key=sealed)
    )
    with transaction.atomic():
        locked = _lock_stripe(membership, gateway)
        fields = ["secret_key"] + ["publishable_key"] * (locked.publishable_key != publishable_key)
        locked.secret_key, locked.secret_hint = sealed, secret_key[-HINT_LETTERS:]
        locked.publishable_key, locked.account = publishable_key, locked.account or account
        return _save(membership, locked, "gateway.keys_changed", fields)


def change_webhook_secret(*, membership: Membership, gateway: Gateway, webhook_secret: str) -> Gateway:
    """Sets with what the processor signs its webhooks. Opens a transaction. Refused as `connect_stripe`.

    What it signed with the earlier one is not believed any more; the processor sends that again, signed anew.
    """
    webhook_secret = webhook_secret.strip()
    _require_keys(webhook_secret=webhook_secret)
    with transaction.atomic():
        locked = _lock_stripe(membership, gateway)
        locked.webhook_secret = seal(webhook_secret)
        return _save(membership, locked, "gateway.webhook_secret_changed", ["webhook_secret"])


def disconnect_gateway(*, membership: Membership, gateway: Gateway) -> Gateway:
    """Nothing new is charged through the gateway from now on. Opens a transaction. Disconnected twice it is the same.

    What is under way is still asked about, its webhooks are still taken, and refunds go by hand or to Available Funds.
    """
    with transaction.atomic():
        locked = _lock(membership, gateway)
        if not locked.active:
            return locked
        locked.active = False
        return _save(membership, locked, "gateway.disconnected", ["active"])


def reconnect_gateway(*, membership: Membership, gateway: Gateway) -> Gateway:
    """Takes a gateway again that was disconnected, with the payment methods that customers have there.

    Opens a transaction. Refused without the right, and while another gateway is connected.
    """
    if gateway.provider_id != membership.provider_id:
        raise Refused("gateway_unknown", "There is no such payment gateway.")
    with _the_only_one(membership, but=gateway):
        return _activate(membership, gateway)


def _find_earlier(gateway: Gateway) -> Gateway | None:
    """The connection with the same account and of the same mode that was left, if any."""
    if not gateway.account:
        return None
    earlier = Gateway.objects.filter(provider=gateway.provider, kind=gateway.kind, account=gateway.account)
    same = (
        each for each in earlier.order_by("-pk") if _is_test(each.publishable_key) == _is_test(gateway.publishable_key)
    )
    return next(same, None)


def _take_again(membership: Membership, earlier: Gateway, fresh: Gateway) -> Gateway:
    locked = _lock(membership, earlier)
    locked.active = True
    fields = ["active", "secret_key"] + ["publishable_key"] * (locked.publishable_key != fresh.publishable_key)
    locked.secret_key, locked.secret_hint = fresh.secret_key, fresh.secret_hint
    locked.publishable_key = fresh.publishable_key
    if fresh.webhook_secret:
        locked.webhook_secret = fresh.webhook_secret
        fields.append("webhook_secret")
    return _save(membership, locked, "gateway.connected", fields)


@contextmanager
def _the_only_one(membership: Membership, but: Gateway | None = None) -> Iterator[None]:
    """A transaction in which a gateway is connected. Refused where another one is, whoever was first."""
    require_right(membership, Right.SETTINGS, "connect a payment gateway")
    provider = membership.provider
    refused = Refused(
        "gateway_connected", f"{provider.name} has a payment gateway already. Disconnect it first, or change its keys."
    )
    try:
        with transaction.atomic():
            present = find_active_gateway(provider)
            if present is not None and present != but:
                raise refused
            yield
    except IntegrityError as error:
        if "gateway_one_active" in str(error):
            raise refused from None
        raise


def _lock(membership: Membership, gateway: Gateway) -> Gateway:
    require_right(membership, Right.SETTINGS, "change the payment gateway")
    locked = Gateway.objects.select_for_update().filter(provider_id=membership.provider_id, pk=gateway.pk).first()
    if locked is None:
        raise Refused("gateway_unknown", "There is no such payment gateway.")
    return locked


def _lock_stripe(membership: Membership, gateway: Gateway) -> Gateway:
    locked = _lock(membership, gateway)
    if locked.kind != GatewayKind.STRIPE:
        raise Refused("gateway_has_no_keys", f"The {locked.get_kind_display().lower()} has no keys.")
    return locked


def _add(membership: Membership, gateway: Gateway) -> Gateway:
    gateway.provider = membership.provider
    gateway.token = secrets.token_urlsafe(32)
    gateway.created_by_id = membership.staff_id
    gateway.created_at = gateway.changed_at = now()
    gateway.save(force_insert=True)
    _write_down(membership, gateway, "gateway.connected", [])
    return gateway


def _activate(membership: Membership, gateway: Gateway) -> Gateway:
    locked = _lock(membership, gateway)
    if locked.active:
        return locked
    locked.active = True
    return _save(membership, locked, "gateway.connected", ["active"])


def _save(membership: Membership, gateway: Gateway, action: str, fields: list[str]) -> Gateway:
    gateway.changed_at = now()
    gateway.save()
    _write_down(membership, gateway, action, fields)
    return gateway


def _write_down(membership: Membership, gateway: Gateway, action: str, fields: list[str]) -> None:
    """Names what was changed; no key, and nothing made of one, ever stands in the audit."""
    record(
        provider_id=membership.provider_id,
        staff_id=membership.staff_id,
        action=action,
        subject_type="gateway",
        subject_id=gateway.pk,
        detail={"kind": gateway.kind, "fields": fields},
    )


def require_key(name: str, key: str) -> None:
    """Refused, beside the field of that name, for what is no key of its sort. No sentence repeats what was typed."""
    require_plain(**{name: key})
    if name == "publishable_key":
        require_fitting(Gateway, publishable_key=key)
    starts = STARTS[name]
    if not key:
        raise Refused("key_missing", f"The {NAMES[name]} is needed.", name)
    if not key.startswith(starts) or not SHORTEST_KEY <= len(key) <= LONGEST_KEY or not key.isascii() or " " in key:
        message = f"That is no {NAMES[name]}: it begins with {' or '.join(starts)} and is copied as a whole."
        raise Refused("key_invalid", message, name)


def _require_keys(**keys: str) -> None:
    """Refused, beside the field, for the first that is no key of its sort, and for two of different modes."""
    for name, key in keys.items():
        require_key(name, key)
    modes = {_is_test(key) for name, key in keys.items() if name != "webhook_secret"}
    if len(modes) > 1:
        message = "One key is for testing and the other is not. Take both from the same page."
        raise Refused("key_modes_differ", message, "publishable_key")


def _require_same_mode(gateway: Gateway, publishable_key: str) -> None:
    if gateway.publishable_key and _is_test(gateway.publishable_key) != _is_test(publishable_key):
        now_and_then = ("for testing", "not") if _is_test(publishable_key) else ("not for testing", "for testing")
        raise Refused(
            "key_other_mode",
            f"These keys are {now_and_then[0]}, and the present ones are {now_and_then[1]}: what is known of customers "
            "and payments would not be found. Disconnect this gateway and connect the other as a new one.",
            "secret_key",
        )


def _is_test(key: str) -> bool:
    return key.split("_")[1:2] == ["test"]
