"""A refund that had succeeded and that the bank then did not take: the money becomes Available Funds."""

from datetime import date

from django.db.models import F

from makegood.audit.services import record
from makegood.credits.models import Credit
from makegood.invoices.rules import State as InvoiceState
from makegood.invoices.selectors import get_write_off_gl_code
from makegood.kit.clock import now
from makegood.kit.sql import load_sql, run_sql
from makegood.kit.transactions import demand_transaction
from makegood.ledger.locks import hold_gl_code
from makegood.ledger.models import GLCode
from makegood.ledger.rules import Line
from makegood.ledger.selectors import get_control_gl_code_id
from makegood.ledger.services import book
from makegood.payments.models import Payment, PaymentMovement, RefundTransfer
from makegood.payments.movements import note_movement
from makegood.payments.rules import RefundPurpose
from makegood.payments.selectors_refunds import REFUND_CAUSE
from makegood.payments.services.give_back import about, payment_of
from makegood.payments.services.overpayment import Moving, put_into_overpayment
from makegood.payments.services.pay_out_back import return_funds_of
from makegood.payments.telling import tell_of_bounced_refund

Type = PaymentMovement.Type


def bounce_transfer(*, transfer: RefundTransfer, code: str, failure: str, booked_on: date) -> None:
    """What went back is there again, as Available Funds. Demands the transaction of books and customer's lock.

    Of a refund it is an overpayment of the payment; of a pay-out it goes back to the credits that it was taken out of.
    What was written off when it went back, as the invoice had been given up, is not any more. The invoice stays as the
    refund left it; managers and who asked for it are told.
    """
    demand_transaction()
    kept_minor = 0
    if transfer.refund.purpose == RefundPurpose.PAY_OUT:
        kept_minor = return_funds_of(transfer=transfer, booked_on=booked_on)
    elif _was_written_off(transfer):
        kept_minor = transfer.amount_minor
        _pay_given_up(transfer, booked_on)
    else:
        transfer.bounce_credit = _make_overpayment(transfer, booked_on)
    transfer.bounced_at = now()
    transfer.failure_code = code[: RefundTransfer._meta.get_field("failure_code").max_length or 0]
    transfer.failure = failure[: RefundTransfer._meta.get_field("failure").max_length or 0]
    transfer.save(update_fields=["bounced_at", "bounce_credit", "failure_code", "failure"])
    subject_type, subject_id = about(transfer.refund)
    record(
        provider_id=transfer.provider_id,
        staff_id=None,
        action="refund.bounced",
        subject_type=subject_type,
        subject_id=subject_id,
        detail={
            "refund": transfer.refund_id,
            "amount_minor": transfer.amount_minor,
            "payment": transfer.payment_id,
            "failure": transfer.failure_code,
        },
    )
    tell_of_bounced_refund(transfer, kept_minor)


def _was_written_off(transfer: RefundTransfer) -> bool:
    """Whether nobody owed it again when it went back, as its invoice was Uncollectible."""
    invoice, entry = transfer.refund.invoice, transfer.journal_entry
    if invoice is None or entry is None or invoice.state != InvoiceState.UNCOLLECTIBLE:
        return False
    return not entry.lines.filter(gl_code__type=GLCode.Type.RECEIVABLE).exists()


def _pay_given_up(transfer: RefundTransfer, booked_on: date) -> None:
    """The payment pays its invoice as before, which is Uncollectible still."""
    provider, payment = transfer.refund.provider, Payment.objects.get(pk=payment_of(transfer))
    write_off = hold_gl_code(get_write_off_gl_code(provider).pk)
    entry_id = book(
        provider_id=provider.pk,
        booked_on=booked_on,
        event="refund_bounced",
        cause_type=REFUND_CAUSE,
        cause_id=transfer.refund_id,
        lines=[
            Line(transfer.gl_code_id, debit_minor=transfer.amount_minor),
            Line(write_off.pk, credit_minor=transfer.amount_minor),
        ],
    )
    paid = run_sql(
        load_sql(__package__, "allocate_written_off"),
        {
            "payment": payment.pk,
            "provider": provider.pk,
            "customer": transfer.customer_id,
            "invoices": [transfer.refund.invoice_id],
            "amounts": [transfer.amount_minor],
            "journal_entry": entry_id,
            "created_at": now(),
            "booked_on": booked_on,
        },
    )[0]
    if paid["amount_minor"] != transfer.amount_minor:
        raise RuntimeError(f"Invoice {transfer.refund.invoice_id} changed although its customer is locked.")
    Payment.objects.filter(pk=payment.pk).update(
        refunded_minor=F("refunded_minor") - transfer.amount_minor,
        allocated_minor=F("allocated_minor") + transfer.amount_minor,
    )
    note_movement(payment, Type.BOUNCED, transfer.amount_minor, booked_on, entry_id=entry_id, transfer_id=transfer.pk)


def _make_overpayment(transfer: RefundTransfer, booked_on: date) -> Credit:
    """The payment's overpayment grows by it, or there is one now."""
    payment = Payment.objects.select_related("overpayment_credit").get(pk=payment_of(transfer))
    entry_id = book(
        provider_id=transfer.provider_id,
        booked_on=booked_on,
        event="refund_bounced",
        cause_type=REFUND_CAUSE,
        cause_id=transfer.refund_id,
        lines=[
            Line(transfer.gl_code_id, debit_minor=transfer.amount_minor),
            Line(
                get_control_gl_code_id(transfer.provider_id, GLCode.Type.AVAILABLE_FUNDS),
                credit_minor=transfer.amount_minor,
            ),
        ],
    )
    sent_back = f"Refund of payment {payment.pk}, sent back by the bank"
    moving = Moving(Type.BOUNCED, booked_on, now())
    credit = put_into_overpayment(payment, transfer.amount_minor, sent_back, entry_id, moving)
    Payment.objects.filter(pk=payment.pk).update(
        refunded_minor=F("refunded_minor") - transfer.amount_minor,
        over_minor=F("over_minor") + transfer.amount_minor,
        overpayment_credit=credit,
    )
    note_movement(payment, Type.BOUNCED, transfer.amount_minor, booked_on, entry_id=entry_id, transfer_id=transfer.pk)
    return credit
