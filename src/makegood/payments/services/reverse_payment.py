"""Reversing a payment that bounced or was recorded wrongly: everything it did is undone by entries of its own."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Max

from makegood.audit.services import record
from makegood.credits.models import Credit, CreditEntry
from makegood.credits.services.apply_funds import apply_late_funds
from makegood.credits.services.return_funds import Cause, return_uses
from makegood.invoices.selectors import get_write_off_gl_code
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.kit.sql import load_sql, run_sql
from makegood.kit.text import require_fitting, require_plain
from makegood.kit.transactions import demand_transaction
from makegood.ledger.locks import hold_books, hold_gl_code
from makegood.ledger.models import CustomerBalance, GLCode
from makegood.ledger.rules import Line
from makegood.ledger.selectors import get_control_gl_code_id
from makegood.ledger.services import book
from makegood.payments.models import Payment
from makegood.payments.recording import clean_words
from makegood.payments.reversing import ReversalPlan, plan_reversal
from makegood.payments.rules import State
from makegood.payments.selectors import find_reversal_by_key, get_payment
from makegood.payments.services.record_payment import lock_customer, require_key
from makegood.providers.locks import hold_provider
from makegood.providers.models import Membership, Provider
from makegood.providers.selectors import require_billing
from makegood.runs.rules import hash_request


def reverse_payment(*, membership: Membership, payment: Payment, reason: str, key: str) -> Payment:
    """Reverses a payment. Opens a transaction: books, then the customer. Booked today; nothing is deleted.

    The invoices that it paid are owed again, Late where their due date has passed; what was paid of an Uncollectible
    one is written off too. What it had put into Available Funds is taken back; what of that has paid invoices since is
    owed again, newest use first.
    key: the same key with the same reason gives the first answer and books nothing again; otherwise it is refused.
    Refused where the person may not, while billing is off, without a reason, for a payment that is reversed already,
    and where what was overpaid is paid out or has paid an invoice that is written off since.
    """
    reason = _clean_reason(reason)
    require_key(key)
    provider = membership.provider
    request_hash = hash_request({"payment": payment.pk, "reason": reason})
    try:
        with transaction.atomic():
            booked_on = hold_books(provider)
            payment = get_payment(provider, payment.pk)
            lock_customer(provider, payment.customer)
            if earlier := _find_earlier(provider, key, request_hash):
                return earlier
            return _reverse(membership, payment.pk, reason, key, request_hash, booked_on)
    except IntegrityError:
        # The same key for another customer's payment at the same moment: only the database saw both.
        if earlier := _find_earlier(provider, key, request_hash):
            return earlier
        raise


def _clean_reason(reason: str) -> str:
    reason = clean_words(reason)
    require_plain(reason=reason)
    if not reason:
        raise Refused("reason_missing", "Say why; it is kept with the payment.", "reason")
    require_fitting(Payment, reversal_reason=reason)
    return reason


def _find_earlier(provider: Provider, key: str, request_hash: str) -> Payment | None:
    earlier = find_reversal_by_key(provider, key)
    if earlier is not None and earlier.reversal_hash != request_hash:
        raise Refused(
            "key_used",
            f"The key “{key}” belongs to another reversal, of payment {earlier.pk}. Nothing was booked; use a new key "
            "for a new reversal.",
            "key",
        )
    return earlier


def _reverse(
    membership: Membership, payment_id: int, reason: str, key: str, request_hash: str, booked_on: date
) -> Payment:
    demand_transaction()
    provider = hold_provider(membership.provider_id)
    require_billing(provider)
    # Read again under the lock.
    plan = plan_reversal(membership, get_payment(provider, payment_id), booked_on)
    if plan.uses:
        parts = {use.pk: amount for use, amount in plan.uses}
        cause = Cause("payment", payment_id, membership.staff_id)
        return_uses(provider=provider, parts=parts, booked_on=booked_on, cause=cause)
    payment, at = plan.payment, now()
    entry_id = _book(provider, plan, booked_on)
    _take_overpayment_back(payment, entry_id, at, booked_on)
    payment.state = State.REVERSED
    payment.allocated_minor = 0
    payment.reversal_reason = reason
    payment.reversal_key = key
    payment.reversal_hash = request_hash
    payment.reversed_by_id = membership.staff_id
    payment.reversed_at = at
    payment.reversed_on = booked_on
    payment.reversal_journal_entry_id = entry_id
    _take_allocations_away(payment, plan)
    payment.save(update_fields=_REVERSAL_FIELDS)
    # What is late again is paid by what other funds the customer has.
    apply_late_funds(provider=provider, customers=[payment.customer_id], booked_on=booked_on)
    _write_down(payment, plan, membership)
    return payment


_REVERSAL_FIELDS = (
    "state",
    "allocated_minor",
    "reversal_reason",
    "reversal_key",
    "reversal_hash",
    "reversed_by",
    "reversed_at",
    "reversed_on",
    "reversal_journal_entry",
)


def _book(provider: Provider, plan: ReversalPlan, booked_on: date) -> int:
    """The journal entry: where the money was, it is not."""
    payment = plan.payment
    unpaid_minor = plan.due_again_minor - plan.returned_minor
    lines = [Line(payment.gl_code_id, credit_minor=payment.amount_minor)]
    if unpaid_minor:
        lines.append(Line(get_control_gl_code_id(provider.pk, GLCode.Type.RECEIVABLE), debit_minor=unpaid_minor))
    if plan.written_off_minor:
        gl_code = hold_gl_code(get_write_off_gl_code(provider).pk)
        lines.append(Line(gl_code.pk, debit_minor=plan.written_off_minor))
    if plan.overpaid_minor:
        funds = get_control_gl_code_id(provider.pk, GLCode.Type.AVAILABLE_FUNDS)
        lines.append(Line(funds, debit_minor=plan.overpaid_minor))
    return book(
        provider_id=provider.pk,
        booked_on=booked_on,
        event="payment_reversed",
        cause_type="payment",
        cause_id=payment.pk,
        lines=lines,
    )


def _take_overpayment_back(payment: Payment, entry_id: int, at: datetime, booked_on: date) -> None:
    """All of the overpayment's credit: what had been used of it has come back before."""
    credit = payment.overpayment_credit
    if credit is None:
        return
    Credit.objects.filter(pk=credit.pk).update(taken_back_minor=F("taken_back_minor") + credit.issued_minor)
    balances = CustomerBalance.objects.filter(customer_id=payment.customer_id)
    balances.update(funds_minor=F("funds_minor") - credit.issued_minor)
    last_number = CreditEntry.objects.filter(credit=credit).aggregate(last=Max("number"))["last"]
    CreditEntry.objects.create(
        credit=credit,
        number=last_number + 1,
        provider_id=payment.provider_id,
        customer_id=payment.customer_id,
        journal_entry_id=entry_id,
        amount_minor=-credit.issued_minor,
        funds_after_minor=balances.values_list("funds_minor", flat=True).get(),
        created_at=at,
        booked_on=booked_on,
        type=CreditEntry.Type.TAKEN_BACK,
    )


