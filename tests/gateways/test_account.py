"""Keys are changed within an account: another one would know nothing of what was charged, and charge it again."""

import pytest

from makegood.gateways.models import Gateway, GatewayCustomer
from makegood.gateways.registry import open_gateway
from makegood.gateways.sealing import unseal
from makegood.gateways.services.account import note_account
from makegood.gateways.services.check_gateway import check_gateway
from makegood.gateways.services.gateways import change_keys, connect_sandbox, connect_stripe, disconnect_gateway
from makegood.kit.refusal import Refused
from makegood.providers.models import Membership, Provider
from tests.support.records import add_customer, add_person, add_provider
from tests.support.stripe_handler import ACCOUNT
from tests.support.stripe_proxy import KEY, PUBLISHABLE_KEY, WEBHOOK_SECRET, Processor

OTHER_KEY = "sk_test_another0000wxyz"
AT = "/v1/account"


@pytest.fixture
def north(db: None) -> Provider:
    return add_provider()


@pytest.fixture
def ada(north: Provider) -> Membership:
    return add_person(north, "admin")


def connect(ada: Membership) -> Gateway:
    return connect_stripe(membership=ada, secret_key=KEY, publishable_key=PUBLISHABLE_KEY)


def change(ada: Membership, gateway: Gateway, secret_key: str = OTHER_KEY, mode: str = "test") -> Gateway:
    publishable_key = f"pk_{mode}_makegood0000ijkl"
    return change_keys(membership=ada, gateway=gateway, secret_key=secret_key, publishable_key=publishable_key)


def refuse_to_change(ada: Membership, gateway: Gateway, secret_key: str = OTHER_KEY, mode: str = "test") -> str:
    """The code of why the keys are not changed; the gateway has its own as before."""
    with pytest.raises(Refused) as refused:
        change(ada, gateway, secret_key, mode)
    gateway.refresh_from_db()
    assert unseal(gateway.secret_key) == KEY
    assert secret_key not in refused.value.message
    return refused.value.code


def add_payer(gateway: Gateway) -> None:
    """A customer that the account at the processor knows."""
    reference = open_gateway(gateway).make_customer("k1", "C1", "Ada Chen", "")
    GatewayCustomer.objects.create(
        provider=gateway.provider, gateway=gateway, customer=add_customer(gateway.provider, "C1"), reference=reference
    )


def test_the_account_is_known_from_the_start_and_its_keys_are_taken(ada: Membership, processor: Processor) -> None:
    gateway = connect(ada)
    assert gateway.account == ACCOUNT
    assert unseal(change(ada, gateway).secret_key) == OTHER_KEY


def test_another_accounts_keys_are_refused(ada: Membership, processor: Processor) -> None:
    gateway = connect(ada)
    processor.overlay(AT, {"id": "acct_another", "object": "account"})
    assert refuse_to_change(ada, gateway) == "key_other_account"
    processor.remove_overlay(AT)
    change(ada, gateway)


def test_keys_of_the_other_mode_are_refused_unasked(ada: Membership, processor: Processor) -> None:
    gateway, asked = connect(ada), len(processor.calls)
    assert refuse_to_change(ada, gateway, "sk_live_another0000wxyz", "live") == "key_other_mode"
    assert len(processor.calls) == asked


@pytest.mark.parametrize("how", ["cut", 500, 429])
def test_as_long_as_nobody_can_tell_the_keys_stay(how: int | str, ada: Membership, processor: Processor) -> None:
    gateway = connect(ada)
    processor.fail_next(AT, how, method="GET")
    assert refuse_to_change(ada, gateway) == "gateway_away"


def test_a_key_that_the_processor_does_not_take_is_no_key(ada: Membership, processor: Processor) -> None:
    gateway = connect(ada)
    processor.fail_next(AT, 401, method="GET")
    assert refuse_to_change(ada, gateway) == "key_refused"
    Gateway.objects.update(active=False)
    processor.fail_next(AT, 401, method="GET")
    with pytest.raises(Refused, match="does not take the secret key") as refused:
        connect(ada)
    assert refused.value.field == "secret_key"


def test_where_keys_may_not_read_the_account_it_is_known_by_its_customers(
    ada: Membership, processor: Processor
) -> None:
    processor.fail_next(AT, 403, method="GET", times=9)
    gateway = connect(ada)
    assert gateway.account == ""
    add_payer(gateway)
    assert change(ada, gateway).account == ""
    change(ada, gateway, KEY)
    GatewayCustomer.objects.update(reference="cus_unknown")
    assert refuse_to_change(ada, gateway) == "key_other_account"


def test_an_account_that_was_not_known_yet_is_written_down_when_it_is(ada: Membership, processor: Processor) -> None:
    processor.fail_next(AT, "cut", method="GET", times=2)
    gateway = connect(ada)
    assert gateway.account == ""
    with pytest.raises(Refused, match="does not answer"):
        check_gateway(membership=ada, gateway=gateway)
    check_gateway(membership=ada, gateway=gateway)
    assert Gateway.objects.get().account == ACCOUNT


def test_the_sandbox_has_no_account(ada: Membership) -> None:
    gateway = connect_sandbox(membership=ada)
    note_account(gateway)
    assert gateway.account == ""


def test_an_account_that_was_left_is_taken_again_with_its_address(ada: Membership, processor: Processor) -> None:
    left = connect_stripe(
        membership=ada, secret_key=KEY, publishable_key=PUBLISHABLE_KEY, webhook_secret=WEBHOOK_SECRET
    )
    disconnect_gateway(membership=ada, gateway=left)
    again = connect_stripe(membership=ada, secret_key=OTHER_KEY, publishable_key=PUBLISHABLE_KEY)
    assert (again.pk, again.token, again.active) == (left.pk, left.token, True)
    assert (unseal(again.secret_key), unseal(again.webhook_secret)) == (OTHER_KEY, WEBHOOK_SECRET)


def test_another_account_and_the_other_mode_are_gateways_of_their_own(ada: Membership, processor: Processor) -> None:
    disconnect_gateway(membership=ada, gateway=connect(ada))
    live = {"secret_key": "sk_live_another0000wxyz", "publishable_key": "pk_live_makegood0000ijkl"}
    # The processor calls an account the same in both modes.
    processor.overlay(AT, {"id": ACCOUNT, "object": "account"})
    disconnect_gateway(membership=ada, gateway=connect_stripe(membership=ada, **live))
    processor.overlay(AT, {"id": "acct_another", "object": "account"})
    connect(ada)
    assert Gateway.objects.count() == 3
