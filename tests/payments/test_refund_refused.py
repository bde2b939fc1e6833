"""What cannot be refunded, and what is said about it; nothing is left behind."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from makegood.credits.services.void_invoice import void_invoice
from makegood.credits.services.write_off import write_off_invoice
from makegood.gateways.handlers import NotYet
from makegood.gateways.interface import Dispute
from makegood.gateways.rules import DisputeState
from makegood.invoices.models import Invoice
from makegood.kit.refusal import Refused
from makegood.ledger.models import JournalEntry
from makegood.ledger.selectors import get_gl_code
from makegood.ledger.services import set_gl_code_active
from makegood.payments.models import Payment, Refund
from makegood.payments.refunding import preview_refund
from makegood.payments.services.charge_by_hand import charge_invoices
from makegood.payments.services.handle_dispute import book_dispute
from makegood.providers.models import Membership, Provider
from makegood.providers.services import set_end_customer_billing, set_limits
from tests.support.answers import Verified
from tests.support.billing import draft_invoices, on_day
from tests.support.paying import pay, reverse
from tests.support.records import add_person, add_provider
from tests.support.refunding import (
    DAY,
    add_invoiced,
    add_provider_with_sandbox,
    charge,
    parts_of,
    refund,
    work_transfers,
)


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
    invoice = add_invoiced(north, outcome="card_succeeds")
    charge(manager, invoice)
    return invoice


def refusal(membership: Membership, invoice: Invoice, amount_minor: int = 1000, **asked: Any) -> tuple[str, str | None]:
    """Code and field of the refusal, which leaves nothing behind."""
    booked = JournalEntry.objects.count(), Refund.objects.count()
    with pytest.raises(Refused) as refused:
        refund(membership, invoice, amount_minor, **asked)
    assert (JournalEntry.objects.count(), Refund.objects.count()) == booked
    return refused.value.code, refused.value.field


def test_amounts_texts_and_keys(manager: Membership, paid: Invoice, assert_verified: Verified) -> None:
    assert refusal(manager, paid, 6001) == ("amount_over_refundable", "amount")
    assert refusal(manager, paid, 0) == ("amount_zero", "amount")
    assert refusal(manager, paid, -1) == ("amount_zero", "amount")
    assert refusal(manager, paid, reason=" ") == ("reason_missing", "reason")
    assert refusal(manager, paid, reason="x" * 501) == ("too_long", "reason")
    assert refusal(manager, paid, reason="a\x07") == ("control_character", "reason")
    assert refusal(manager, paid, key="") == ("key_malformed", "key")
    assert refusal(manager, paid, follow="forget") == ("follow_unknown", "follow")
    assert refusal(manager, paid, seen="something else") == ("changed_meanwhile", None)
    assert_verified()


def test_the_key_belongs_to_one_request(manager: Membership, paid: Invoice, assert_verified: Verified) -> None:
    first = refund(manager, paid, 1000, key="k")
    assert refund(manager, paid, 1000, key="k") == first
    assert refusal(manager, paid, 1001, key="k") == ("key_used", "key")
    assert refusal(manager, paid, 1000, key="k", follow="leave_open") == ("key_used", "key")
    assert Refund.objects.count() == 1
    assert_verified()


def test_states_of_invoices(north: Provider, manager: Membership, assert_verified: Verified) -> None:
    invoice = add_invoiced(north)
    assert refusal(manager, invoice) == ("nothing_paid", "invoice")
    pay(manager, invoice.customer, 1000)
    write_off_invoice(membership=manager, invoice=invoice, reason="Gone")
    assert refusal(manager, invoice) == ("invoice_uncollectible", "invoice")
    other = add_invoiced(north, "C2")
    void_invoice(membership=manager, invoice=other, reason="Wrong")
    assert refusal(manager, other) == ("invoice_void", "invoice")
    draft = Invoice.objects.filter(run_row__run=draft_invoices(north, date(2026, 2, 1))).first()
    assert draft is not None
    assert refusal(manager, draft) == ("invoice_draft", "invoice")
    assert_verified()


def test_while_a_payment_is_on_its_way(north: Provider, manager: Membership, assert_verified: Verified) -> None:
    invoice = add_invoiced(north, outcome="card_succeeds")
    pay(manager, invoice.customer, 1000)
    charge_invoices(membership=manager, customer=invoice.customer, key="charge")
    assert refusal(manager, invoice) == ("payment_pending", "invoice")
    shown = preview_refund(membership=manager, invoice=invoice).refusal
    assert shown is not None
    assert "50.00" in shown.message
    assert_verified()


def test_of_a_disputed_payment(north: Provider, manager: Membership, paid: Invoice, assert_verified: Verified) -> None:
    payment = Payment.objects.get()
    said = Dispute("dp_1", payment.gateway_reference, DisputeState.OPEN, 2000, "fraudulent")
    book_dispute(provider=north, payment=payment, said=said)
    assert refusal(manager, paid) == ("payment_disputed", "invoice")
    assert_verified()


def test_of_what_a_bank_took_back_whole(
    north: Provider, manager: Membership, paid: Invoice, assert_verified: Verified
) -> None:
    payment = Payment.objects.get()
    said = Dispute("dp_1", payment.gateway_reference, DisputeState.LOST, 6000, "fraudulent")
    book_dispute(provider=north, payment=payment, said=said)
    assert refusal(manager, paid) == ("nothing_paid", "invoice")
    shown = preview_refund(membership=manager, invoice=paid).refusal
    assert shown is not None
    assert shown.message == (
        f"Nothing of invoice {paid.number} is paid any more: payment {payment.pk} went back by a dispute. "
        "Credit it instead."
    )
    assert_verified()


def test_of_what_was_returned_or_reversed(
    north: Provider, manager: Membership, paid: Invoice, assert_verified: Verified
) -> None:
    other = add_invoiced(north, "C2")
    payment = pay(manager, other.customer, 6000)
    reverse(manager, payment)
    shown = preview_refund(membership=manager, invoice=other).refusal
    assert shown is not None
    assert shown.message == (
        f"Nothing of invoice {other.number} is paid any more: payment {payment.pk} was reversed. Credit it instead."
    )
    assert_verified()


def test_a_dispute_that_comes_in_waits_for_the_refund(
    north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    invoice = add_invoiced(north, outcome="card_refund_pending")
    payment = charge(manager, invoice)
    waiting = refund(manager, invoice, 2500)
    said = Dispute("dp_1", payment.gateway_reference, DisputeState.OPEN, 6000, "fraudulent")
    with pytest.raises(NotYet):
        book_dispute(provider=north, payment=payment, said=said)
    assert_verified()
    with on_day(DAY + timedelta(days=3)):
        work_transfers(north)
        book_dispute(provider=north, payment=payment, said=said)
    waiting.refresh_from_db()
    assert (waiting.state, parts_of(payment)) == ("done", {"refunded": 2500, "returned": 3500})
    assert_verified()


def test_rights_limits_and_billing(
    north: Provider, manager: Membership, paid: Invoice, assert_verified: Verified
) -> None:
    agent, billing = add_person(north, "agent"), add_person(north, "billing")
    assert refusal(agent, paid) == ("not_allowed", None)
    set_limits(provider=north, staff_id=None, billing_credit_limit_minor=900)
    billing.provider.refresh_from_db()
    assert refusal(billing, paid, 1000) == ("credit_over_limit", "amount")
    shown = preview_refund(membership=billing, invoice=paid, amount_minor=1000)
    assert shown.refusal is None
    assert shown.settle_refusal is not None
    assert refund(billing, paid, 1000, follow="leave_open").state == "done"
    set_end_customer_billing(provider=north, on=False, staff_id=None)
    manager.provider.refresh_from_db()
    assert refusal(manager, paid) == ("billing_off", None)
    assert_verified()


def test_what_waits_to_settle_counts_for_the_limit_of_a_day(
    north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    billing = add_person(north, "billing")
    invoices = [add_invoiced(north, f"C{number}", outcome="card_refund_pending") for number in (1, 2)]
    for invoice in invoices:
        charge(manager, invoice)
    set_limits(provider=north, staff_id=None, person_day_limit_minor=7000)
    billing.provider.refresh_from_db()
    assert refund(billing, invoices[0], 6000).state == "pending"
    assert refusal(billing, invoices[1], 1001) == ("person_day_over_limit", "amount")
    assert refund(billing, invoices[1], 1000).state == "pending"
    with on_day(DAY + timedelta(days=3)):
        work_transfers(north)
    assert {refund.state for refund in Refund.objects.all()} == {"done"}
    assert_verified()


def test_gl_codes_of_what_settles(
    north: Provider, manager: Membership, paid: Invoice, assert_verified: Verified
) -> None:
    inactive = get_gl_code(north, "4910")
    set_gl_code_active(gl_code=inactive, active=False, staff_id=None)
    assert refusal(manager, paid, gl_code=inactive) == ("gl_code_inactive", "gl_code")
    assert refusal(manager, paid, gl_code=get_gl_code(north, "1000")) == ("gl_code_type", "gl_code")
    foreign = get_gl_code(add_provider("south"), "4910")
    assert refusal(manager, paid, gl_code=foreign) == ("gl_code_unknown", "gl_code")
    done = refund(manager, paid, 1000, gl_code=get_gl_code(north, "4920"))
    credit = done.transfers.get().credit
    assert credit is not None
    assert credit.gl_code.code == "4920"
    assert_verified()


def test_invoice_of_another_provider(manager: Membership, paid: Invoice) -> None:
    stranger = add_person(add_provider("south"), "manager")
    assert refusal(stranger, paid) == ("invoice_unknown", "invoice")
