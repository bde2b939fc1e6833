"""Parts of refunds that do not come to an end by themselves: people are told, and one of them can end it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from makegood.audit.models import AuditEntry
from makegood.gateways.services.gateways import disconnect_gateway
from makegood.invoices.models import Invoice
from makegood.kit.clock import frozen_clock
from makegood.kit.refusal import Refused
from makegood.notifications.models import Notification
from makegood.payments.models import Refund, RefundTransfer
from makegood.payments.services.collect_now import collect_now
from makegood.payments.services.settle_transfer import settle_transfer
from makegood.payments.ways import ByHand
from makegood.providers.models import Membership, Provider
from makegood.providers.selectors import list_staff
from tests.support import stripe_recorded
from tests.support.answers import Verified
from tests.support.billing import add_billing_provider
from tests.support.collecting import through_stripe
from tests.support.paying import pay, stand_of
from tests.support.records import add_person
from tests.support.refunding import (
    DAY,
    account_of,
    add_invoiced,
    charge,
    gateway_of,
    give_out,
    parts_of,
    refund,
    transfers_of,
)
from tests.support.stripe_proxy import Processor

REFUNDS = "/v1/refunds"
NOON = datetime(DAY.year, DAY.month, DAY.day, 20, tzinfo=UTC)


@pytest.fixture
def north(db: None) -> Iterator[Provider]:
    with frozen_clock(NOON):
        yield add_billing_provider()


@pytest.fixture
def processor(north: Provider) -> Iterator[Processor]:
    with through_stripe(north, at=NOON) as processor:
        yield processor


@pytest.fixture
def manager(north: Provider, processor: Processor) -> Membership:
    return add_person(north, "manager")


@pytest.fixture
def paid(north: Provider, manager: Membership) -> Invoice:
    """An invoice of 60.00, paid by card."""
    invoice = add_invoiced(north, outcome="card_succeeds")
    charge(manager, invoice)
    return invoice


def go_on(provider: Provider, hours: int) -> None:
    """What is due is done, hour by hour, until so many have passed."""
    for passed in range(1, hours + 1):
        with frozen_clock(NOON + timedelta(hours=passed)):
            collect_now(provider=provider)


def lost(manager: Membership, invoice: Invoice, processor: Processor) -> Refund:
    """A refund of all of it, of which nobody knows whether it was made."""
    made = refund(manager, invoice, 6000)
    with processor.failing("refund", "cut"):
        collect_now(provider=manager.provider)
    assert transfers_of(made) == [("gateway", 6000, "unknown")]
    return made


@contextmanager
def silent(provider: Provider, processor: Processor) -> Iterator[None]:
    """The gateway is not in use any more, and its key is refused."""
    disconnect_gateway(membership=list_staff(provider).get(role="admin"), gateway=gateway_of(provider))
    with processor.failing("find_refund", *[401] * 100):
        yield


def why_not(membership: Membership, transfer: RefundTransfer, *, given_back: bool = True, **asked: str) -> str:
    with pytest.raises(Refused) as refused:
        settle_transfer(
            membership=membership, transfer=transfer, given_back=given_back, **{"reason": "I looked", **asked}
        )
    return refused.value.code


def told(manager: Membership) -> list[str]:
    found = Notification.objects.filter(staff_id=manager.staff_id).exclude(subject_type="gateway").order_by("pk")
    return list(found.values_list("title", flat=True))


def test_an_answer_that_does_not_fit_is_told(
    north: Provider, manager: Membership, paid: Invoice, processor: Processor, assert_verified: Verified
) -> None:
    transfer = lost(manager, paid, processor).transfers.get()
    other = stripe_recorded.refund("re_1", "pi_1", "succeeded", 5000, key=str(transfer.attempt_key))
    processor.overlay(REFUNDS, {"object": "list", "url": REFUNDS, "has_more": False, "data": [other]})
    go_on(north, 2)
    assert told(manager) == []
    go_on(north, 23)
    assert told(manager) == ["What the processor says of a refund of $60.00 cannot be booked"]
    transfer.refresh_from_db()
    assert transfer.state == "unknown"
    assert_verified()


def test_after_a_day_without_an_answer_managers_are_told(
    north: Provider, manager: Membership, paid: Invoice, processor: Processor, assert_verified: Verified
) -> None:
    lost(manager, paid, processor)
    with processor.failing("find_refund", *["cut"] * 100):
        go_on(north, 22)
        assert told(manager) == []
        go_on(north, 40)
    assert told(manager) == ["Nobody knows whether $60.00 went back"]
    assert_verified()


def test_what_nobody_can_ask_about_does_not_hold_the_invoice_for_ever(
    north: Provider, manager: Membership, paid: Invoice, processor: Processor, assert_verified: Verified
) -> None:
    done = lost(manager, paid, processor)
    with silent(north, processor):
        go_on(north, 19)
        done.refresh_from_db()
        assert done.state == "pending"
        go_on(north, 23)
    done.refresh_from_db()
    transfer = done.transfers.get()
    assert (done.state, transfer.failure_code) == ("failed", "refund_never_answered")
    assert (stand_of(paid), parts_of(transfer.payment)) == (("paid", 6000, 0), {"allocated": 6000})
    body = Notification.objects.get(title__contains="A refund of $60.00 failed").body
    assert "nobody can say that it was not" in body
    assert "can be asked for again" not in body
    assert_verified()
    # Somebody finds out that it had been made.
    settled = settle_transfer(
        membership=manager, transfer=transfer, given_back=True, reason="It stands there", reference="re_1"
    )
    assert (settled.state, settled.reference, stand_of(paid)) == ("succeeded", "re_1", ("paid", 0, 0))
    assert why_not(manager, transfer, reference="re_other") == "reference_differs"
    done.refresh_from_db()
    assert (done.state, parts_of(transfer.payment)) == ("done", {"refunded": 6000})
    assert AuditEntry.objects.filter(action="refund.said_given_back", staff_id=manager.staff_id).count() == 1
    assert_verified()


def test_it_cannot_be_said_to_be_given_back_when_its_money_was_used_otherwise(
    north: Provider, manager: Membership, paid: Invoice, processor: Processor, assert_verified: Verified
) -> None:
    transfer = lost(manager, paid, processor).transfers.get()
    with silent(north, processor):
        go_on(north, 23)
    refund(manager, paid, 6000, by_hand=ByHand("cash"))
    assert why_not(manager, transfer, reference="re_1") == "used_otherwise"
    assert_verified()


@pytest.mark.parametrize(
    ("given_back", "state", "parts"), [(True, "done", {"refunded": 6000}), (False, "failed", {"allocated": 6000})]
)
def test_a_person_says_what_became_of_it(
    given_back: bool,
    state: str,
    parts: dict[str, int],
    north: Provider,
    manager: Membership,
    paid: Invoice,
    processor: Processor,
    assert_verified: Verified,
) -> None:
    done = lost(manager, paid, processor)
    transfer = done.transfers.get()
    assert why_not(manager, transfer) == "refund_not_stuck"
    with silent(north, processor):
        go_on(north, 1)
    assert why_not(add_person(north, "agent"), transfer) == "not_allowed"
    assert why_not(manager, transfer, reason=" ") == "reason_missing"
    assert why_not(manager, transfer) == "reference_missing"
    for _ in range(2):
        settle_transfer(
            membership=manager, transfer=transfer, given_back=given_back, reason="I looked", reference="re_1"
        )
    done.refresh_from_db()
    assert (done.state, parts_of(done.transfers.get().payment)) == (state, parts)
    assert AuditEntry.objects.filter(action__startswith="refund.said").count() == 1
    assert_verified()


def test_a_pay_out_waits_for_a_person(
    north: Provider, manager: Membership, paid: Invoice, processor: Processor, assert_verified: Verified
) -> None:
    pay(manager, paid.customer, 2500)
    done = give_out(manager, paid.customer, 2500)
    with processor.failing("refund", "cut"):
        collect_now(provider=north)
    with silent(north, processor):
        go_on(north, 40)
    transfer = done.transfers.get()
    # What had left is not given out again because nobody answers.
    assert (transfer.state, account_of(paid)) == ("unknown", (0, 0))
    assert "Nobody knows whether $25.00 went back" in told(manager)
    settle_transfer(membership=manager, transfer=transfer, given_back=False, reason="It is not there")
    assert account_of(paid) == (2500, 0)
    assert_verified()


def test_what_was_told_of_is_never_taken_for_not_made(
    north: Provider, manager: Membership, paid: Invoice, processor: Processor, assert_verified: Verified
) -> None:
    transfer = lost(manager, paid, processor).transfers.get()
    RefundTransfer.objects.update(reference="re_1")
    go_on(north, 30)
    transfer.refresh_from_db()
    assert transfer.state == "unknown"
    assert_verified()
