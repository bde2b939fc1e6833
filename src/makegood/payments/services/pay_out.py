"""Paying out prepaid and overpaid Available Funds: booked with the decision; the processor is asked after it."""

from datetime import date
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import F

from makegood.audit.services import record
from makegood.credits.services.pay_out_credits import take_for_pay_out
from makegood.customers.models import Customer
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.kit.transactions import demand_transaction
from makegood.ledger.locks import hold_books, hold_gl_code
from makegood.ledger.models import CustomerBalance, GLCode
from makegood.ledger.rules import Line
from makegood.ledger.selectors import get_control_gl_code_id
from makegood.ledger.services import book
from makegood.payments.models import Payment, PaymentMovement, Refund, RefundTransfer
from makegood.payments.movements import note_movement
from makegood.payments.paying_out import PayOutPart, PayOutPreview, plan_pay_out
from makegood.payments.rules import RefundPurpose, TransferState, Way
from makegood.payments.selectors_refunds import REFUND_CAUSE, find_earlier_refund
from makegood.payments.services.give_back import settle_refund
from makegood.payments.services.record_payment import lock_customer, require_key
from makegood.payments.services.refund_invoice import clean_reason_of_refund
from makegood.payments.services.transfers import send_on_their_way
from makegood.payments.ways import ByHand, clean_by_hand
from makegood.providers.locks import hold_provider
from makegood.providers.models import Membership
from makegood.runs.rules import hash_request


def pay_out(
    *,
    membership: Membership,
    customer: Customer,
    amount_minor: int,
    way: str = Way.GATEWAY,
    gl_code: GLCode | None = None,
    reference: str = "",
    reason: str,
    key: str,
    seen: str | None = None,
) -> Refund:
    """Pays so much of a customer's prepaid and overpaid funds out, in minor units; the oldest credits first.

    Opens a transaction: books, then the customer. The funds leave with the decision, by whichever way; what the
    processor then cannot give back comes back to the credits. To payment methods it goes as far as their payments hold
    it: each overpayment to its own payment first, then to the newest.
    way: through the processor, in cash or by bank transfer; gl_code: for the latter two, of type cash (the first one if
    none is named). reference: for staff. seen: the fingerprint of the preview that the person saw.
    key: the same key with the same request gives the first pay-out; with another it is refused.
    Refused where the person may not, while billing is off, without a reason, while an invoice is Late, and for more
    than can be paid out so.
    """
    provider = membership.provider
    reason = clean_reason_of_refund(reason)
    require_key(key)
    by_hand = ByHand(way, gl_code, reference) if way != Way.GATEWAY else None
    said = {
        "pay_out": customer.pk,
        "amount_minor": amount_minor,
        "way": str(way),
        "by_hand": by_hand.words if by_hand else None,
        "reason": reason,
    }
    refund = Refund(
        provider=provider,
        purpose=RefundPurpose.PAY_OUT,
        customer=customer,
        amount_minor=amount_minor,
        reason=reason,
        key=key,
        request_hash=hash_request(said),
        created_by_id=membership.staff_id,
    )
    try:
        with transaction.atomic():
            booked_on = hold_books(provider)
            balance = lock_customer(provider, customer)
            earlier = find_earlier_refund(refund)
            refund = earlier or _decide(membership, refund, balance, by_hand, seen, booked_on)
    except IntegrityError:
        # The same key for another customer at the same moment: only the database saw both.
        if earlier := find_earlier_refund(refund):
            return earlier
        raise
    return send_on_their_way(refund)


def _decide(
    membership: Membership,
    refund: Refund,
    balance: CustomerBalance,
    by_hand: ByHand | None,
    seen: str | None,
    booked_on: date,
) -> Refund:
    demand_transaction()
    provider = hold_provider(membership.provider_id)
    by_hand = clean_by_hand(provider, by_hand) if by_hand else None
    way = by_hand.way if by_hand else Way.GATEWAY
    plan = plan_pay_out(membership, provider, refund.customer, refund.amount_minor, way)
    if plan.refusal is not None:
        raise plan.refusal
    if seen is not None and seen != plan.fingerprint:
        raise Refused("changed_meanwhile", "What can be paid out has changed since you looked. Look again.")
    refund.created_at = now()
    refund.save(force_insert=True)
    gl_codes = [_gl_code_of(part, by_hand) for part in plan.parts]
    entry_id = _book(refund, plan, gl_codes, booked_on)
    parts = {each.credit.pk: each.amount_minor for each in plan.credits}
    take_for_pay_out(balance=balance, parts=parts, entry_id=entry_id, booked_on=booked_on)
    for part, gl_code_id in zip(plan.parts, gl_codes, strict=True):
        _make_transfer(refund, part, gl_code_id, by_hand, entry_id, booked_on)
    _write_down(refund)
    settle_refund(refund=refund, booked_on=booked_on)
    return refund


def _gl_code_of(part: PayOutPart, by_hand: ByHand | None) -> int:
    """What the money leaves from, held where a person could deactivate it."""
    if by_hand is not None and by_hand.gl_code is not None:
        return hold_gl_code(by_hand.gl_code.pk).pk
    if part.payment is None:
        raise RuntimeError("Through a processor only a payment's money goes back.")
    return part.payment.gl_code_id


def _book(refund: Refund, plan: PayOutPreview, gl_codes: list[int], booked_on: date) -> int:
    """The journal entry: the funds leave from where the money is."""
    amounts: dict[int, int] = {}
    for part, gl_code_id in zip(plan.parts, gl_codes, strict=True):
        amounts[gl_code_id] = amounts.get(gl_code_id, 0) + part.amount_minor
    funds = get_control_gl_code_id(refund.provider_id, GLCode.Type.AVAILABLE_FUNDS)
    return book(
        provider_id=refund.provider_id,
        booked_on=booked_on,
        event="funds_paid_out",
        cause_type=REFUND_CAUSE,
        cause_id=refund.pk,
        lines=[
            Line(funds, debit_minor=refund.amount_minor),
            *[Line(gl_code_id, credit_minor=amount) for gl_code_id, amount in amounts.items()],
        ],
    )


def _make_transfer(
    refund: Refund, part: PayOutPart, gl_code_id: int, by_hand: ByHand | None, entry_id: int, booked_on: date
) -> None:
    transfer = RefundTransfer(
        provider_id=refund.provider_id,
        refund=refund,
        customer_id=refund.customer_id,
        payment=part.payment,
        way=part.way,
        amount_minor=part.amount_minor,
        gl_code_id=gl_code_id,
        attempt_key=uuid4(),
        journal_entry_id=entry_id,
        booked_on=booked_on,
    )
    if by_hand is None:
        transfer.gateway_id = part.payment.gateway_id if part.payment else None
        transfer.next_check_at = refund.created_at
    else:
        transfer.state = TransferState.SUCCEEDED
        transfer.settled_at = refund.created_at
        transfer.reference = by_hand.reference
    transfer.save(force_insert=True)
    if part.payment is None:
        return
    Payment.objects.filter(pk=part.payment.pk).update(paid_out_minor=F("paid_out_minor") + part.amount_minor)
    note_movement(
        part.payment,
        PaymentMovement.Type.PAID_OUT,
        -part.amount_minor,
        booked_on,
        entry_id=entry_id,
        transfer_id=transfer.pk,
    )


def _write_down(refund: Refund) -> None:
    record(
        provider_id=refund.provider_id,
        staff_id=refund.created_by_id,
        action="funds.paid_out",
        subject_type="customer",
        subject_id=refund.customer_id,
        detail={"refund": refund.pk, "amount_minor": refund.amount_minor, "reason": refund.reason},
    )
