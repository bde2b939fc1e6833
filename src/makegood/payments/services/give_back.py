"""Booking what has gone back of an invoice, and what follows of it.

All demand the transaction of books and customer's lock.
"""

from datetime import date

from django.db.models import F

from makegood.audit.services import record
from makegood.credits.models import Credit
from makegood.credits.services.apply_funds import Wanted, apply_late_funds, use_funds
from makegood.credits.services.issue_credit import issue_credit
from makegood.credits.services.return_funds import Cause, return_uses, spread_newest_first
from makegood.invoices.models import Invoice
from makegood.invoices.rules import OWED
from makegood.invoices.rules import State as InvoiceState
from makegood.invoices.selectors import get_write_off_gl_code
from makegood.kit.clock import now
from makegood.kit.sql import load_sql, run_sql
from makegood.kit.transactions import demand_transaction
from makegood.ledger.locks import hold_gl_code
from makegood.ledger.models import CustomerBalance, GLCode
from makegood.ledger.rules import Line
from makegood.ledger.selectors import get_control_gl_code_id
from makegood.ledger.services import book
from makegood.payments.after_refund import tell_of_refund
from makegood.payments.models import Payment, PaymentMovement, Refund, RefundTransfer
from makegood.payments.movements import note_movement
from makegood.payments.refund_rules import UNDER_WAY
from makegood.payments.refund_words import AVAILABLE_FUNDS, say_way
from makegood.payments.rules import Follow, RefundPurpose, RefundState, TransferState
from makegood.payments.selectors_refunds import REFUND_CAUSE, list_returnable_uses


def book_transfer_of_invoice(*, refund: Refund, transfer: RefundTransfer, booked_on: date) -> None:
    """What went back of one payment, by the transfer, which is saved as done: the invoice is owed again.

    Where the refund says so it is settled at once with a credit of the same amount. What has gone back of an invoice
    that is written off meanwhile is written off too. A transfer by hand is made here.
    """
    demand_transaction()
    invoice = _get_invoice(refund)
    is_written_off = invoice.state == InvoiceState.UNCOLLECTIBLE
    _save_as_done(transfer, _book(refund, transfer, is_written_off, booked_on), booked_on)
    payment = Payment.objects.get(pk=payment_of(transfer))
    _take_from_invoice(refund, transfer, booked_on)
    _move(payment, transfer)
    note_movement(
        payment,
        PaymentMovement.Type.REFUNDED,
        -transfer.amount_minor,
        booked_on,
        entry_id=transfer.journal_entry_id,
        transfer_id=transfer.pk,
    )
    if refund.follow == Follow.SETTLE and not is_written_off:
        how = say_way(transfer.way, payment)
        transfer.credit = _settle(refund, transfer.amount_minor, how, invoice.late_on, booked_on)
        transfer.save(update_fields=["credit"])


def settle_refund(*, refund: Refund, booked_on: date) -> None:
    """Ends a refund or a pay-out of which no part is under way any more: the funds' part, the state, who is told.

    Does nothing while a part is under way. Funds go back only if all parts before them did, and if they can still; they
    go back to the credits that had paid, newest use first, and pay at once what else of the customer is Late.
    """
    demand_transaction()
    states = set(refund.transfers.values_list("state", flat=True))
    if states & set(UNDER_WAY):
        return
    has_failed = TransferState.FAILED in states
    returned = not has_failed and _return_funds(refund, booked_on)
    has_failed = has_failed or (refund.funds_minor > 0 and not returned)
    if not has_failed:
        refund.state = RefundState.DONE
    else:
        refund.state = RefundState.PARTLY if TransferState.SUCCEEDED in states else RefundState.FAILED
    refund.settled_at = refund.settled_at or now()
    refund.save(update_fields=["state", "settled_at", "funds_returned", "credit"])
    if refund.follow == Follow.LEAVE_OPEN and refund.state != RefundState.FAILED:
        Invoice.objects.filter(pk=_get_invoice(refund).pk, state__in=OWED).update(by_hand=True)
    if returned:
        apply_late_funds(provider=refund.provider, customers=[refund.customer_id], booked_on=booked_on)
    _write_down(refund)
    tell_of_refund(refund)


