"""What a refund on its way keeps from happening meanwhile: its invoice takes no credit, its GL code stays as it is."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from makegood.credits.services.credit_invoice import credit_invoice, preview_invoice_credit
from makegood.credits.services.give_credit import CreditValues
from makegood.invoices.models import Invoice
from makegood.kit.clock import frozen_clock, now
from makegood.kit.refusal import Refused
from makegood.ledger.models import GLCode
from makegood.ledger.selectors import get_credit_gl_code
from makegood.ledger.services import add_gl_code, set_gl_code_active
from makegood.payments.models import Refund
from makegood.payments.rules import Follow
from makegood.providers.models import Membership
from makegood.runs.models import Run
from tests.support.answers import Verified
from tests.support.billing import on_day
from tests.support.paying import pay, reverse, stand_of
from tests.support.refunding import DAY, add_invoiced, add_provider_with_sandbox, charge, refund, work_transfers


@pytest.fixture
def manager(db: None) -> Iterator[Membership]:
    _, manager = add_provider_with_sandbox()
    with on_day(DAY):
        yield manager


@pytest.fixture
def invoice(manager: Membership) -> Invoice:
    """Of 60.00: 40.00 paid by a card whose refunds take days, 20.00 due, as a payment by hand bounced."""
    invoice = add_invoiced(manager.provider, outcome="card_refund_pending")
    payment = pay(manager, invoice.customer, 2000)
    charge(manager, invoice)
    reverse(manager, payment)
    invoice.refresh_from_db()
    assert invoice.due_minor == 2000
    return invoice


@pytest.fixture
def gl_code(manager: Membership) -> GLCode:
    """Of credits, and not their default."""
    return add_gl_code(
        provider=manager.provider,
        code="4999",
        description="Settled",
        type=GLCode.Type.CREDIT,
        staff_id=manager.staff_id,
    )


def settle_all(manager: Membership) -> None:
    with frozen_clock(now() + timedelta(days=30)):
        work_transfers(manager.provider)
    assert not Refund.objects.filter(state="pending").exists()


def give(manager: Membership, invoice: Invoice, *, use: bool) -> Run:
    values = CreditValues(2000, get_credit_gl_code(manager.provider, "4920"), "Sorry")
    return credit_invoice(
        membership=manager, invoice=invoice, values=values, use_at_once=use, key=f"use {use} {now().isoformat()}"
    )


def test_its_invoice_is_credited_with_nothing_that_is_used_at_once(
    manager: Membership, invoice: Invoice, assert_verified: Verified
) -> None:
    refund(manager, invoice, 4000, follow=Follow.LEAVE_OPEN)
    offered = preview_invoice_credit(membership=manager, invoice=invoice)
    assert offered.use_refusal is not None
    assert offered.use_refusal.message == (
        f"A refund of invoice {invoice.number} is on its way. Wait until it has settled."
    )
    with pytest.raises(Refused, match="Wait until it has settled") as refused:
        give(manager, invoice, use=True)
    assert refused.value.field == "use_for"
    assert not Run.objects.filter(provider=manager.provider).exclude(state="finished").exists()
    settle_all(manager)
    assert stand_of(invoice) == ("open", 0, 6000)
    assert preview_invoice_credit(membership=manager, invoice=invoice).use_refusal is None
    give(manager, invoice, use=True)
    assert_verified()


def test_the_gl_code_of_the_credit_that_settles_stays_active_and_of_its_type(
    manager: Membership, invoice: Invoice, gl_code: GLCode, assert_verified: Verified
) -> None:
    refund(manager, invoice, 4000, gl_code=gl_code)
    words = f"A refund that is on its way settles an invoice with a credit on GL code {gl_code.code}"
    with pytest.raises(Refused, match=words):
        set_gl_code_active(gl_code=gl_code, active=False, staff_id=manager.staff_id)
    gl_code.refresh_from_db()
    assert gl_code.active
    settle_all(manager)
    set_gl_code_active(gl_code=gl_code, active=False, staff_id=manager.staff_id)
    gl_code.refresh_from_db()
    assert not gl_code.active
    assert stand_of(invoice) == ("open", 0, 2000)
    assert_verified()
