"""Refunds of what a card has paid."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from makegood.credits.models import Credit
from makegood.credits.services.void_invoice import void_invoice
from makegood.credits.services.write_off import write_off_invoice
from makegood.invoices.models import Invoice
from makegood.kit.refusal import Refused
from makegood.ledger.models import JournalEntry
from makegood.payments.refunding import preview_refund
from makegood.providers.models import Membership, Provider
from tests.support.billing import on_day
from tests.support.paying import lines_of, pay, reverse, stand_of
from tests.support.records import credit
from tests.support.refunding import (
    DAY,
    account_of,
    add_invoiced,
    add_provider_with_sandbox,
    charge,
    parts_of,
    refund,
    transfers_of,
)
from tests.support.sandbox import refunds


@pytest.fixture
def manager(db: None) -> Iterator[Membership]:
    _, manager = add_provider_with_sandbox()
    with on_day(DAY):
        yield manager


@pytest.fixture
def north(manager: Membership) -> Provider:
    return manager.provider


@pytest.fixture
def paid(north: Provider, manager: Membership) -> Invoice:
    """An invoice of 60.00, paid by card."""
    invoice = add_invoiced(north, outcome="card_succeeds")
    charge(manager, invoice)
    return invoice


def test_refund_settles_with_a_credit(
    north: Provider, manager: Membership, paid: Invoice, assert_verified: Callable[[], None]
) -> None:
    done = refund(manager, paid, 6000)
    assert (done.state, transfers_of(done)) == ("done", [("gateway", 6000, "succeeded")])
    assert stand_of(paid) == ("paid", 0, 0)
    assert not paid.by_hand
    assert account_of(paid) == (0, 0)
    credit = Credit.objects.get(customer=paid.customer)
    assert (credit.kind, credit.issued_minor, credit.remaining_minor, credit.created_by_id) == (
        "correction",
        6000,
        0,
        manager.staff_id,
    )
    transfer = done.transfers.get()
    assert transfer.credit == credit
    assert parts_of(transfer.payment) == {"refunded": 6000}
    assert refunds(north) == [(str(transfer.attempt_key), 6000, "")]
    assert lines_of(transfer.journal_entry) == [("1050", 0, 6000), ("1200", 6000, 0)]
    events = JournalEntry.objects.filter(pk__gte=transfer.journal_entry_id).order_by("pk")
    assert list(events.values_list("event", flat=True)) == ["payment_refunded", "credit_issued", "funds_used"]
    assert_verified()


def test_what_is_settled_stays_so_and_what_is_left_open_can_be_voided(
    north: Provider, manager: Membership, paid: Invoice, assert_verified: Callable[[], None]
) -> None:
    refund(manager, paid, 6000)
    with pytest.raises(Refused, match="settled with a credit"):
        void_invoice(membership=manager, invoice=paid, reason="Wrong")
    other = add_invoiced(north, "C2", outcome="card_succeeds")
    charge(manager, other)
    refund(manager, other, 6000, follow="leave_open")
    assert void_invoice(membership=manager, invoice=other, reason="Wrong").state == "void"
    assert account_of(other) == (0, 0)
    assert_verified()


def test_what_settled_a_part_never_becomes_available_funds(
    north: Provider, manager: Membership, assert_verified: Callable[[], None]
) -> None:
    invoice = add_invoiced(north, outcome="card_succeeds")
    cash = pay(manager, invoice.customer, 2000, method="cash")
    charge(manager, invoice)
    reverse(manager, cash)
    refund(manager, invoice, 4000)
    assert stand_of(invoice) == ("open", 0, 2000)
    with pytest.raises(Refused, match=r"Credit the customer with the \$20\.00 due instead"):
        void_invoice(membership=manager, invoice=invoice, reason="Wrong")
    assert write_off_invoice(membership=manager, invoice=invoice, reason="Gone").written_off_minor == 2000
    assert account_of(invoice) == (0, 0)
    assert_verified()


def test_settled_past_the_due_date_it_was_never_late(
    manager: Membership, paid: Invoice, assert_verified: Callable[[], None]
) -> None:
    with on_day(DAY + timedelta(days=60)):
        refund(manager, paid, 6000)
    assert (stand_of(paid), paid.late_on) == (("paid", 0, 0), None)
    assert_verified()


def test_left_open_past_the_due_date_it_is_late(
    manager: Membership, paid: Invoice, assert_verified: Callable[[], None]
) -> None:
    day = DAY + timedelta(days=60)
    with on_day(day):
        refund(manager, paid, 6000, follow="leave_open")
    assert (stand_of(paid), paid.late_on) == (("late", 0, 6000), day)
    assert_verified()


def test_left_open_it_is_left_to_people_from_the_first_part_on(
    north: Provider, manager: Membership, assert_verified: Callable[[], None]
) -> None:
    invoice = add_invoiced(north, outcome="card_refund_timeout")
    pay(manager, invoice.customer, 2000, method="cash")
    charge(manager, invoice)
    with on_day(DAY + timedelta(days=60)):
        done = refund(manager, invoice, 6000, follow="leave_open")
        assert (done.state, stand_of(invoice), invoice.by_hand) == ("pending", ("late", 4000, 2000), True)
        credit(manager, customers=[invoice.customer], amount_minor=1500)
        assert (stand_of(invoice), account_of(invoice)) == (("late", 4000, 2000), (1500, 2000))
    assert_verified()


def test_no_number_of_a_card_is_written_down(manager: Membership, paid: Invoice) -> None:
    with pytest.raises(Refused, match="last four characters") as refused:
        refund(manager, paid, 6000, reason="Wrong card, it is 4242 4242 4242 4242")
    assert refused.value.field == "reason"


def test_refund_left_open_is_collected_by_hand(
    manager: Membership, paid: Invoice, assert_verified: Callable[[], None]
) -> None:
    done = refund(manager, paid, 2500, follow="leave_open")
    assert done.state == "done"
    assert stand_of(paid) == ("open", 3500, 2500)
    assert paid.by_hand
    assert account_of(paid) == (0, 2500)
    assert not Credit.objects.filter(customer=paid.customer).exists()
    assert_verified()


def test_refund_in_parts_until_nothing_is_left(
    manager: Membership, paid: Invoice, assert_verified: Callable[[], None]
) -> None:
    for amount_minor in (1000, 2000, 3000):
        assert preview_refund(membership=manager, invoice=paid).most_minor >= amount_minor
        assert refund(manager, paid, amount_minor).state == "done"
    preview = preview_refund(membership=manager, invoice=paid, amount_minor=1)
    assert stand_of(paid) == ("paid", 0, 0)
    # What settled it nobody has ever paid.
    assert (preview.methods_minor, preview.funds_minor) == (0, 0)
    assert preview.refusal is not None
    assert preview.refusal.code == "nothing_refundable"
    assert_verified()
