"""Settings > Billing > Payment gateway."""

import pytest
from django.test import Client
from pytest_django import Settings

from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.gateways.models import Gateway
from makegood.gateways.sealing import unseal
from makegood.gateways.selectors import find_active_gateway
from makegood.gateways.services.gateways import connect_sandbox, connect_stripe, disconnect_gateway
from makegood.kit.currencies import CURRENCY_DIGITS
from makegood.payments.services.charge_by_hand import charge_invoices
from makegood.providers.models import Membership, Provider
from makegood.web.settings.webhook_address import find_why_unreachable
from tests.support import movements, records
from tests.support.sandbox import add_method
from tests.support.stripe_proxy import KEY, PUBLISHABLE_KEY, WEBHOOK_SECRET, stripe
from tests.web.reading import source_of, words_of

PAGE = "/settings/gateway"
KEYS = {"secret_key": KEY, "publishable_key": PUBLISHABLE_KEY}


@pytest.fixture
def gateway(north: Provider, admin: Membership) -> Gateway:
    return connect_stripe(membership=admin, webhook_secret="", **KEYS)


def test_it_says_that_none_is_connected(north: Provider, vera: Client, ada: Client) -> None:
    assert "No payment gateway is connected." in words_of(vera.get(PAGE))
    assert "Connect Stripe" not in words_of(vera.get(PAGE))
    assert "Connect Stripe" in words_of(ada.get(PAGE))


def test_stripe_is_connected_and_tells_of_its_webhooks(north: Provider, ada: Client) -> None:
    answer = ada.post(f"{PAGE}/connect", KEYS, follow=True)
    gateway = find_active_gateway(north)
    assert gateway is not None
    assert unseal(gateway.secret_key) == KEY
    said = words_of(answer)
    assert "Stripe is connected." in said
    assert "····abcd" in said
    assert "These are test keys" in said
    assert "The signing secret is missing." in said
    assert f"http://testserver/webhooks/{gateway.token}" in source_of(answer)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("https://billing.north.example/webhooks/x", ""),
        ("https://8.8.8.8/webhooks/x", ""),
        ("http://billing.north.example/webhooks/x", "HTTPS only"),
        ("http://127.0.0.1:8000/webhooks/x", "127.0.0.1 is known on this machine"),
        ("https://localhost/webhooks/x", "localhost is known on this machine"),
        ("https://billing/webhooks/x", "billing is known on this machine"),
        ("https://billing.lan/webhooks/x", "in this network only"),
        ("https://192.168.1.4/webhooks/x", "in this network only"),
        ("https://[fd00::1]/webhooks/x", "in this network only"),
    ],
)
def test_it_is_known_which_addresses_stripe_cannot_reach(address: str, why: str) -> None:
    found = find_why_unreachable(address)
    assert why in found
    assert bool(found) == bool(why)


def test_an_admin_is_warned_of_an_address_that_stripe_cannot_reach(
    gateway: Gateway, ada: Client, settings: Settings
) -> None:
    warning = "so Stripe cannot reach this address. Put a proxy in front"
    assert f"testserver is known on this machine or in this network only, {warning}" in words_of(ada.get(PAGE))
    settings.ALLOWED_HOSTS = ["billing.north.example"]
    settings.SESSION_COOKIE_SECURE = True
    answer = ada.get(PAGE, headers={"Host": "billing.north.example"}, secure=True)
    assert warning not in words_of(answer)
    assert f"https://billing.north.example/webhooks/{gateway.token}" in source_of(answer)


def test_a_secret_is_never_shown_again(gateway: Gateway, ada: Client) -> None:
    ada.post(f"{PAGE}/{gateway.pk}/webhook-secret", {"webhook_secret": WEBHOOK_SECRET})
    pages = [
        PAGE,
        f"{PAGE}/{gateway.pk}/keys",
        f"{PAGE}/{gateway.pk}/webhook-secret",
        f"{PAGE}/{gateway.pk}/disconnect",
    ]
    shown = "".join(source_of(ada.get(page)) for page in pages)
    refused = ada.post(f"{PAGE}/{gateway.pk}/keys", {"secret_key": KEY, "publishable_key": "wrong"})
    assert refused.status_code == 422
    shown += source_of(refused)
    for secret in (KEY, WEBHOOK_SECRET, KEY[8:-4], WEBHOOK_SECRET[6:]):
        assert secret not in shown
    assert "Until it is entered" not in words_of(ada.get(PAGE))


def test_only_an_admin_sees_the_address_and_may_change_anything(gateway: Gateway, vera: Client) -> None:
    assert gateway.token not in source_of(vera.get(PAGE))
    for part in (
        "connect",
        "sandbox",
        f"{gateway.pk}/keys",
        f"{gateway.pk}/webhook-secret",
        f"{gateway.pk}/disconnect",
    ):
        assert vera.get(f"{PAGE}/{part}").status_code == 403
        assert vera.post(f"{PAGE}/{part}", KEYS).status_code == 403


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"secret_key": ""}, "Secret key is needed."),
        ({"secret_key": "sk_test_short"[:9]}, "That is no secret key"),
        ({"publishable_key": "pk_live_makegood0000efgh"}, "One key is for testing and the other is not."),
    ],
)
def test_what_is_wrong_stands_beside_the_field(north: Provider, ada: Client, typed: dict[str, str], said: str) -> None:
    answer = ada.post(f"{PAGE}/connect", KEYS | typed)
    assert answer.status_code == 422
    assert said in words_of(answer)
    assert not Gateway.objects.exists()


