"""Refunding an invoice: the decision, with what is reserved for it. The processor is asked after it."""

from datetime import date
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import F

from makegood.audit.services import record
from makegood.credits.limits import require_may_give
from makegood.credits.services.void_invoice import read_invoice
from makegood.invoices.models import Invoice
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.kit.text import require_fitting, require_no_number, require_plain
from makegood.kit.transactions import demand_transaction
from makegood.ledger.locks import hold_books, hold_gl_code
from makegood.ledger.models import GLCode
from makegood.ledger.selectors import get_default_credit_gl_code, require_credit_gl_code
from makegood.payments.models import Payment, Refund, RefundTransfer
from makegood.payments.recording import clean_words
from makegood.payments.refunding import RefundPart, RefundPreview, plan_refund
from makegood.payments.rules import Follow, RefundPurpose
from makegood.payments.selectors_refunds import find_earlier_refund, sum_waiting_to_settle
from makegood.payments.services.give_back import book_transfer_of_invoice, settle_refund
from makegood.payments.services.record_payment import lock_customer, require_key
from makegood.payments.services.transfers import send_on_their_way
from makegood.payments.ways import ByHand, clean_by_hand
from makegood.providers.locks import hold_provider
from makegood.providers.models import Membership, Provider
from makegood.runs.rules import hash_request


def refund_invoice(
    *,
    membership: Membership,
    invoice: Invoice,
    amount_minor: int,
    follow: str = Follow.SETTLE,
    gl_code: GLCode | None = None,
    reason: str,
    key: str,
    by_hand: ByHand | None = None,
    seen: str | None = None,
) -> Refund:
    """Gives back so much of what paid an invoice, in minor units: to payment methods first, then to the credits.

    Opens a transaction for the decision: books, the customer, then the payments. What goes back through the processor
    is reserved there and booked when the processor has made it; what goes back by hand is booked with the decision, and
    so are the funds if nothing waits for the processor.
    follow: whether the invoice is settled with a credit of the same amount on the GL code (that of the settings if none
    is named), or is left open, to be collected by hand. by_hand: how money goes back whose method is gone.
    seen: the fingerprint of the preview that the person saw.
    key: the same key with the same request gives the first refund; with another it is refused.
    Refused where the person may not, while billing is off, without a reason, over a limit of giving, and, saying why,
    for what cannot go back (see `makegood.payments.refunding`).
    """
    provider = membership.provider
    if follow not in Follow.values:
        raise Refused("follow_unknown", f"What follows is one of {', '.join(Follow.values)}.", "follow")
    reason = clean_reason_of_refund(reason)
    require_key(key)
    refund = Refund(
        provider=provider,
        purpose=RefundPurpose.REFUND,
        amount_minor=amount_minor,
        follow=follow,
        gl_code=gl_code if follow == Follow.SETTLE else None,
        reason=reason,
        key=key,
        created_by_id=membership.staff_id,
    )
    refund.request_hash = _hash(refund, invoice, by_hand)
    try:
        with transaction.atomic():
            booked_on = hold_books(provider)
            invoice = read_invoice(membership, invoice)
            lock_customer(provider, invoice.customer)
            earlier = find_earlier_refund(refund)
            refund = earlier or _decide(membership, refund, invoice.pk, by_hand, seen, booked_on)
    except IntegrityError:
        # The same key for another customer's invoice at the same moment: only the database saw both.
        if earlier := find_earlier_refund(refund):
            return earlier
        raise
    return send_on_their_way(refund)


def _hash(refund: Refund, invoice: Invoice, by_hand: ByHand | None) -> str:
    """The same for the same request, whatever then went back where."""
    return hash_request(
        {
            "invoice": invoice.pk,
            "amount_minor": refund.amount_minor,
            "follow": str(refund.follow),
            "gl_code": refund.gl_code_id,
            "reason": refund.reason,
            "by_hand": by_hand.words if by_hand else None,
        }
    )


