"""What goes back through a processor that is slow, silent or in error: each refund is made once, and booked once."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from makegood.gateways.interface import Refund as Answer
from makegood.gateways.registry import open_gateway
from makegood.gateways.rules import Standing
from makegood.gateways.services.events import handle_events
from makegood.invoices.models import Invoice
from makegood.kit.sql import run_sql
from makegood.ledger.models import JournalEntry
from makegood.notifications.models import Notification
from makegood.payments.refund_rules import TRANSFER_TRANSITIONS
from makegood.payments.rules import TransferState
from makegood.payments.services.book_transfer import book_transfer
from makegood.providers.models import Membership, Provider
from tests.support.answers import Verified
from tests.support.billing import on_day
from tests.support.paying import stand_of
from tests.support.refunding import (
    DAY,
    account_of,
    add_invoiced,
    add_provider_with_sandbox,
    charge,
    gateway_of,
    parts_of,
    refund,
    transfers_of,
    work_transfers,
)
from tests.support.sandbox import refunds

LATER = DAY + timedelta(days=3)


@pytest.fixture
def manager(db: None) -> Iterator[Membership]:
    _, manager = add_provider_with_sandbox()
    with on_day(DAY):
        yield manager


@pytest.fixture
def north(manager: Membership) -> Provider:
    return manager.provider


@pytest.fixture
def pay_with(north: Provider, manager: Membership) -> Callable[[str], Invoice]:
    """An invoice of 60.00, paid with a test card of that outcome."""

    def paid(outcome: str) -> Invoice:
        invoice = add_invoiced(north, outcome=outcome)
        charge(manager, invoice)
        return invoice

    return paid


PayWith = Callable[[str], Invoice]


def test_answer_lost_after_the_refund_was_made(
    north: Provider, manager: Membership, pay_with: PayWith, assert_verified: Verified
) -> None:
    invoice = pay_with("card_refund_timeout")
    done = refund(manager, invoice, 6000)
    assert (done.state, transfers_of(done)) == ("pending", [("gateway", 6000, "unknown")])
    assert parts_of(done.transfers.get().payment) == {"allocated": 6000, "refunding": 6000}
    assert_verified()
    with on_day(LATER):
        work_transfers(north)
        work_transfers(north)
    done.refresh_from_db()
    assert (done.state, len(refunds(north)), stand_of(invoice)) == ("done", 1, ("paid", 0, 0))
    assert_verified()


def test_refused_by_the_bank(manager: Membership, pay_with: PayWith, assert_verified: Verified) -> None:
    invoice = pay_with("card_refund_fails")
    done = refund(manager, invoice, 6000)
    assert (done.state, done.transfers.get().failure_code) == ("failed", "expired_or_canceled_card")
    assert stand_of(invoice) == ("paid", 6000, 0)
    assert_verified()


def test_refused_by_the_processor_that_knows_of_a_dispute_before_anybody_here(
    north: Provider, manager: Membership, pay_with: PayWith, assert_verified: Verified
) -> None:
    invoice = pay_with("card_disputed")
    with on_day(LATER):
        done = refund(manager, invoice, 6000)
        assert (done.state, done.transfers.get().failure_code, refunds(north)) == ("failed", "charge_disputed", [])
        assert stand_of(invoice) == ("paid", 6000, 0)
        handle_events(gateway=gateway_of(north))
    assert stand_of(invoice) == ("open", 0, 6000)
    assert_verified()


def test_the_same_answer_twice_books_once(
    north: Provider, manager: Membership, pay_with: PayWith, assert_verified: Verified
) -> None:
    invoice = pay_with("card_succeeds")
    transfer = refund(manager, invoice, 6000).transfers.get()
    answer = open_gateway(gateway_of(north)).find_refund(transfer.reference)
    assert answer is not None
    entries = JournalEntry.objects.count()
    book_transfer(provider=north, transfer_id=transfer.pk, refund=answer)
    assert JournalEntry.objects.count() == entries
    other = Answer("another", "", answer.charge, Standing.SUCCEEDED, 1)
    with pytest.raises(RuntimeError, match="cannot be true"):
        book_transfer(provider=north, transfer_id=transfer.pk, refund=other)
    assert_verified()


def test_bounced_later_becomes_available_funds(
    north: Provider, manager: Membership, pay_with: PayWith, assert_verified: Verified
) -> None:
    invoice = pay_with("card_refund_bounces")
    transfers = [refund(manager, invoice, amount).transfers.get() for amount in (2000, 4000)]
    client = open_gateway(gateway_of(north))
    with on_day(DAY + timedelta(days=4)):
        for transfer in transfers:
            for _ in range(2):
                answer = client.find_refund(transfer.reference)
                assert answer is not None
                book_transfer(provider=north, transfer_id=transfer.pk, refund=answer)
    transfers[0].refresh_from_db()
    assert (transfers[0].state, transfers[0].bounced_at is not None) == ("succeeded", True)
    assert account_of(invoice) == (6000, 0)
    assert parts_of(transfers[0].payment) == {"over": 6000}
    assert Notification.objects.filter(staff_id=manager.staff_id, title__contains="bounced").exists()
    assert_verified()


def test_made_after_it_had_failed(
    north: Provider, manager: Membership, pay_with: PayWith, assert_verified: Verified
) -> None:
    invoice = pay_with("card_refund_fails")
    done = refund(manager, invoice, 6000)
    transfer = done.transfers.get()
    assert transfer.payment is not None
    late = Answer(transfer.reference, str(transfer.attempt_key), "", Standing.SUCCEEDED, 6000)
    book_transfer(provider=north, transfer_id=transfer.pk, refund=late)
    done.refresh_from_db()
    assert (done.state, parts_of(transfer.payment)) == ("done", {"refunded": 6000})
    assert_verified()


def test_the_chart_is_that_of_the_table(db: None) -> None:
    source = run_sql("SELECT prosrc FROM pg_proc WHERE proname = 'refund_transfer_transition_known'")[0]["prosrc"]
    for state in TransferState:
        allowed = TRANSFER_TRANSITIONS[state]
        said = f"WHEN '{state}' THEN NEW.state IN ({', '.join(repr(str(each)) for each in allowed)})"
        assert (said in source) is bool(allowed), said
