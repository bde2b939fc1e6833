"""What customers and staff are told of refunds and pay-outs."""

from collections.abc import Iterator

import pytest

from makegood.emails.models import Message
from makegood.emails.services.rendering import Rendered, render_messages
from makegood.gateways.interface import Refund as Answer
from makegood.gateways.rules import Standing
from makegood.notifications.models import Notification
from makegood.payments.services.book_transfer import book_transfer
from makegood.providers.models import Membership, Provider
from tests.support import records
from tests.support.answers import Verified
from tests.support.billing import on_day
from tests.support.paying import pay
from tests.support.refunding import (
    DAY,
    add_invoiced,
    add_provider_with_sandbox,
    charge,
    give_out,
    parts_of,
    refund,
    work_transfers,
)
from tests.support.sandbox import behave_as


@pytest.fixture
def manager(db: None) -> Iterator[Membership]:
    _, manager = add_provider_with_sandbox()
    with on_day(DAY):
        yield manager


@pytest.fixture
def north(manager: Membership) -> Provider:
    return manager.provider


def said() -> str:
    """What the one e-mail about money that went back would say if it left now, on one line."""
    (answer,) = render_messages(list(Message.objects.filter(template="refund")))
    assert isinstance(answer, Rendered), answer
    return " ".join(answer.text.split())


def test_a_refund_is_told_once_it_is_done_with_where_it_went(
    north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    invoice = add_invoiced(north, outcome="card_succeeds")
    charge(manager, invoice)
    refund(manager, invoice, 2000, follow="settle")
    work_transfers(north)
    work_transfers(north)
    text = said()
    for words in (
        f"we have given back $20.00 of what had paid invoice {invoice.number}.",
        "* Visa ending 4242: $20.00",
        "A credit has settled the invoice, so there is nothing for you to pay.",
    ):
        assert words in text, (words, text)
    assert "Available Funds" not in text
    assert_verified()


def test_an_invoice_that_is_left_open_is_to_be_paid(
    north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    invoice = add_invoiced(north, outcome="card_succeeds")
    charge(manager, invoice)
    refund(manager, invoice, 2000, follow="leave_open")
    work_transfers(north)
    assert f"$20.00 of invoice {invoice.number} is to be paid now." in said()
    assert_verified()


def test_a_pay_out_in_cash_is_told_too(north: Provider, manager: Membership, assert_verified: Verified) -> None:
    invoice = add_invoiced(north)
    pay(manager, invoice.customer, 9000)
    give_out(manager, invoice.customer, 3000, way="cash")
    text = said()
    assert "we have given back $30.00 of your Available Funds. * Cash: $30.00" in text
    assert "to be paid now" not in text
    assert_verified()


def test_a_refund_that_fails_is_told_to_managers_and_to_who_asked_and_not_to_the_customer(
    north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    clerk = records.add_person(north, "billing")
    invoice = add_invoiced(north, outcome="card_refund_fails")
    payment = charge(manager, invoice)
    refund(clerk, invoice, 2000, follow="leave_open")
    work_transfers(north)
    assert not Message.objects.filter(template="refund").exists()
    told = Notification.objects.filter(title="A refund of $20.00 failed")
    assert sorted(told.values_list("staff", flat=True)) == sorted([manager.staff_id, clerk.staff_id])
    assert set(told.values_list("subject_type", "subject_id")) == {("payment", payment.pk)}
    assert "Nothing has gone back" in told[0].body
    assert_verified()


def test_made_after_all_when_its_money_was_used_otherwise(
    north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    clerk = records.add_person(north, "billing")
    invoice = add_invoiced(north, outcome="card_succeeds")
    charge(manager, invoice)
    behave_as(north, "card_disputed", days_ago=2)
    transfer = refund(clerk, invoice, 6000).transfers.get()
    behave_as(north, "card_succeeds")
    refund(manager, invoice, 2000)
    before = parts_of(transfer.payment)
    late = Answer("re_late", str(transfer.attempt_key), "", Standing.SUCCEEDED, 6000)
    for _ in range(2):
        book_transfer(provider=north, transfer_id=transfer.pk, refund=late)
    told = Notification.objects.filter(title="$60.00 was given back after it had counted as failed")
    # Once, for managers and for who had asked for it.
    assert {each.staff_id for each in told} == {manager.staff_id, clerk.staff_id}
    assert told.count() == 2
    assert {(each.subject_type, each.subject_id, each.level) for each in told} == {
        ("payment", transfer.payment_id, "error")
    }
    assert parts_of(transfer.payment) == before
    assert_verified()