def _take_allocations_away(payment: Payment, plan: ReversalPlan) -> None:
    """The invoices, their sub-ledger and the allocations, in one statement; then what the customer owes."""
    if not plan.allocations:
        return
    parameters = {
        "payment": payment.pk,
        "provider": payment.provider_id,
        "customer": payment.customer_id,
        "journal_entry": payment.reversal_journal_entry_id,
        "created_at": payment.reversed_at,
        "booked_on": payment.reversed_on,
    }
    taken = run_sql(load_sql(__package__, "take_allocations_away"), parameters)[0]
    planned = (plan.due_again_minor - plan.returned_minor + plan.written_off_minor, plan.written_off_minor)
    if (taken["amount_minor"], taken["written_off_minor"]) != planned:
        raise RuntimeError(f"Invoices of customer {payment.customer_id} changed although the customer is locked.")
    CustomerBalance.objects.filter(customer_id=payment.customer_id).update(
        receivable_minor=F("receivable_minor") + taken["amount_minor"] - taken["written_off_minor"]
    )


def _write_down(payment: Payment, plan: ReversalPlan, membership: Membership) -> None:
    record(
        provider_id=payment.provider_id,
        staff_id=membership.staff_id,
        action="payment.reversed",
        subject_type="payment",
        subject_id=payment.pk,
        detail={
            "reason": payment.reversal_reason,
            "amount_minor": payment.amount_minor,
            "due_again_minor": plan.due_again_minor,
            "funds_taken_minor": plan.funds_taken_minor,
        },
    )