def fail_transfer(*, transfer: RefundTransfer, code: str, failure: str) -> None:
    """Nothing went back by this part of a refund of an invoice: what was reserved for it is free again."""
    demand_transaction()
    save_as_failed(transfer, code, failure)
    Payment.objects.filter(pk=payment_of(transfer)).update(refunding_minor=F("refunding_minor") - transfer.amount_minor)


def payment_of(transfer: RefundTransfer) -> int:
    """The payment that a part goes back of, by number. Raises for a part of no payment."""
    if transfer.payment_id is None:
        raise RuntimeError(f"Transfer {transfer.pk} is of no payment.")
    return transfer.payment_id


def save_as_failed(transfer: RefundTransfer, code: str, failure: str) -> None:
    """The transfer with why it failed. Demands the transaction of what follows."""
    demand_transaction()
    transfer.state = TransferState.FAILED
    transfer.failure_code = code[: RefundTransfer._meta.get_field("failure_code").max_length or 0]
    transfer.failure = failure[: RefundTransfer._meta.get_field("failure").max_length or 0]
    transfer.settled_at = now()
    transfer.next_check_at = transfer.held_until = None
    transfer.save(update_fields=_SETTLED_FIELDS)


_SETTLED_FIELDS = (
    "state",
    "reference",
    "failure_code",
    "failure",
    "settled_at",
    "next_check_at",
    "held_until",
    "journal_entry",
    "booked_on",
)


def _save_as_done(transfer: RefundTransfer, entry_id: int, booked_on: date) -> None:
    transfer.journal_entry_id = entry_id
    transfer.booked_on = booked_on
    transfer.state = TransferState.SUCCEEDED
    transfer.settled_at = now()
    transfer.failure_code = transfer.failure = ""
    transfer.next_check_at = transfer.held_until = None
    if transfer.pk is None:
        transfer.save(force_insert=True)
    else:
        transfer.save(update_fields=_SETTLED_FIELDS)


def _get_invoice(refund: Refund) -> Invoice:
    """The invoice of the refund as it is now."""
    if refund.invoice_id is None:
        raise RuntimeError(f"Refund {refund.pk} is of no invoice.")
    return Invoice.objects.get(provider_id=refund.provider_id, pk=refund.invoice_id)


def _book(refund: Refund, transfer: RefundTransfer, is_written_off: bool, booked_on: date) -> int:
    """The journal entry: where the money was, it is not, and the customer owes it again."""
    if is_written_off:
        debit = hold_gl_code(get_write_off_gl_code(refund.provider).pk).pk
    else:
        debit = get_control_gl_code_id(refund.provider_id, GLCode.Type.RECEIVABLE)
    return book(
        provider_id=refund.provider_id,
        booked_on=booked_on,
        event="payment_refunded",
        cause_type=REFUND_CAUSE,
        cause_id=refund.pk,
        lines=[
            Line(debit, debit_minor=transfer.amount_minor),
            Line(transfer.gl_code_id, credit_minor=transfer.amount_minor),
        ],
    )


def _take_from_invoice(refund: Refund, transfer: RefundTransfer, booked_on: date) -> None:
    """The invoice, its sub-ledger and the allocation, in one statement; then what the customer owes."""
    taken = run_sql(
        load_sql(__package__, "take_allocations_away"),
        {
            "payment": transfer.payment_id,
            "provider": refund.provider_id,
            "customer": refund.customer_id,
            "invoices": [refund.invoice_id],
            "amounts": [transfer.amount_minor],
            "by_hand": refund.follow == Follow.LEAVE_OPEN,
            "journal_entry": transfer.journal_entry_id,
            "created_at": transfer.settled_at,
            "booked_on": booked_on,
        },
    )[0]
    if taken["amount_minor"] != transfer.amount_minor:
        raise RuntimeError(f"Invoice {refund.invoice_id} is gone although its customer is locked.")
    CustomerBalance.objects.filter(customer_id=refund.customer_id).update(
        receivable_minor=F("receivable_minor") + taken["amount_minor"] - taken["written_off_minor"]
    )