def test_both_keys_are_refused_at_once_each_beside_its_field(north: Provider, ada: Client) -> None:
    answer = ada.post(f"{PAGE}/connect", {"publishable_key": "abc", "secret_key": "def"})
    assert answer.status_code == 422
    assert "That is no publishable key: it begins with pk_ and is copied as a whole." in words_of(answer)
    assert "That is no secret key: it begins with sk_ or rk_ and is copied as a whole." in words_of(answer)
    one_missing = words_of(ada.post(f"{PAGE}/connect", {"publishable_key": "", "secret_key": "def"}))
    assert "Publishable key is needed." in one_missing
    assert "That is no secret key" in one_missing
    assert not Gateway.objects.exists()


def test_keys_and_signing_secret_are_changed(gateway: Gateway, ada: Client) -> None:
    with stripe():
        ada.post(f"{PAGE}/{gateway.pk}/keys", KEYS | {"secret_key": "sk_test_another0000wxyz"})
    said = words_of(ada.post(f"{PAGE}/{gateway.pk}/webhook-secret", {"webhook_secret": WEBHOOK_SECRET}, follow=True))
    assert "The signing secret is saved." in said
    assert "····wxyz" in said
    assert "Account acct_1Makegood" in said
    assert "Signing secret Is set" in said
    gateway.refresh_from_db()
    assert unseal(gateway.webhook_secret) == WEBHOOK_SECRET


def test_the_window_that_disconnects_says_what_hangs_on_it(north: Provider, admin: Membership, ada: Client) -> None:
    sandbox = connect_sandbox(membership=admin)
    address = f"{PAGE}/{sandbox.pk}/disconnect"
    assert "Autopay charges 0 customers through it. Nothing is charged" in words_of(ada.get(address))
    ann = get_customer(north, "N-1")
    Customer.objects.filter(pk=ann.pk).update(autopay=True)
    add_method(ann)
    movements.owe(ann, 4000)
    charge_invoices(membership=records.add_person(north), customer=ann, key="one")
    assert "Autopay charges 1 customer through it. 1 payment is under way, $40.00. Nothing is charged" in words_of(
        ada.get(address)
    )


def test_it_is_disconnected_and_connected_again(gateway: Gateway, north: Provider, ada: Client) -> None:
    said = words_of(ada.post(f"{PAGE}/{gateway.pk}/disconnect", follow=True))
    assert "Stripe is disconnected." in said
    assert "Connect again" in said
    assert find_active_gateway(north) is None
    assert "Stripe is connected again." in words_of(ada.post(f"{PAGE}/{gateway.pk}/reconnect", follow=True))
    assert find_active_gateway(north) == gateway


def test_the_sandbox_says_that_it_is_one(north: Provider, ada: Client, vera: Client) -> None:
    assert ada.post(f"{PAGE}/sandbox", {}).status_code == 422
    assert find_active_gateway(north) is None
    said = words_of(ada.post(f"{PAGE}/sandbox", {"sure": "on"}, follow=True))
    assert "This is a sandbox: no money moves." in said
    assert "card_insufficient_once" in said
    assert "This is a sandbox: no money moves." in words_of(vera.get(PAGE))


@pytest.mark.parametrize(("currency", "said"), [("KWD", True), ("JPY", False), ("USD", False)])
def test_it_warns_of_a_currency_that_stripe_moves_in_larger_steps(
    gateway: Gateway, north: Provider, ada: Client, currency: str, said: bool
) -> None:
    Provider.objects.filter(pk=north.pk).update(currency=currency, currency_digits=CURRENCY_DIGITS[currency])
    assert ("Stripe moves KWD only in steps of KWD 0.010." in words_of(ada.get(PAGE))) is said


def test_the_keys_are_checked(gateway: Gateway, ada: Client) -> None:
    with stripe() as processor:
        assert "Stripe answers and takes the key." in words_of(ada.post(f"{PAGE}/{gateway.pk}/check", follow=True))
        processor.fail_next("/v1/", 401, method="GET")
        said = words_of(ada.post(f"{PAGE}/{gateway.pk}/check", follow=True))
    assert "Stripe does not take the secret key." in said


def test_another_providers_gateway_is_not_there(gateway: Gateway, south: Provider, browser: object) -> None:
    from makegood.providers.models import Membership
    from tests.web.people import open_browser

    theirs = open_browser(Membership.objects.get(provider=south, role="admin"))
    for part in ("keys", "webhook-secret", "disconnect"):
        assert theirs.get(f"{PAGE}/{gateway.pk}/{part}").status_code == 404
    assert theirs.post(f"{PAGE}/{gateway.pk}/check").status_code == 404
    assert theirs.post(f"{PAGE}/{gateway.pk}/reconnect").status_code == 404


def test_the_sandbox_has_no_keys_to_change(north: Provider, admin: Membership, ada: Client) -> None:
    sandbox = connect_sandbox(membership=admin)
    answer = ada.post(f"{PAGE}/{sandbox.pk}/keys", KEYS)
    assert answer.status_code == 422
    assert "The sandbox has no keys." in words_of(answer)
    disconnect_gateway(membership=admin, gateway=sandbox)
    assert "Earlier" in words_of(ada.get(PAGE))
