"""Reversing a payment that bounced or was recorded wrongly: everything it did is undone by entries of its own."""

from datetime import date

from django.db import IntegrityError, transaction

from makegood.audit.services import record
from makegood.credits.services.apply_funds import apply_late_funds
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.kit.text import require_fitting, require_no_number, require_plain
from makegood.kit.transactions import demand_transaction
from makegood.ledger.locks import hold_books
from makegood.payments.models import Payment, PaymentMovement
from makegood.payments.recording import clean_words
from makegood.payments.reversing import ReversalPlan, plan_reversal
from makegood.payments.rules import State
from makegood.payments.selectors import find_reversal_by_key, get_payment
from makegood.payments.services.overpayment import Moving
from makegood.payments.services.record_payment import lock_customer, require_key
from makegood.payments.services.take_back import take_money_away
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
    require_no_number(reason=reason)
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
    payment, at = plan.payment, now()
    moving = Moving(PaymentMovement.Type.REVERSED, booked_on, at, membership.staff_id, by_hand=False)
    entry_id = take_money_away(provider, plan, moving)
    payment.state = State.REVERSED
    payment.reversal_reason = reason
    payment.reversal_key = key
    payment.reversal_hash = request_hash
    payment.reversed_by_id = membership.staff_id
    payment.reversed_at = at
    payment.reversed_on = booked_on
    payment.reversal_journal_entry_id = entry_id
    payment.save(update_fields=_REVERSAL_FIELDS)
    # What is late again is paid by what other funds the customer has.
    apply_late_funds(provider=provider, customers=[payment.customer_id], booked_on=booked_on)
    _write_down(payment, plan, membership)
    return payment


_REVERSAL_FIELDS = (
    "state",
    "allocated_minor",
    "over_minor",
    "returned_minor",
    "reversal_reason",
    "reversal_key",
    "reversal_hash",
    "reversed_by",
    "reversed_at",
    "reversed_on",
    "reversal_journal_entry",
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