def _move(payment: Payment, transfer: RefundTransfer) -> None:
    """What of the payment paid the invoice has gone back; what was reserved for it is not any more."""
    reserved = transfer.amount_minor if transfer.gateway_id is not None else 0
    Payment.objects.filter(pk=payment.pk).update(
        allocated_minor=F("allocated_minor") - transfer.amount_minor,
        refunded_minor=F("refunded_minor") + transfer.amount_minor,
        refunding_minor=F("refunding_minor") - reserved,
    )


def _settle(refund: Refund, amount_minor: int, how: str, late_on: date | None, booked_on: date) -> Credit:
    """A credit of what is owed again, used for it at once.

    how: how what was refunded went, which customers read. late_on: of the invoice before; not late in between.
    """
    gl_code, invoice = refund.gl_code, refund.invoice
    if gl_code is None or invoice is None:
        raise RuntimeError(f"Refund {refund.pk} says that it settles, but not what on which GL code.")
    credit = issue_credit(
        balance=CustomerBalance.objects.get(provider_id=refund.provider_id, customer_id=refund.customer_id),
        amount_minor=amount_minor,
        gl_code=gl_code,
        description=f"Settles invoice {invoice.number} after the refund {how}",
        staff_id=refund.created_by_id,
        booked_on=booked_on,
    )
    used = use_funds(
        refund.provider,
        [refund.customer_id],
        Wanted(invoices=(invoice.pk,), credits=(credit.pk,)),
        booked_on=booked_on,
        created_by_id=refund.created_by_id,
    )
    if used.amount_minor != amount_minor:
        raise RuntimeError(f"Invoice {invoice.pk} cannot be settled although its customer is locked.")
    Invoice.objects.filter(pk=invoice.pk, state=InvoiceState.PAID).update(late_on=late_on)
    return credit


def _return_funds(refund: Refund, booked_on: date) -> bool:
    """Whether the funds' part went back, all of it. Not, if the invoice or its uses have changed meanwhile."""
    if not refund.funds_minor or refund.invoice_id is None or refund.created_by_id is None:
        return False
    invoice = _get_invoice(refund)
    parts = spread_newest_first(list_returnable_uses(invoice), refund.funds_minor)
    if sum(parts.values()) < refund.funds_minor or invoice.state == InvoiceState.UNCOLLECTIBLE:
        return False
    cause = Cause(REFUND_CAUSE, refund.pk, refund.created_by_id)
    return_uses(provider=refund.provider, parts=parts, booked_on=booked_on, cause=cause)
    refund.funds_returned = True
    if refund.follow == Follow.SETTLE:
        refund.credit = _settle(refund, refund.funds_minor, f"to {AVAILABLE_FUNDS}", invoice.late_on, booked_on)
    return True


def _write_down(refund: Refund) -> None:
    """With what the refund is about, where people look for what became of it."""
    given = sum(refund.transfers.filter(state=TransferState.SUCCEEDED).values_list("amount_minor", flat=True))
    subject_type, subject_id = about(refund)
    record(
        provider_id=refund.provider_id,
        staff_id=None,
        action="refund.settled" if refund.purpose == RefundPurpose.REFUND else "pay_out.settled",
        subject_type=subject_type,
        subject_id=subject_id,
        detail={
            "refund": refund.pk,
            "state": str(refund.state),
            "amount_minor": refund.amount_minor,
            "given_back_minor": given + (refund.funds_minor if refund.funds_returned else 0),
            "funds_minor": refund.funds_minor if refund.funds_returned else 0,
        },
    )


def about(refund: Refund) -> tuple[str, int]:
    """What the audit names as the subject of what becomes of a refund: its invoice, or whose funds are paid out."""
    if refund.invoice_id is not None:
        return "invoice", refund.invoice_id
    return "customer", refund.customer_id