def clean_reason_of_refund(reason: str) -> str:
    """The reason on one line. Refused if there is none, if it does not fit, and with the number of a card in it."""
    reason = clean_words(reason)
    require_plain(reason=reason)
    require_no_number(reason=reason)
    if not reason:
        raise Refused("reason_missing", "Say why; it is kept with the refund.", "reason")
    require_fitting(Refund, reason=reason)
    return reason


def _decide(
    membership: Membership, refund: Refund, invoice_id: int, by_hand: ByHand | None, seen: str | None, booked_on: date
) -> Refund:
    demand_transaction()
    provider = hold_provider(membership.provider_id)
    by_hand = clean_by_hand(provider, by_hand) if by_hand else None
    # Read again under the lock.
    invoice = Invoice.objects.select_related("provider", "customer").get(provider=provider, pk=invoice_id)
    plan = plan_refund(membership, provider, invoice, refund.amount_minor, by_hand, booked_on)
    if plan.refusal is not None:
        raise plan.refusal
    if seen is not None and seen != plan.fingerprint:
        raise Refused("changed_meanwhile", "What has paid this invoice has changed since you looked. Look again.")
    if refund.follow == Follow.SETTLE:
        refund.gl_code = _hold_credit_gl_code(provider, refund.gl_code)
        besides = sum_waiting_to_settle(provider, membership.staff_id)
        require_may_give(membership, provider, refund.amount_minor, lock=True, besides=besides)
    refund.invoice, refund.customer = invoice, invoice.customer
    refund.funds_minor = plan.to_funds_minor
    refund.created_at = now()
    refund.save(force_insert=True)
    _write_down(refund, plan)
    _make_transfers(refund, plan, booked_on)
    settle_refund(refund=refund, booked_on=booked_on)
    return refund


def _hold_credit_gl_code(provider: Provider, wanted: GLCode | None) -> GLCode:
    gl_code = wanted or get_default_credit_gl_code(provider)
    if gl_code.provider_id != provider.pk:
        raise Refused("gl_code_unknown", f"{provider.name} has no such GL code.", "gl_code")
    gl_code = hold_gl_code(gl_code.pk)
    require_credit_gl_code(gl_code)
    return gl_code


def _make_transfers(refund: Refund, plan: RefundPreview, booked_on: date) -> None:
    """Reserves what the processor is to give back, and books what goes back by hand."""
    for part in sorted(plan.parts, key=lambda each: each.payment.pk):
        transfer = _make_transfer(refund, part)
        if part.is_at_once:
            transfer.gl_code = _hold_cash_gl_code(part)
            book_transfer_of_invoice(refund=refund, transfer=transfer, booked_on=booked_on)
            continue
        transfer.next_check_at = refund.created_at
        transfer.save(force_insert=True)
        Payment.objects.filter(pk=part.payment.pk).update(refunding_minor=F("refunding_minor") + part.amount_minor)


def _make_transfer(refund: Refund, part: RefundPart) -> RefundTransfer:
    """The part of a refund that goes back of one payment, not saved yet."""
    return RefundTransfer(
        provider_id=refund.provider_id,
        refund=refund,
        customer_id=refund.customer_id,
        payment=part.payment,
        gateway_id=None if part.is_at_once else part.payment.gateway_id,
        way=part.way,
        amount_minor=part.amount_minor,
        gl_code=part.gl_code,
        attempt_key=uuid4(),
        reference=part.reference,
    )


def _hold_cash_gl_code(part: RefundPart) -> GLCode:
    if part.gl_code is None:
        raise Refused("gl_code_missing", "There is no active GL code of type cash. Add one under GL Codes.", "gl_code")
    return hold_gl_code(part.gl_code.pk)


def _write_down(refund: Refund, plan: RefundPreview) -> None:
    record(
        provider_id=refund.provider_id,
        staff_id=refund.created_by_id,
        action="invoice.refunded",
        subject_type="invoice",
        subject_id=plan.invoice.pk,
        detail={
            "refund": refund.pk,
            "number": plan.invoice.number,
            "amount_minor": refund.amount_minor,
            "funds_minor": refund.funds_minor,
            "follow": str(refund.follow),
            "reason": refund.reason,
        },
    )
