"""Settling by hand a payment of which the processor does not say what became: a person has looked there."""

from datetime import datetime

from makegood.audit.services import record
from makegood.credits.services.void_invoice import clean_reason
from makegood.gateways.interface import Charge
from makegood.gateways.rules import Standing
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.kit.text import require_no_number, require_plain
from makegood.kit.transactions import opens_transaction
from makegood.ledger.locks import hold_books, lock_customers
from makegood.payments.failure_words import NEVER_ANSWERED, NEVER_ARRIVED
from makegood.payments.models import Payment
from makegood.payments.rules import State
from makegood.payments.schedule import LONG, MANY_CHECKS
from makegood.payments.services.book_results import Answer, book_here
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.providers.selectors import require_right

LONGEST_REFERENCE = Payment._meta.get_field("gateway_reference").max_length or 0


def settle_by_hand(
    *, membership: Membership, payment: Payment, charged: bool, reason: str, reference: str = ""
) -> Payment:
    """Books what a person found out at the processor: that a payment was charged, or that it was not.

    Opens a transaction: books, then the customer. reference: what the processor calls what it charged, so that refunds
    and disputes of it are recognised; needed where it was charged and is not known. If the processor says later that it
    was charged after all, that is booked then. Done twice with the same answer it changes nothing.
    Refused without the right, without a reason, with another reference than it is known by, and as long as the payment
    may still end by itself (`find_why_not_by_hand`).
    """
    require_right(membership, Right.BILL, "settle payments")
    reason, reference = clean_reason(reason), clean_reference_there(reference, LONGEST_REFERENCE)
    provider = membership.provider
    with opens_transaction():
        hold_books(provider)
        lock_customers(provider.pk, [payment.customer_id])
        payments = Payment.objects.select_related("gateway").select_for_update(of=("self",), no_key=True)
        payment = payments.get(provider=provider, pk=payment.pk)
        if _is_said_already(payment, charged):
            if charged:
                _require_same(payment, reference)
            return payment
        if refusal := find_why_not_by_hand(payment, now(), charged=charged):
            raise refusal
        charge = _charge(payment, charged, reason, reference)
        if payment.pk in book_here(provider, [Answer(payment.pk, charge)]).unusable:
            raise RuntimeError(f"What was said of payment {payment.pk} cannot be booked.")
        record(
            provider_id=provider.pk,
            staff_id=membership.staff_id,
            action="payment.said_charged" if charged else "payment.said_not_charged",
            subject_type="payment",
            subject_id=payment.pk,
            detail={"amount_minor": payment.amount_minor, "reason": reason, "reference": charge.reference},
        )
    payment.refresh_from_db()
    return payment


def find_why_not_by_hand(payment: Payment, at: datetime, *, charged: bool = True) -> Refused | None:
    """Why nobody can settle the payment by hand at that moment; None if somebody can. With the gateway, no query.

    It was asked about in vain: at least once of a gateway that is not in use, many times and for more than a day else.
    What counts as failed without an answer can still turn out to have been charged.
    """
    if payment.state == State.FAILED and payment.failure_code in (NEVER_ARRIVED, NEVER_ANSWERED):
        return None if charged else Refused("payment_settled", f"Payment {payment.pk} counts as failed already.")
    gateway = payment.gateway
    if gateway is None or payment.submitted_at is None or payment.state not in (State.SUBMITTED, State.UNKNOWN):
        label = State(payment.state).label.lower()
        return Refused("payment_settled", f"Payment {payment.pk} is {label}; there is nothing to settle.", "payment")
    if payment.held_until is not None and payment.held_until > at:
        return Refused("payment_held", f"Payment {payment.pk} is being looked at. Wait a moment.", "payment")
    is_stuck = payment.checks >= MANY_CHECKS and payment.submitted_at <= at - LONG
    if is_stuck or (payment.checks and not gateway.active):
        return None
    return Refused(
        "payment_not_stuck",
        f"The processor may still say what became of payment {payment.pk}. It can be settled by hand once it was asked "
        "in vain for a day.",
        "payment",
    )


def _is_said_already(payment: Payment, charged: bool) -> bool:
    if charged:
        return payment.booked_on is not None
    return payment.state == State.FAILED and payment.failure_code == NEVER_ARRIVED


def clean_reference_there(reference: str, longest: int) -> str:
    """What a person says that the processor calls something, without the space around it; Refused if it cannot be."""
    reference = reference.strip()
    require_plain(reference=reference)
    require_no_number(reference=reference)
    if len(reference) > longest:
        raise Refused("too_long", f"A reference has at most {longest} characters.", "reference")
    return reference


def _require_same(payment: Payment, reference: str) -> None:
    """Refused for a reference that is not the one by which the processor is known to call it."""
    if payment.gateway_reference and reference not in ("", payment.gateway_reference):
        raise Refused(
            "reference_differs", f"The processor calls this payment {payment.gateway_reference}.", "reference"
        )


def _charge(payment: Payment, charged: bool, reason: str, reference: str) -> Charge:
    key = str(payment.attempt_key)
    if not charged:
        known = payment.gateway_reference
        return Charge(known, key, Standing.FAILED, payment.amount_minor, NEVER_ARRIVED, reason)
    _require_same(payment, reference)
    reference = payment.gateway_reference or reference
    if not reference:
        raise Refused("reference_missing", "Write what the processor calls the charge, such as pi_…", "reference")
    others = Payment.objects.filter(gateway=payment.gateway, gateway_reference=reference).exclude(pk=payment.pk)
    if (other := others.values_list("pk", flat=True).first()) is not None:
        raise Refused("reference_used", f"That is payment {other} already.", "reference")
    return Charge(reference, key, Standing.SUCCEEDED, payment.amount_minor)
