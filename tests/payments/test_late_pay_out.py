"""A pay-out that counted as failed and was made after all: the books follow, once."""

from collections.abc import Iterator

import pytest

from makegood.customers.models import Customer
from makegood.gateways.interface import Refund as Answer
from makegood.gateways.rules import Standing
from makegood.ledger.selectors import get_balance
from makegood.notifications.models import Notification
from makegood.payments.models import Refund, RefundTransfer
from makegood.payments.selectors_events import find_transfer
from makegood.payments.services.book_transfer import book_transfer
from makegood.providers.models import Membership
from tests.support.answers import Verified
from tests.support.billing import on_day
from tests.support.paying import pay
from tests.support.records import credit
from tests.support.refunding import (
    DAY,
    add_invoiced,
    add_provider_with_sandbox,
    charge,
    give_out,
    parts_of,
    transfers_of,
    work_transfers,
)

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


@pytest.fixture
def manager(db: None) -> Iterator[Membership]:
    _, manager = add_provider_with_sandbox()
    with on_day(DAY):
        yield manager


@pytest.fixture
def customer(manager: Membership) -> Customer:
    """Somebody who paid 60.00 by card and has 25.00 of a bank transfer, and 10.00 of goodwill."""
    invoice = add_invoiced(manager.provider, outcome="card_refund_fails")
    charge(manager, invoice)
    credit(manager, customers=[invoice.customer], amount_minor=1000)
    pay(manager, invoice.customer, 2500)
    return invoice.customer


def funds_of(customer: Customer) -> int:
    return get_balance(customer.provider_id, customer.pk).funds_minor


def say(transfer: RefundTransfer, key: str, standing: Standing) -> None:
    """What the processor says of what was asked for with that key, booked; found as an event finds it."""
    found = find_transfer(transfer.gateway_id or 0, "re_late", key)
    assert found is not None
    answer = Answer("re_late", key, "", standing, found.amount_minor)
    book_transfer(provider=found.provider, transfer_id=found.pk, refund=answer)


def failed_pay_out(manager: Membership, customer: Customer) -> RefundTransfer:
    """Refused by the bank; so it was said."""
    give_out(manager, customer, 2500)
    work_transfers(manager.provider)
    failed = RefundTransfer.objects.get()
    assert (failed.state, failed.refund.state) == ("failed", "failed")
    RefundTransfer.objects.filter(pk=failed.pk).update(reference="re_late")
    return failed


def test_that_failed_and_was_made_after_all_is_booked_once_and_may_bounce(
    manager: Membership, customer: Customer, assert_verified: Verified
) -> None:
    failed = failed_pay_out(manager, customer)
    key = str(failed.attempt_key)
    for _ in range(2):
        say(failed, key, Standing.SUCCEEDED)
    made = Refund.objects.latest("pk")
    failed.refresh_from_db()
    assert (made.state, made.amount_minor, transfers_of(made)) == ("done", 2500, [("gateway", 2500, "succeeded")])
    assert (failed.state, failed.failure_code, failed.refund.state) == ("failed", "made_late", "failed")
    assert (Refund.objects.count(), funds_of(customer)) == (2, 1000)
    assert parts_of(failed.payment) == {"allocated": 6000, "paid_out": 2500}
    told = Notification.objects.filter(title="$25.00 was paid out after it had counted as failed")
    assert told.count() == 1
    assert_verified()
    say(failed, key, Standing.FAILED)
    assert (funds_of(customer), parts_of(failed.payment)) == (3500, {"allocated": 6000})
    assert_verified()


def test_that_failed_and_was_made_after_its_funds_were_used_is_told_and_not_booked(
    manager: Membership, customer: Customer, assert_verified: Verified
) -> None:
    failed = failed_pay_out(manager, customer)
    give_out(manager, customer, 2000, way="cash")
    for _ in range(2):
        say(failed, str(failed.attempt_key), Standing.SUCCEEDED)
    assert (Refund.objects.count(), funds_of(customer)) == (2, 1500)
    told = Notification.objects.get(title="$25.00 was given back after it had counted as failed", staff=manager.staff)
    assert "the customer has the money twice. Ask for it back" in told.body
    assert "difference of the clearing account" in told.body
    assert_verified()
