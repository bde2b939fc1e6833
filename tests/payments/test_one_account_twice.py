"""An account that was connected twice, before anybody knew that it is one, is counted once."""

import secrets
from datetime import date

import pytest

from makegood.gateways.models import BalanceEvent, Gateway
from makegood.gateways.selectors import get_active_gateway
from makegood.gateways.services.balance import fetch_balance
from makegood.kit.clock import now
from makegood.payments.reconciling import Reconciliation, list_differences, reconcile
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership
from tests.support import movements, records, sandbox
from tests.support.answers import Verified
from tests.support.collecting import add_payers, through_stripe
from tests.support.returns import charge

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


@pytest.fixture
def first(clerk: Membership) -> Gateway:
    """The gateway by which 40.00 was charged; its balance is known."""
    gateway = sandbox.connect(clerk.provider)
    customer = records.add_customer(clerk.provider, "C1")
    sandbox.add_method(customer)
    movements.owe(customer, 4000)
    charge(clerk, customer)
    fetch_balance(gateway=gateway)
    Gateway.objects.filter(pk=gateway.pk).update(active=False, account="acct_1")
    return gateway


def connect_again(first: Gateway, account: str = "acct_1", *, seen: bool = True) -> Gateway:
    """The same processor as a new gateway, which has asked for the same balance."""
    again = Gateway.objects.create(
        provider=first.provider,
        kind=first.kind,
        secret_key=first.secret_key,
        account=account,
        token=secrets.token_hex(20),
        created_at=now(),
        changed_at=now(),
        balance_until=now(),
    )
    for event in BalanceEvent.objects.filter(gateway=first) if seen else ():
        event.pk, event.gateway = None, again
        event.save(force_insert=True)
    return again


def compare(gateway: Gateway) -> Reconciliation:
    day: date = today_of(gateway.provider)
    assert list_differences(gateway.provider, day, day) == reconcile(gateway.provider, day, day).differences
    return reconcile(gateway.provider, day, day)


def test_its_balance_is_counted_once(first: Gateway, assert_verified: Verified) -> None:
    alone = compare(first)
    connect_again(first)
    both = compare(first)
    assert both.compared == alone.compared
    assert both.totals.processor_stood_minor == alone.totals.processor_stood_minor
    assert (both.totals.moved, both.totals.fee_minor) == (alone.totals.moved, alone.totals.fee_minor)
    assert both.holds
    assert_verified()


def test_what_only_the_later_connection_has_seen_is_held_against_the_earlier_ones_charge(
    clerk: Membership, first: Gateway
) -> None:
    again = connect_again(first)
    BalanceEvent.objects.create(
        provider=first.provider,
        gateway=again,
        reference="txn_dispute",
        kind="dispute",
        amount_minor=-4000,
        source="dp_1",
        charge=BalanceEvent.objects.filter(gateway=again)[0].charge,
        happened_at=now(),
        day=today_of(first.provider),
    )
    (difference,) = compare(first).differences
    assert (difference.kind, difference.moved_minor, difference.payment_id is not None) == ("dispute", -4000, True)


def test_an_old_connection_that_is_not_asked_any_more_does_not_hold_the_look_back(first: Gateway) -> None:
    Gateway.objects.filter(pk=first.pk).update(balance_until=None)
    again = connect_again(first)
    assert compare(first).totals.looked_at == again.balance_until


def test_another_account_is_counted_besides(first: Gateway) -> None:
    alone = compare(first)
    connect_again(first, "acct_2")
    assert compare(first).totals.processor_stood_minor == 2 * alone.totals.processor_stood_minor


def test_what_one_connection_has_stored_the_other_does_not_store_again(
    clerk: Membership, assert_verified: Verified
) -> None:
    with through_stripe(clerk.provider) as processor:
        first = get_active_gateway(clerk.provider)
        (customer,) = add_payers(clerk.provider, processor, 1)
        movements.owe(customer, 4000)
        charge(clerk, customer)
        assert fetch_balance(gateway=first) == 1
        Gateway.objects.filter(pk=first.pk).update(active=False)
        again = connect_again(first, first.account, seen=False)
        assert fetch_balance(gateway=again) == 0
        assert processor.count("/v1/balance_transactions", "GET") == 2
    assert not BalanceEvent.objects.filter(gateway=again).exists()
    assert_verified()
