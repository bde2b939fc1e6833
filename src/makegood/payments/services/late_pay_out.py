"""A part of a pay-out that counted as failed, and that the processor has made after all.

All demand the transaction of books and customer's lock.
"""

from collections.abc import Mapping
from datetime import date
from uuid import uuid4

from django.db.models import F

from makegood.audit.services import record
from makegood.credits.services.pay_out_credits import take_for_pay_out
from makegood.kit.clock import now
from makegood.kit.transactions import demand_transaction
from makegood.ledger.models import CustomerBalance, GLCode
from makegood.ledger.rules import Line
from makegood.ledger.selectors import get_control_gl_code_id
from makegood.ledger.services import book
from makegood.payments.failure_words import MADE_LATE
from makegood.payments.models import Payment, PaymentMovement, Refund, RefundTransfer
from makegood.payments.movements import note_movement
from makegood.payments.paying_out import list_paid_credits
from makegood.payments.refund_rules import Held, take_oldest_first
from makegood.payments.rules import RefundPurpose, TransferState, Way
from makegood.payments.selectors_refunds import REFUND_CAUSE
from makegood.payments.services.give_back import payment_of, settle_refund
from makegood.payments.telling_refunds import tell_of_late_pay_out


def can_book_late_pay_out(transfer: RefundTransfer) -> bool:
    """Whether what was paid out after all can be taken out of the customer's paid funds, and of the payment."""
    if transfer.refund.purpose != RefundPurpose.PAY_OUT or transfer.state != TransferState.FAILED:
        return False
    return transfer.failure_code != MADE_LATE and _find_parts(transfer) is not None


def book_late_pay_out(*, transfer: RefundTransfer, booked_on: date) -> Refund:
    """Books it as a pay-out of its own, out of paid funds, oldest first; the earlier one stays failed, and says so.

    Its key and reference go to the new one, so that it is recognised if it bounces. Managers, and who had asked for it,
    are told. Raises where `can_book_late_pay_out` says no.
    """
    demand_transaction()
    parts = _find_parts(transfer)
    if parts is None:
        raise RuntimeError(f"The funds of transfer {transfer.pk} are not there any more.")
    attempt_key, reference = transfer.attempt_key, transfer.reference
    _let_go(transfer)
    refund = _make(transfer.refund, transfer.amount_minor)
    entry_id = _book(refund, transfer.gl_code_id, booked_on)
    balance = CustomerBalance.objects.get(provider_id=refund.provider_id, customer_id=refund.customer_id)
    take_for_pay_out(balance=balance, parts=parts, entry_id=entry_id, booked_on=booked_on)
    made = RefundTransfer.objects.create(
        provider_id=refund.provider_id,
        refund=refund,
        customer_id=refund.customer_id,
        payment_id=payment_of(transfer),
        gateway_id=transfer.gateway_id,
        way=Way.GATEWAY,
        amount_minor=refund.amount_minor,
        gl_code_id=transfer.gl_code_id,
        state=TransferState.SUCCEEDED,
        attempt_key=attempt_key,
        reference=reference,
        submitted_at=transfer.submitted_at,
        settled_at=refund.created_at,
        journal_entry_id=entry_id,
        booked_on=booked_on,
    )
    payment = Payment.objects.get(pk=payment_of(transfer))
    Payment.objects.filter(pk=payment.pk).update(paid_out_minor=F("paid_out_minor") + refund.amount_minor)
    paid_out = PaymentMovement.Type.PAID_OUT
    note_movement(payment, paid_out, -refund.amount_minor, booked_on, entry_id=entry_id, transfer_id=made.pk)
    _write_down(refund, transfer)
    settle_refund(refund=refund, booked_on=booked_on)
    tell_of_late_pay_out(made, transfer.refund_id)
    return refund


def _find_parts(transfer: RefundTransfer) -> Mapping[int, int] | None:
    """What is taken out of which credit, by its number; None where funds or payment do not hold as much."""
    payment = Payment.objects.get(pk=payment_of(transfer))
    credits = list_paid_credits(transfer.refund.customer)
    held = [Held(credit.pk, credit.remaining_minor, None) for credit in credits]
    amount_minor = transfer.amount_minor
    if min(payment.refundable_minor, sum(each.amount_minor for each in held)) < amount_minor:
        return None
    return {each.credit_id: each.amount_minor for each in take_oldest_first(amount_minor, held)}


def _let_go(transfer: RefundTransfer) -> None:
    """The failed part is not what the processor knows any more."""
    transfer.attempt_key, transfer.reference, transfer.failure_code = uuid4(), "", MADE_LATE
    transfer.save(update_fields=["attempt_key", "reference", "failure_code"])


def _make(earlier: Refund, amount_minor: int) -> Refund:
    return Refund.objects.create(
        provider_id=earlier.provider_id,
        customer_id=earlier.customer_id,
        purpose=RefundPurpose.PAY_OUT,
        amount_minor=amount_minor,
        reason=f"Pay-out {earlier.pk} was made after it had counted as failed",
        key=uuid4().hex,
        request_hash="",
        created_by_id=earlier.created_by_id,
        created_at=now(),
    )


def _book(refund: Refund, gl_code_id: int, booked_on: date) -> int:
    """The journal entry: the funds leave from where the money was."""
    funds = get_control_gl_code_id(refund.provider_id, GLCode.Type.AVAILABLE_FUNDS)
    return book(
        provider_id=refund.provider_id,
        booked_on=booked_on,
        event="funds_paid_out",
        cause_type=REFUND_CAUSE,
        cause_id=refund.pk,
        lines=[Line(funds, debit_minor=refund.amount_minor), Line(gl_code_id, credit_minor=refund.amount_minor)],
    )


def _write_down(refund: Refund, transfer: RefundTransfer) -> None:
    record(
        provider_id=refund.provider_id,
        staff_id=None,
        action="funds.paid_out_late",
        subject_type="customer",
        subject_id=refund.customer_id,
        detail={"refund": refund.pk, "amount_minor": refund.amount_minor, "failed": transfer.refund_id},
    )
