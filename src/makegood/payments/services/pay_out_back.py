"""What became of a part of a pay-out: it was given back, or the funds are there again.

All demand the transaction of books and customer's lock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Sum

from makegood.credits.models import Credit, CreditEntry
from makegood.credits.services.pay_out_credits import return_from_pay_out
from makegood.invoices.selectors import get_write_off_gl_code
from makegood.kit.clock import now
from makegood.kit.transactions import demand_transaction
from makegood.ledger.locks import hold_gl_code
from makegood.ledger.models import CustomerBalance, GLCode
from makegood.ledger.rules import Line
from makegood.ledger.selectors import get_control_gl_code_id
from makegood.ledger.services import book
from makegood.payments.models import Payment, PaymentMovement, RefundTransfer
from makegood.payments.movements import note_movement
from makegood.payments.rules import TransferState
from makegood.payments.selectors_refunds import REFUND_CAUSE
from makegood.payments.services.give_back import payment_of, save_as_failed
from makegood.payments.services.overpayment import Moving, enter_funds
from makegood.payments.telling_refunds import tell_of_kept_pay_out


def book_pay_out_done(*, transfer: RefundTransfer) -> None:
    """The processor has given it back; it was booked with the decision."""
    demand_transaction()
    transfer.state = TransferState.SUCCEEDED
    transfer.settled_at = now()
    transfer.next_check_at = transfer.held_until = None
    transfer.save(update_fields=["state", "settled_at", "next_check_at", "held_until"])


def book_pay_out_back(*, transfer: RefundTransfer, code: str, failure: str, booked_on: date) -> None:
    """The processor does not give it back: it has failed, and the funds are there again."""
    demand_transaction()
    save_as_failed(transfer, code, failure)
    return_funds_of(transfer=transfer, booked_on=booked_on)


def return_funds_of(*, transfer: RefundTransfer, booked_on: date) -> int:
    """The funds are in the credits again that this part was taken out of; what a bank took back meanwhile is not.

    Where the payment of such a credit was taken back while its funds were away, that was written off; as far as they
    come now, they make up for it, and managers are told. Returns how much that is, in minor units.
    """
    demand_transaction()
    refund, payment = transfer.refund, Payment.objects.get(pk=payment_of(transfer))
    parts = _find_parts(transfer)
    lost = _find_lost(parts)
    lost_minor = sum(each.amount_minor for each in lost)
    entry_id = _book(transfer, lost_minor, booked_on)
    balance = CustomerBalance.objects.get(provider_id=refund.provider_id, customer_id=refund.customer_id)
    return_from_pay_out(balance=balance, parts=parts, entry_id=entry_id, booked_on=booked_on)
    if lost:
        _take_lost(lost, entry_id, booked_on)
        tell_of_kept_pay_out(transfer, lost_minor)
    Payment.objects.filter(pk=payment.pk).update(paid_out_minor=F("paid_out_minor") - transfer.amount_minor)
    note_movement(
        payment,
        PaymentMovement.Type.BOUNCED,
        transfer.amount_minor,
        booked_on,
        entry_id=entry_id,
        transfer_id=transfer.pk,
    )
    return lost_minor


@dataclass(frozen=True)
class _Lost:
    """What of a credit's funds goes to what a bank took of its payment when they were away, in minor units."""

    payment: Payment
    credit: Credit
    amount_minor: int


def _find_lost(parts: Mapping[int, int]) -> list[_Lost]:
    """parts: what comes back, by the credit's number."""
    lost = []
    owners = Payment.objects.select_related("overpayment_credit").filter(overpayment_credit__in=parts)
    for payment in owners.order_by("overpayment_credit"):
        credit = payment.overpayment_credit
        if credit is None:
            continue
        written_off_minor = credit.issued_minor + credit.adjusted_minor - credit.taken_back_minor - payment.over_minor
        amount_minor = min(parts[credit.pk], written_off_minor)
        if amount_minor > 0:
            lost.append(_Lost(payment, credit, amount_minor))
    return lost


def _book(transfer: RefundTransfer, lost_minor: int, booked_on: date) -> int:
    """The journal entry: the money is where it was, for the customer or for what was written off."""
    provider = transfer.refund.provider
    lines = [Line(transfer.gl_code_id, debit_minor=transfer.amount_minor)]
    if transfer.amount_minor > lost_minor:
        funds = get_control_gl_code_id(provider.pk, GLCode.Type.AVAILABLE_FUNDS)
        lines.append(Line(funds, credit_minor=transfer.amount_minor - lost_minor))
    if lost_minor:
        lines.append(Line(hold_gl_code(get_write_off_gl_code(provider).pk).pk, credit_minor=lost_minor))
    return book(
        provider_id=provider.pk,
        booked_on=booked_on,
        event="pay_out_failed",
        cause_type=REFUND_CAUSE,
        cause_id=transfer.refund_id,
        lines=lines,
    )


def _take_lost(lost: list[_Lost], entry_id: int, booked_on: date) -> None:
    moving = Moving(PaymentMovement.Type.BOUNCED, booked_on, now())
    for each in lost:
        credits = Credit.objects.filter(pk=each.credit.pk)
        credits.update(taken_back_minor=F("taken_back_minor") + each.amount_minor)
        enter_funds(each.payment, each.credit, -each.amount_minor, CreditEntry.Type.TAKEN_BACK, entry_id, moving)


def _find_parts(transfer: RefundTransfer) -> dict[int, int]:
    """What goes back to which credit: what was taken last first, less what went back for other parts before."""
    entries = CreditEntry.objects.filter(provider_id=transfer.provider_id, credit__customer_id=transfer.customer_id)
    taken = entries.filter(journal_entry=transfer.journal_entry_id, type=CreditEntry.Type.REFUNDED)
    back = PaymentMovement.objects.filter(
        provider_id=transfer.provider_id, type=PaymentMovement.Type.BOUNCED, transfer_id__in=_siblings(transfer)
    ).values_list("journal_entry", flat=True)
    returned = dict(
        entries.filter(journal_entry__in=list(back), type=CreditEntry.Type.UNREFUNDED)
        .values("credit_id")
        .annotate(amount=Sum("amount_minor"))
        .values_list("credit_id", "amount")
    )
    left, parts = transfer.amount_minor, dict[int, int]()
    for entry in taken.select_related("credit").order_by("-credit__issued_on", "-credit_id"):
        part = min(left, -entry.amount_minor - returned.get(entry.credit_id, 0))
        if part > 0:
            parts[entry.credit_id] = part
            left -= part
    if left:
        raise RuntimeError(f"Transfer {transfer.pk} gives back more than was taken for it.")
    return parts


def _siblings(transfer: RefundTransfer) -> list[int]:
    return list(RefundTransfer.objects.filter(refund=transfer.refund_id).values_list("pk", flat=True))
