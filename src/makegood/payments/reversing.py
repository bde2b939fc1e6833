"""What reversing a payment would do, for the preview and for the booking alike."""

from datetime import date

from makegood.credits.limits import money_of
from makegood.credits.models import Credit
from makegood.credits.services.return_funds import list_uses_newest_first
from makegood.kit.refusal import Refused
from makegood.payments.models import Payment
from makegood.payments.returning import TakePlan, plan_taking
from makegood.payments.rules import BY_HAND, State
from makegood.payments.selectors import get_payment
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership, Provider
from makegood.providers.rules import Right
from makegood.providers.selectors import require_billing, require_right

REVERSE = "reverse payments"

ReversalPlan = TakePlan
"""What a reversal does: all that the payment did is taken back."""


def preview_reversal(*, membership: Membership, payment: Payment) -> ReversalPlan:
    """What `reverse_payment` would do now. Books nothing; refused for the same reasons."""
    provider = membership.provider
    require_billing(provider)
    return plan_reversal(membership, get_payment(provider, payment.pk), today_of(provider))


def plan_reversal(membership: Membership, payment: Payment, today: date) -> ReversalPlan:
    """What the reversal does. Refused where the person may not, and, saying why, where it cannot be."""
    require_right(membership, Right.BILL, REVERSE)
    _require_reversible(membership.provider, payment)
    if payment.overpayment_credit is not None:
        _require_unwindable(membership.provider, payment.overpayment_credit)
    return plan_taking(payment, payment.amount_minor, today)


def _require_reversible(provider: Provider, payment: Payment) -> None:
    if payment.method not in BY_HAND:
        raise Refused(
            "payment_of_processor",
            f"Payment {payment.pk} was charged by the processor, so it cannot be reversed here; refund it instead.",
            "payment",
        )
    if payment.state != State.SUCCEEDED:
        raise Refused("payment_reversed", f"Payment {payment.pk} is reversed already.", "payment")
    given_back = payment.refunded_minor + payment.refunding_minor + payment.paid_out_minor
    if given_back:
        raise Refused(
            "payment_given_back",
            f"{money_of(provider, given_back)} of payment {payment.pk} has gone back to the customer, so the payment "
            "cannot be reversed.",
            "payment",
        )


def _require_unwindable(provider: Provider, credit: Credit) -> None:
    """Refused where what the overpayment has paid and not got back cannot be unwound."""
    if credit.refunded_minor:
        raise Refused(
            "overpayment_paid_out",
            f"{money_of(provider, credit.refunded_minor)} of what was overpaid is paid out to the customer, so the "
            "payment cannot be reversed.",
            "payment",
        )
    for use in list_uses_newest_first(credit_id=credit.pk):
        if use.invoice.state == "uncollectible":
            raise Refused(
                "overpayment_written_off",
                f"What was overpaid has paid a part of invoice {use.invoice.number}, which is written off since, so "
                "the payment cannot be reversed.",
                "payment",
            )
