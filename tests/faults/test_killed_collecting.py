"""Who charges and gives back is killed at moments that nobody chose: each is charged once, each refund made once.

The processor's own list of what it charged and gave back is held against what is booked.
"""

import os
import random
import secrets
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

import pytest

from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.payments.models import Payment, RefundTransfer
from makegood.payments.refund_rules import UNDER_WAY
from makegood.payments.rules import IN_FLIGHT
from makegood.payments.services.make_charges import make_charges
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership, Provider
from tests.faults.killable import Forge
from tests.support.collecting import add_payers, connect_processor, owe_each, refund_each
from tests.support.processes import is_alive
from tests.support.stripe_proxy import Processor, stripe

PROGRAM = "tests.faults.collecting_killable"
CUSTOMERS, REFUNDS = 120, 40
SIXTY = 6000
LATER = 20
KILLS_OF_CHARGES, KILLS_OF_REFUNDS = 150, 100
MOST_ROUNDS = 12
LONGEST_LIFE_SECONDS = 0.5
LONGEST_SECONDS = 120


@pytest.fixture
def processor(committed_db: dict[str, str]) -> Iterator[Processor]:
    with stripe(seconds=1) as processor:
        yield processor


@pytest.fixture
def environment(committed_db: dict[str, str], processor: Processor) -> dict[str, str]:
    """That of the processes which are killed: the processor is this test's, and nobody is waited for long."""
    return {
        **committed_db,
        "MAKEGOOD_STRIPE_API": processor.api,
        "MAKEGOOD_STRIPE_SECONDS": "1",
        "MAKEGOOD_LEASE_SECONDS": "1",
    }


def work_and_kill(
    provider: Provider, environment: Mapping[str, str], *, seed: int, kills: int, is_done: Callable[[], bool]
) -> int:
    """Sets processes to work until nothing is under way, and kills at most so many; returns how many were killed."""
    chance, killed, until = random.Random(seed), 0, time.monotonic() + LONGEST_SECONDS
    with Forge(environment, PROGRAM) as forge:
        while not is_done():
            assert time.monotonic() < until, f"it does not get to its end; seed {seed}"
            process = forge.set_to_work(provider.pk)
            time.sleep(chance.uniform(0, LONGEST_LIFE_SECONDS))
            if killed < kills and is_alive(process):
                os.kill(process, signal.SIGKILL)
                killed += 1
            while is_alive(process):
                time.sleep(0.01)
    return killed


def charge_and_kill(
    provider: Provider, environment: Mapping[str, str], customers: list[Customer], *, seed: int
) -> tuple[list[Invoice], int]:
    """Days of autopay, one after the other, until so many were killed; what was owed, and how many were killed."""
    invoices: list[Invoice] = []
    killed = 0
    for day in range(MOST_ROUNDS):
        invoices += owe_each(customers)
        make_charges(provider=provider, day=today_of(provider) + timedelta(days=LATER + day))
        killed += work_and_kill(
            provider,
            environment,
            seed=seed + day,
            kills=KILLS_OF_CHARGES - killed,
            is_done=lambda: not Payment.objects.filter(provider=provider, state__in=IN_FLIGHT).exists(),
        )
        if killed == KILLS_OF_CHARGES:
            break
    return invoices, killed


def test_who_charges_and_who_gives_back_is_killed(
    manager: Membership,
    processor: Processor,
    environment: dict[str, str],
    assert_verified: Callable[[], None],
    record_property: Callable[[str, object], None],
) -> None:
    provider, seed = manager.provider, secrets.randbits(32)
    connect_processor(provider, at_once=3)
    customers = add_payers(provider, processor, CUSTOMERS)

    invoices, killed = charge_and_kill(provider, environment, customers, seed=seed)
    charged = Counter(key for _, key, _, _ in processor.charges())
    paid = Invoice.objects.filter(provider=provider, state="paid", paid_minor=SIXTY)
    differences = (
        len(invoices) - sum(charged.values()) + sum(amount != SIXTY for _, _, amount, _ in processor.charges())
    )
    record_property(
        "figures",
        f"collecting: seed: {seed}, kills: {killed}, charges at the processor: {sum(charged.values())}, "
        f"invoices paid: {paid.count()} of {len(invoices)}, differences: {differences}",
    )
    assert killed == KILLS_OF_CHARGES
    assert set(charged.values()) == {1}
    assert {str(key) for key in Payment.objects.values_list("attempt_key", flat=True)} == set(charged)
    assert (paid.count(), differences) == (len(invoices), 0)
    assert_verified()

    killed = refunds = 0
    for start in range(0, len(invoices), REFUNDS):
        asked = invoices[start : start + REFUNDS]
        refund_each(manager, asked, 2500)
        refunds += len(asked)
        killed += work_and_kill(
            provider,
            environment,
            seed=seed - start,
            kills=KILLS_OF_REFUNDS - killed,
            is_done=lambda: not RefundTransfer.objects.filter(state__in=UNDER_WAY).exists(),
        )
        if killed == KILLS_OF_REFUNDS:
            break
    given_back = Counter(key for _, key, _, _, _ in processor.refunds())
    record_property(
        "figures",
        f"giving back: seed: {seed}, kills: {killed}, made at the processor: {sum(given_back.values())} of {refunds}",
    )
    assert killed == KILLS_OF_REFUNDS
    assert set(given_back.values()) == {1}
    assert len(given_back) == refunds
    assert all(amount == 2500 for _, _, _, amount, _ in processor.refunds())
    assert (
        Invoice.objects.filter(provider=provider, paid_minor=SIXTY - 2500, used_minor=2500, due_minor=0).count()
        == refunds
    )
    assert_verified()
