"""Refunds through Stripe's protocol, over HTTP: whatever goes wrong on the way, each is made once and booked once."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from makegood.gateways.services.gateways import connect_stripe
from makegood.invoices.models import Invoice
from makegood.kit.clock import frozen_clock, now
from makegood.notifications.models import Notification
from makegood.payments.models import RefundTransfer
from makegood.payments.services.methods import add_method_by_reference
from makegood.providers.models import Membership
from tests.support import stripe_recorded
from tests.support.answers import Verified
from tests.support.billing import (
    FIRST,
    add_billed_customer,
    add_billing_provider,
    invoice_of,
    issue_invoices,
)
from tests.support.paying import stand_of
from tests.support.records import add_person
from tests.support.refunding import charge, parts_of, refund, transfers_of, work_transfers
from tests.support.stripe_proxy import KEY, PUBLISHABLE_KEY, WEBHOOK_SECRET, Processor, stripe

REFUNDS = "/v1/refunds"


@pytest.fixture
def processor(db: None) -> Iterator[Processor]:
    with stripe(seconds=2) as processor:
        yield processor


@pytest.fixture
def manager(processor: Processor) -> Membership:
    provider = add_billing_provider()
    connect_stripe(
        membership=add_person(provider, "admin"),
        secret_key=KEY,
        publishable_key=PUBLISHABLE_KEY,
        webhook_secret=WEBHOOK_SECRET,
    )
    return add_person(provider, "manager")


@pytest.fixture
def paid(manager: Membership, processor: Processor) -> Invoice:
    """An invoice of 60.00, paid by card."""
    customer = add_billed_customer(manager.provider, price_minor=6000)
    add_method_by_reference(membership=manager, customer=customer, reference=processor.add_card())
    issue_invoices(manager.provider, FIRST)
    invoice = invoice_of(manager.provider)
    charge(manager, invoice)
    assert stand_of(invoice) == ("paid", 6000, 0)
    return invoice


def work(manager: Membership) -> None:
    """It is time for everything, and nobody holds anything."""
    RefundTransfer.objects.exclude(state__in=["succeeded", "failed"]).update(next_check_at=now(), held_until=None)
    work_transfers(manager.provider)


def test_made_by_the_job(manager: Membership, processor: Processor, paid: Invoice, assert_verified: Verified) -> None:
    waiting = refund(manager, paid, 2500)
    assert (waiting.state, transfers_of(waiting)) == ("pending", [("gateway", 2500, "created")])
    assert processor.refunds() == []
    assert_verified()
    work(manager)
    waiting.refresh_from_db()
    transfer = waiting.transfers.get()
    assert (waiting.state, stand_of(paid)) == ("done", ("paid", 3500, 0))
    assert [(made[0], made[1], made[3]) for made in processor.refunds()] == [
        (transfer.reference, str(transfer.attempt_key), 2500)
    ]
    assert_verified()


@pytest.mark.parametrize("how", ["cut", "cut_after", "half", "error_after", 409, 429, 500, 2.6])
def test_whatever_goes_wrong_it_is_made_once(
    how: str | int, manager: Membership, processor: Processor, paid: Invoice, assert_verified: Verified
) -> None:
    processor.fail_next(REFUNDS, how)
    waiting = refund(manager, paid, 6000)
    work_transfers(manager.provider)
    assert transfers_of(waiting)[0][2] == ("created" if how == 429 else "unknown")
    assert_verified()
    work(manager)
    waiting.refresh_from_db()
    assert (waiting.state, len(processor.refunds()), stand_of(paid)) == ("done", 1, ("paid", 0, 0))
    assert_verified()


def test_who_was_overtaken_has_nothing_given_back_again_that_is_on_its_way(
    manager: Membership, processor: Processor, paid: Invoice, assert_verified: Verified
) -> None:
    waiting = refund(manager, paid, 2500)
    transfer = waiting.transfers.get()
    assert transfer.payment is not None
    said = transfer.payment.gateway_reference, 2500, str(transfer.attempt_key)
    processor.fail_next(REFUNDS, 429)
    processor.overlay(REFUNDS, under_way("pending", *said), method="POST")
    overtaken: list[str] = []

    def overtake(execute: Callable[..., Any], sql: str, *more: Any) -> Any:
        """Just before the slow one lets go of what it was told to try later, another one has taken over."""
        if '"submitted_at" = NULL' in sql and not overtaken:
            overtaken.append(sql)
            work(manager)
        return execute(sql, *more)

    with connection.execute_wrapper(overtake):
        work_transfers(manager.provider)
    assert overtaken
    assert transfers_of(waiting) == [("gateway", 2500, "submitted")]
    processor.overlay(f"{REFUNDS}/re_1", under_way("succeeded", *said))
    work(manager)
    assert (transfers_of(waiting), stand_of(paid)) == ([("gateway", 2500, "succeeded")], ("paid", 3500, 0))
    assert_verified()


def under_way(status: str, charge: str, amount_minor: int, key: str) -> stripe_recorded.Json:
    """A refund that the processor has made, or is making."""
    return stripe_recorded.refund("re_1", charge, status, amount_minor, key=key)


def test_refused_and_wrong_keys(
    manager: Membership, processor: Processor, paid: Invoice, assert_verified: Verified
) -> None:
    processor.fail_next(REFUNDS, 400, code="charge_already_refunded", message="It is refunded already.")
    failed = refund(manager, paid, 1000)
    work(manager)
    failed.refresh_from_db()
    assert (failed.state, failed.transfers.get().failure_code) == ("failed", "charge_already_refunded")
    processor.fail_next(REFUNDS, 401)
    waiting = refund(manager, paid, 1000)
    work(manager)
    assert transfers_of(waiting) == [("gateway", 1000, "created")]
    work(manager)
    waiting.refresh_from_db()
    assert (waiting.state, len(processor.refunds())) == ("done", 1)
    assert_verified()


def test_a_slow_answer_is_waited_for(
    manager: Membership, processor: Processor, paid: Invoice, assert_verified: Verified
) -> None:
    processor.fail_next(REFUNDS, 0.7)
    waiting = refund(manager, paid, 6000)
    work_transfers(manager.provider)
    assert (transfers_of(waiting), stand_of(paid)) == ([("gateway", 6000, "succeeded")], ("paid", 0, 0))
    assert_verified()


def test_it_is_not_asked_again_before_it_is_time(
    manager: Membership, processor: Processor, paid: Invoice, assert_verified: Verified
) -> None:
    waiting = refund(manager, paid, 6000)
    with processor.failing("refund", "cut") as asked:
        for _ in range(3):
            work_transfers(manager.provider)
        assert len(asked()) == 1
        work(manager)
        assert len({call.key for call in asked()}) == 1
        assert len(asked()) == 2
    assert (transfers_of(waiting), len(processor.refunds())) == ([("gateway", 6000, "succeeded")], 1)
    assert_verified()


def test_what_never_arrived_has_failed_after_20_hours(
    manager: Membership, processor: Processor, paid: Invoice, assert_verified: Verified
) -> None:
    waiting = refund(manager, paid, 6000)
    with processor.failing("refund", "cut"):
        work_transfers(manager.provider)
    with frozen_clock(now() + timedelta(hours=21)):
        work_transfers(manager.provider)
    waiting.refresh_from_db()
    transfer = waiting.transfers.get()
    assert (waiting.state, transfer.failure_code, processor.refunds()) == ("failed", "never_arrived", [])
    assert (stand_of(paid), parts_of(transfer.payment)) == (("paid", 6000, 0), {"allocated": 6000})
    assert Notification.objects.filter(staff_id=manager.staff_id, level="error").exists()
    assert_verified()


def test_nobody_else_is_at_what_somebody_holds(
    manager: Membership, processor: Processor, paid: Invoice, assert_verified: Verified
) -> None:
    waiting = refund(manager, paid, 6000)
    # As whoever took it and died left it.
    at = now()
    held = {"submitted_at": at, "held_until": at + timedelta(minutes=1), "next_check_at": at + timedelta(minutes=1)}
    RefundTransfer.objects.update(state="submitted", **held)
    work_transfers(manager.provider)
    assert (processor.refunds(), transfers_of(waiting)) == ([], [("gateway", 6000, "submitted")])
    work(manager)
    assert (len(processor.refunds()), transfers_of(waiting)) == (1, [("gateway", 6000, "succeeded")])
    assert_verified()


def test_who_asks_again_with_the_same_key_after_a_crash_gets_the_same_refund(
    manager: Membership, processor: Processor, paid: Invoice, assert_verified: Verified
) -> None:
    # Decided, and nobody was left to submit it.
    first = refund(manager, paid, 6000, key="k")
    assert (refund(manager, paid, 6000, key="k"), transfers_of(first)[0][2]) == (first, "created")
    work(manager)
    first.refresh_from_db()
    assert (first.state, len(processor.refunds())) == ("done", 1)
    assert_verified()
