"""What of an invoice goes back where: to cards, by hand, and to the credits that had paid."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from makegood.credits.models import Credit
from makegood.credits.services.apply_funds import apply_now
from makegood.credits.services.change_credit import change_credit
from makegood.gateways.services.gateways import disconnect_gateway
from makegood.invoices.models import Invoice
from makegood.invoices.services.late import mark_late
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import get_gl_code
from makegood.payments.models import Payment
from makegood.payments.refunding import preview_refund
from makegood.payments.ways import ByHand
from makegood.providers.models import Membership, Provider
from makegood.providers.selectors import list_staff
from tests.support.answers import Verified
from tests.support.billing import on_day
from tests.support.paying import lines_of, pay, reverse, stand_of
from tests.support.records import credit, void
from tests.support.refunding import (
    DAY,
    account_of,
    add_invoiced,
    add_provider_with_sandbox,
    charge,
    parts_of,
    refund,
    transfers_of,
    work_transfers,
)
from tests.support.sandbox import add_method


@pytest.fixture
def manager(db: None) -> Iterator[Membership]:
    _, manager = add_provider_with_sandbox()
    with on_day(DAY):
        yield manager


@pytest.fixture
def north(manager: Membership) -> Provider:
    return manager.provider


@pytest.fixture
def mixed(north: Provider, manager: Membership) -> Invoice:
    """An invoice of 60.00: 20.00 were funds, the rest came by card."""
    invoice = add_invoiced(north, outcome="card_succeeds")
    credit(manager, customers=[invoice.customer], amount_minor=2000)
    apply_now(membership=manager, customer=invoice.customer, invoice=invoice)
    charge(manager, invoice)
    return invoice


def test_card_first_then_funds(manager: Membership, mixed: Invoice, assert_verified: Verified) -> None:
    preview = preview_refund(membership=manager, invoice=mixed, amount_minor=5000)
    assert [(part.way, part.amount_minor) for part in preview.parts] == [("gateway", 4000)]
    assert [(part.amount_minor, part.becomes) for part in preview.returns] == [(1000, "kept")]
    assert (preview.most_minor, preview.due_if_left_open_minor, preview.state_if_left_open) == (6000, 5000, "open")
    done = refund(manager, mixed, 5000, seen=preview.fingerprint)
    assert (done.state, done.funds_minor, done.funds_returned) == ("done", 1000, True)
    assert stand_of(mixed) == ("paid", 0, 0)
    assert account_of(mixed) == (1000, 0)
    assert done.credit is not None
    assert done.credit.issued_minor == 1000
    assert_verified()


def test_all_left_open(manager: Membership, mixed: Invoice, assert_verified: Verified) -> None:
    done = refund(manager, mixed, 6000, follow="leave_open")
    assert (done.state, done.credit, stand_of(mixed)) == ("done", None, ("open", 0, 6000))
    assert mixed.by_hand
    # The funds that came back do not pay by themselves what people collect.
    assert account_of(mixed) == (2000, 6000)
    assert_verified()


def test_funds_go_back_only_when_the_card_has(north: Provider, manager: Membership, assert_verified: Verified) -> None:
    invoice = add_invoiced(north, outcome="card_refund_pending")
    credit(manager, customers=[invoice.customer], amount_minor=2000)
    apply_now(membership=manager, customer=invoice.customer, invoice=invoice)
    charge(manager, invoice)
    waiting = refund(manager, invoice, 6000)
    assert (waiting.state, account_of(invoice), stand_of(invoice)) == ("pending", (0, 0), ("paid", 4000, 0))
    assert preview_refund(membership=manager, invoice=invoice).refusal.code == "refund_pending"  # type: ignore[union-attr]
    assert_verified()
    with on_day(DAY + timedelta(days=3)):
        work_transfers(north)
    waiting.refresh_from_db()
    assert (waiting.state, account_of(invoice), stand_of(invoice)) == ("done", (2000, 0), ("paid", 0, 0))
    assert_verified()


def test_credit_that_expired_lives_on_and_one_taken_back_is_taken_back(
    manager: Membership, mixed: Invoice, assert_verified: Verified
) -> None:
    given = Credit.objects.get(customer=mixed.customer)
    change_credit(membership=manager, credit=given, expires_on=DAY + timedelta(days=1), key="expires")
    with on_day(DAY + timedelta(days=5)):
        preview = preview_refund(membership=manager, invoice=mixed, amount_minor=6000)
        assert [part.becomes for part in preview.returns] == ["lives_on"]
        refund(manager, mixed, 5000)
        assert account_of(mixed) == (1000, 0)
        void(manager, given)
        preview = preview_refund(membership=manager, invoice=mixed)
        assert [(part.amount_minor, part.becomes) for part in preview.returns] == [(1000, "taken_back")]
        refund(manager, mixed, 1000)
        assert account_of(mixed) == (0, 0)
    assert_verified()


def test_cash_goes_back_by_hand_at_once_after_the_card(
    north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    invoice = add_invoiced(north, outcome="card_succeeds")
    cash = pay(manager, invoice.customer, 2500, method="cash")
    charge(manager, invoice)
    preview = preview_refund(membership=manager, invoice=invoice)
    assert [(part.way, part.amount_minor, part.is_at_once) for part in preview.parts] == [
        ("gateway", 3500, False),
        ("cash", 2500, True),
    ]
    done = refund(manager, invoice, 5000)
    assert sorted(transfers_of(done)) == [("cash", 1500, "succeeded"), ("gateway", 3500, "succeeded")]
    assert parts_of(cash) == {"allocated": 1000, "refunded": 1500}
    by_hand = done.transfers.get(way="cash")
    assert lines_of(by_hand.journal_entry) == [("1000", 0, 1500), ("1200", 1500, 0)]
    assert stand_of(invoice) == ("paid", 1000, 0)
    assert_verified()


def test_of_two_cards_one_refuses(north: Provider, manager: Membership, assert_verified: Verified) -> None:
    invoice = add_invoiced(north, outcome="card_succeeds")
    pay(manager, invoice.customer, 1000, method="cash")
    credit(manager, customers=[invoice.customer], amount_minor=1000)
    first = charge(manager, invoice)
    refund(manager, invoice, 3000, follow="leave_open")
    add_method(invoice.customer, "card_refund_fails")
    second = charge(manager, invoice)
    apply = preview_refund(membership=manager, invoice=invoice)
    assert [(part.payment.pk, part.amount_minor) for part in apply.parts][:2] == [(second.pk, 3000), (first.pk, 2000)]
    done = refund(manager, invoice, 5500)
    assert (done.state, sorted(transfers_of(done))) == (
        "partly",
        [("cash", 500, "succeeded"), ("gateway", 2000, "succeeded"), ("gateway", 3000, "failed")],
    )
    assert parts_of(second) == {"allocated": 3000}
    assert parts_of(first) == {"refunded": 5000}
    assert_verified()


def test_method_that_takes_nothing_back_any_more(
    north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    invoice = add_invoiced(north, outcome="card_refund_fails")
    charge(manager, invoice)
    failed = refund(manager, invoice, 6000)
    assert (failed.state, stand_of(invoice)) == ("failed", ("paid", 6000, 0))
    assert failed.transfers.get().failure_code == "expired_or_canceled_card"
    gone = preview_refund(membership=manager, invoice=invoice, amount_minor=4000)
    assert gone.way_gone
    assert gone.refusal is not None
    assert gone.refusal.code == "way_gone"
    by_hand = ByHand("bank_transfer", reference="Transfer 17")
    done = refund(manager, invoice, 4000, by_hand=by_hand)
    assert (done.state, transfers_of(done)) == ("done", [("bank_transfer", 4000, "succeeded")])
    assert done.transfers.get().reference == "Transfer 17"
    assert parts_of(Payment.objects.get()) == {"allocated": 2000, "refunded": 4000}
    assert_verified()


def test_gateway_that_is_not_connected_any_more(
    north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    invoice = add_invoiced(north, outcome="card_succeeds")
    payment = charge(manager, invoice)
    assert payment.gateway is not None
    disconnect_gateway(membership=list_staff(north).get(role="admin"), gateway=payment.gateway)
    refusal = preview_refund(membership=manager, invoice=invoice).refusal
    assert refusal is not None
    assert (refusal.code, "not connected" in refusal.message) == ("way_gone", True)
    with pytest.raises(Refused, match="not connected"):
        refund(manager, invoice, 6000)
    wrong = ByHand("cash", get_gl_code(north, "4900"))
    with pytest.raises(Refused) as refused:
        refund(manager, invoice, 6000, by_hand=wrong)
    assert refused.value.code == "gl_code_type"
    assert refund(manager, invoice, 6000, by_hand=ByHand("cash")).state == "done"
    assert_verified()


def test_funds_that_changed_meanwhile_are_left_out(
    north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    invoice = add_invoiced(north, outcome="card_refund_pending")
    over = pay(manager, invoice.customer, 2000, allocations={})
    apply_now(membership=manager, customer=invoice.customer, invoice=invoice)
    charge(manager, invoice)
    waiting = refund(manager, invoice, 6000)
    reverse(manager, over)
    with on_day(DAY + timedelta(days=3)):
        work_transfers(north)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.funds_returned) == ("partly", False)
    assert stand_of(invoice)[2] == 2000
    assert_verified()


def test_of_a_late_invoice_the_preview_says_that_funds_which_come_back_pay_it(
    north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    invoice = add_invoiced(north)
    pay(manager, invoice.customer, 1000, allocations={invoice: 1000})
    credit(manager, customers=[invoice.customer], amount_minor=2000)
    apply_now(membership=manager, customer=invoice.customer, invoice=invoice)
    assert not preview_refund(membership=manager, invoice=invoice).funds_pay_it
    with on_day(DAY + timedelta(days=60)):
        mark_late(provider=north, day=DAY + timedelta(days=60))
        preview = preview_refund(membership=manager, invoice=invoice)
        assert (preview.funds_pay_it, preview.due_if_settled_minor) == (True, 3000)
        assert refund(manager, invoice, 3000).state == "done"
    assert (stand_of(invoice), account_of(invoice)) == (("late", 0, 1000), (0, 1000))
    assert_verified()
