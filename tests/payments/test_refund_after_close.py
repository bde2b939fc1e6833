"""Money that goes back late: after its month was closed, or when its card is removed."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from makegood.accounting.services.close_month import close_month
from makegood.gateways.registry import open_gateway
from makegood.invoices.models import Invoice
from makegood.kit.refusal import Refused
from makegood.ledger.models import JournalEntry
from makegood.payments.models import PaymentMethod, RefundTransfer
from makegood.payments.services.book_transfer import book_transfer
from makegood.payments.services.collect_now import collect_now
from makegood.payments.services.methods import remove_method
from makegood.providers.models import Membership, Provider
from tests.support.answers import Verified
from tests.support.billing import on_day
from tests.support.books import FEBRUARY, JANUARY, reach
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
    work_transfers,
)

GIVEN_ON, BOUNCED_ON = date(2026, 2, 10), date(2026, 2, 20)


@pytest.fixture
def manager(db: None) -> Iterator[Membership]:
    _, manager = add_provider_with_sandbox()
    with on_day(DAY):
        yield manager


@pytest.fixture
def north(manager: Membership) -> Provider:
    return manager.provider


PayWith = Callable[[str], Invoice]


@pytest.fixture
def pay_with(north: Provider, manager: Membership) -> PayWith:
    """An invoice of 60.00 of January, paid with a test card of that outcome."""

    def paid(outcome: str) -> Invoice:
        invoice = add_invoiced(north, outcome=outcome)
        charge(manager, invoice)
        return invoice

    return paid


def entries_of(month: date) -> list[tuple[int, str]]:
    found = JournalEntry.objects.filter(booked_on__year=month.year, booked_on__month=month.month).order_by("pk")
    return list(found.values_list("pk", "event"))


def test_a_refund_after_the_close(
    north: Provider, manager: Membership, pay_with: PayWith, assert_verified: Verified
) -> None:
    invoice = pay_with("card_refund_bounces")
    reach(north, FEBRUARY)
    with on_day(FEBRUARY):
        close_month(membership=manager, month=JANUARY)
    before = entries_of(JANUARY)
    with on_day(GIVEN_ON):
        transfer = refund(manager, invoice, 6000).transfers.get()
        assert_verified()
    with on_day(BOUNCED_ON):
        answer = open_gateway(gateway_of(north)).find_refund(transfer.reference)
        assert answer is not None
        book_transfer(provider=north, transfer_id=transfer.pk, refund=answer)
    assert transfer.payment is not None
    moved = transfer.payment.movements.order_by("number")
    assert list(moved.values_list("type", "booked_on", "effective_on")) == [
        ("received", DAY, None),
        ("refunded", GIVEN_ON, None),
        ("bounced", BOUNCED_ON, None),
    ]
    assert entries_of(JANUARY) == before
    assert (stand_of(invoice), account_of(invoice)) == (("paid", 0, 0), (6000, 0))
    assert_verified()


def test_a_refund_decided_before_the_close_and_made_after_it(
    north: Provider, manager: Membership, pay_with: PayWith, assert_verified: Verified
) -> None:
    invoice = pay_with("card_refund_timeout")
    done = refund(manager, invoice, 6000)
    assert done.state == "pending"
    reach(north, FEBRUARY)
    with on_day(FEBRUARY):
        close_month(membership=manager, month=JANUARY)
        before = entries_of(JANUARY)
        work_transfers(north)
    done.refresh_from_db()
    assert (done.state, done.transfers.get().booked_on) == ("done", FEBRUARY)
    assert entries_of(JANUARY) == before
    assert (stand_of(invoice), parts_of(done.transfers.get().payment)) == (("paid", 0, 0), {"refunded": 6000})
    assert_verified()


def test_its_card_stays_until_the_refund_has_arrived(
    north: Provider, manager: Membership, pay_with: PayWith, assert_verified: Verified
) -> None:
    invoice = pay_with("card_refund_timeout")
    refund(manager, invoice, 6000)
    card = PaymentMethod.objects.get()
    with pytest.raises(Refused, match="refund") as refused:
        remove_method(membership=manager, method=card)
    assert refused.value.code == "refund_under_way"
    with on_day(FEBRUARY):
        collect_now(provider=north)
        assert RefundTransfer.objects.get().state == "succeeded"
        assert remove_method(membership=manager, method=card)
    assert_verified()


def test_money_goes_back_to_a_card_that_was_removed_here(
    north: Provider, manager: Membership, pay_with: PayWith, assert_verified: Verified
) -> None:
    invoice = pay_with("card_succeeds")
    assert remove_method(membership=manager, method=PaymentMethod.objects.get())
    done = refund(manager, invoice, 6000)
    assert (done.state, parts_of(done.transfers.get().payment)) == ("done", {"refunded": 6000})
    assert_verified()
