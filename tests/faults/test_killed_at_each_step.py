"""Who charges or gives back is killed at one step after the other: each charge and each refund is made once.

Beside `test_killed_collecting`, which kills at moments that nobody chose.
"""

import os
import secrets
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import psycopg.sql
import pytest

from makegood.invoices.models import Invoice
from makegood.payments.models import Payment, RefundTransfer
from makegood.payments.services.charge_by_hand import charge_invoices
from makegood.payments.services.refund_invoice import refund_invoice
from makegood.providers.models import Membership, Provider
from tests.faults.killable import Forge
from tests.races.stripe_payers import add_payer, pay_by_card, require_as_processor, settle
from tests.support import movements
from tests.support.answers import Verified
from tests.support.collecting import connect_processor
from tests.support.paying import stand_of
from tests.support.processes import await_that, is_alive
from tests.support.stripe_proxy import Processor, stripe

PROGRAM = "tests.faults.collecting_killable"
CHARGES, REFUNDS = "/v1/payment_intents", "/v1/refunds"
ROUNDS = 2

BEFORE_IT_IS_DONE, BEFORE_THE_ANSWER = "asked, and not done yet", "done, and not answered yet"
BEFORE_BOOKING, WHILE_BOOKING = "answered, and not booked yet", "in the middle of the booking"
BEFORE_LETTING_GO = "booked, and not committed"
STEPS = (BEFORE_IT_IS_DONE, BEFORE_THE_ANSWER, BEFORE_BOOKING, WHILE_BOOKING, BEFORE_LETTING_GO)


@pytest.fixture
def processor(committed_db: dict[str, str]) -> Iterator[Processor]:
    with stripe() as processor:
        yield processor


@pytest.fixture
def north(manager: Membership, processor: Processor) -> Provider:
    connect_processor(manager.provider, at_once=1)
    return manager.provider


@pytest.fixture
def forge(committed_db: dict[str, str], processor: Processor) -> Iterator[Forge]:
    with Forge({**committed_db, "MAKEGOOD_STRIPE_API": processor.api}, PROGRAM) as forge:
        yield forge


@pytest.fixture
def kill_at(
    north: Provider, processor: Processor, forge: Forge, owner: psycopg.Connection
) -> Callable[[str, str], None]:
    """Has a process collect, and kills it at that step of a call to that path."""

    def kill(step: str, path: str) -> None:
        if step in (BEFORE_IT_IS_DONE, BEFORE_THE_ANSWER):
            gate = processor.hold_next(path, is_done=step == BEFORE_THE_ANSWER)
            process = forge.set_to_work(north.pk)
            gate.await_arrival()
            end(process)
            gate.open()
            return
        with locked(owner, north, step):
            process = forge.set_to_work(north.pk)
            await_that(lambda: somebody_waits(owner), "the process waits for the lock")
            end(process)

    return kill


def end(process: int) -> None:
    assert is_alive(process)
    os.kill(process, signal.SIGKILL)
    await_that(lambda: not is_alive(process), "the process is dead")


@contextmanager
def locked(owner: psycopg.Connection, provider: Provider, step: str) -> Iterator[None]:
    """Nobody gets further than to that step."""
    with owner.transaction():
        if step == BEFORE_BOOKING:
            books = f"books of provider {provider.pk}"
            owner.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [books])
        else:
            table = "payment_movement" if step == WHILE_BOOKING else "message"
            owner.execute(psycopg.sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(psycopg.sql.Identifier(table)))
        yield


def somebody_waits(owner: psycopg.Connection) -> bool:
    here = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    return owner.execute(f"SELECT 1 FROM pg_locks WHERE NOT granted AND {here}").fetchone() is not None


@pytest.mark.parametrize("step", STEPS)
def test_who_charges_is_killed(
    step: str,
    manager: Membership,
    north: Provider,
    processor: Processor,
    kill_at: Callable[[str, str], None],
    assert_verified: Verified,
) -> None:
    invoices: list[Invoice] = []
    for number in range(ROUNDS):
        customer = add_payer(north, f"C{number}")
        invoices.append(movements.owe(customer, 6000))
        charge_invoices(membership=manager, customer=customer, key=secrets.token_hex(8))
        kill_at(step, CHARGES)
        payment = Payment.objects.get(customer=customer)
        assert (payment.state, payment.gateway_reference) == ("submitted", "")
        assert_verified()
        settle(north)
    assert [stand_of(invoice) for invoice in invoices] == [("paid", 6000, 0)] * ROUNDS
    assert len(processor.charges()) == ROUNDS
    require_as_processor(north, processor)
    assert_verified()


@pytest.mark.parametrize("step", STEPS)
def test_who_gives_back_is_killed(
    step: str,
    manager: Membership,
    north: Provider,
    processor: Processor,
    kill_at: Callable[[str, str], None],
    assert_verified: Verified,
) -> None:
    invoices: list[Invoice] = []
    for number in range(ROUNDS):
        invoice, payment = pay_by_card(manager, add_payer(north, f"C{number}"), 6000)
        invoices.append(invoice)
        refund_invoice(membership=manager, invoice=invoice, amount_minor=2500, reason="Too much", key=f"k{number}")
        kill_at(step, REFUNDS)
        transfer = RefundTransfer.objects.get(payment=payment)
        assert (transfer.state, transfer.reference) == ("submitted", "")
        assert_verified()
        settle(north)
    assert [stand_of(invoice) for invoice in invoices] == [("paid", 3500, 0)] * ROUNDS
    assert [amount for *_, amount, _ in processor.refunds()] == [2500] * ROUNDS
    require_as_processor(north, processor)
    assert_verified()
