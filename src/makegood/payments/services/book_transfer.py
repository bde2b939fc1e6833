"""Booking what a processor says of a part of a refund, however often and in whatever order it says it."""

from datetime import date

from django.db.models import F

from makegood.credits.services.apply_funds import apply_late_funds
from makegood.gateways.interface import Refund as Answer
from makegood.gateways.rules import Standing
from makegood.kit.clock import now
from makegood.kit.transactions import demand_transaction, opens_transaction
from makegood.ledger.locks import hold_books, lock_balances
from makegood.payments.failure_words import MADE_LATE
from makegood.payments.models import Payment, Refund, RefundTransfer
from makegood.payments.refund_rules import UNDER_WAY
from makegood.payments.rules import RefundPurpose, RefundState, TransferState
from makegood.payments.schedule import POLL
from makegood.payments.services.bounce import bounce_transfer
from makegood.payments.services.give_back import book_transfer_of_invoice, fail_transfer, payment_of, settle_refund
from makegood.payments.services.handle_dispute import book_rest_of_disputes
from makegood.payments.services.late_pay_out import book_late_pay_out, can_book_late_pay_out
from makegood.payments.services.pay_out_back import book_pay_out_back, book_pay_out_done
from makegood.payments.telling import tell_of_late_refund
from makegood.providers.models import Provider


def book_transfer(*, provider: Provider, transfer_id: int, refund: Answer) -> RefundTransfer:
    """Books what the processor says of a part of a refund. Opens a transaction: books, customer, then the payment.

    refund: what the processor says. A success is booked once, and what follows of it in the same transaction; a failure
    frees what was reserved. A failure after the success is a refund that has bounced: the money becomes Available
    Funds. What is there again goes first to disputes of its payment that could not take all, then to what is Late.
    A success after a failure is booked where that is possible still; managers are told else.
    Raises where the answer is about another part.
    """
    with opens_transaction():
        booked_on = hold_books(provider)
        transfer = lock_transfer(provider, transfer_id)
        book_answer(transfer=transfer, answer=refund, booked_on=booked_on)
    return transfer


def lock_transfer(provider: Provider, transfer_id: int) -> RefundTransfer:
    """The part of a refund, under the locks of its customer and its payment. Demands the transaction of the books."""
    demand_transaction()
    transfer = RefundTransfer.objects.get(provider=provider, pk=transfer_id)
    lock_balances(provider.pk, [transfer.customer_id])
    list(Payment.objects.select_for_update(no_key=True).filter(pk=payment_of(transfer)))
    # Read again under the locks, in a statement of its own.
    transfer = RefundTransfer.objects.select_related("refund", "refund__invoice").get(pk=transfer_id)
    transfer.refund.provider = transfer.provider = provider
    return transfer


def book_answer(*, transfer: RefundTransfer, answer: Answer, booked_on: date) -> None:
    """As `book_transfer`, of a part that `lock_transfer` gave. Demands the same transaction."""
    demand_transaction()
    _require_about(transfer, answer)
    before = (transfer.state, transfer.bounced_at)
    _note(transfer, answer, booked_on)
    if transfer.state in UNDER_WAY or (transfer.state, transfer.bounced_at) == before:
        return
    provider = transfer.refund.provider
    book_rest_of_disputes(provider=provider, payment_id=payment_of(transfer), booked_on=booked_on)
    if transfer.state == TransferState.FAILED or transfer.bounced_at is not None:
        apply_late_funds(provider=provider, customers=[transfer.customer_id], booked_on=booked_on)


def _require_about(transfer: RefundTransfer, answer: Answer) -> None:
    is_same = answer.amount_minor == transfer.amount_minor and answer.key in ("", str(transfer.attempt_key))
    if not is_same or (transfer.reference and answer.reference and transfer.reference != answer.reference):
        raise RuntimeError(f"The processor said of transfer {transfer.pk} what cannot be true: {answer.reference}.")


def _note(transfer: RefundTransfer, answer: Answer, booked_on: date) -> None:
    demand_transaction()
    if not transfer.reference and answer.reference:
        transfer.reference = answer.reference
        RefundTransfer.objects.filter(pk=transfer.pk).update(reference=answer.reference)
    if transfer.state in UNDER_WAY:
        _note_first(transfer, answer, booked_on)
    elif answer.standing == Standing.FAILED and transfer.state == TransferState.SUCCEEDED:
        if transfer.bounced_at is None:
            bounce_transfer(transfer=transfer, code=answer.failure_code, failure=answer.failure, booked_on=booked_on)
    elif answer.standing == Standing.SUCCEEDED and transfer.state == TransferState.FAILED:
        _note_late(transfer, booked_on)


def _note_first(transfer: RefundTransfer, answer: Answer, booked_on: date) -> None:
    if transfer.state == TransferState.CREATED:
        # It was heard of before whoever submitted it could say so.
        transfer.state, transfer.submitted_at = TransferState.SUBMITTED, transfer.submitted_at or now()
        transfer.save(update_fields=["state", "submitted_at"])
    if answer.standing == Standing.PROCESSING:
        transfer.state = TransferState.SUBMITTED
        transfer.held_until, transfer.next_check_at = None, now() + POLL
        transfer.save(update_fields=["state", "held_until", "next_check_at"])
        return
    is_pay_out = transfer.refund.purpose == RefundPurpose.PAY_OUT
    if answer.standing == Standing.SUCCEEDED:
        _book_done(transfer.refund, transfer, booked_on)
    elif is_pay_out:
        book_pay_out_back(transfer=transfer, code=answer.failure_code, failure=answer.failure, booked_on=booked_on)
    else:
        fail_transfer(transfer=transfer, code=answer.failure_code, failure=answer.failure)
    settle_refund(refund=transfer.refund, booked_on=booked_on)


def _book_done(refund: Refund, transfer: RefundTransfer, booked_on: date) -> None:
    if refund.purpose == RefundPurpose.PAY_OUT:
        book_pay_out_done(transfer=transfer)
    else:
        book_transfer_of_invoice(refund=refund, transfer=transfer, booked_on=booked_on)


def _note_late(transfer: RefundTransfer, booked_on: date) -> None:
    """A part that had failed was made after all: it is booked if its payment still pays the invoice.

    Of a pay-out, if as much of paid funds is there still.
    """
    refund = transfer.refund
    if transfer.failure_code == MADE_LATE:
        return
    if can_book_late_pay_out(transfer):
        book_late_pay_out(transfer=transfer, booked_on=booked_on)
        return
    if not can_book_late(transfer):
        tell_of_late_refund(transfer)
        return
    reserved = Payment.objects.filter(pk=payment_of(transfer))
    reserved.update(refunding_minor=F("refunding_minor") + transfer.amount_minor)
    book_transfer_of_invoice(refund=refund, transfer=transfer, booked_on=booked_on)
    settle_refund(refund=refund, booked_on=booked_on)


def can_book_late(transfer: RefundTransfer) -> bool:
    """Whether the payment still pays as much of the invoice, and nothing else of it is going back."""
    refund, payment = transfer.refund, transfer.payment
    if (
        refund.purpose == RefundPurpose.PAY_OUT
        or payment is None
        or payment.refundable_minor < transfer.amount_minor
        or refund.invoice is None
    ):
        return False
    pending = Refund.objects.filter(provider_id=refund.provider_id, invoice=refund.invoice, state=RefundState.PENDING)
    if refund.invoice.in_flight_minor or pending.exclude(pk=refund.pk).exists():
        return False
    paying = payment.allocations.filter(invoice=refund.invoice).values_list("amount_minor", flat=True)
    return sum(paying) >= transfer.amount_minor
