"""Having a payment that is under way looked at now instead of later."""

from makegood.audit.services import record
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.kit.transactions import opens_transaction
from makegood.payments.models import Payment
from makegood.payments.rules import IN_FLIGHT, State
from makegood.payments.wake import wake_collecting
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.providers.selectors import require_right


def ask_soon(*, membership: Membership, payment: Payment) -> Payment:
    """Submits a payment that waits, or asks the processor about one that is unknown or on its way, in the background.

    Opens a transaction. Nothing is charged twice by it, and the limits for each hour hold. Done twice it is the same.
    Refused without the right, for a payment that has settled, and while somebody is at it.
    """
    require_right(membership, Right.BILL, "ask the processor")
    at = now()
    with opens_transaction():
        payments = Payment.objects.select_related("gateway").select_for_update(of=("self",), no_key=True)
        payment = payments.get(provider=membership.provider, pk=payment.pk)
        if payment.state not in IN_FLIGHT or payment.gateway is None:
            label = State(payment.state).label.lower()
            raise Refused("payment_settled", f"Payment {payment.pk} is {label}; there is nothing to ask.", "payment")
        if payment.held_until is not None and payment.held_until > at:
            raise Refused("payment_held", f"Payment {payment.pk} is being looked at. Wait a moment.", "payment")
        # What waits for the limits of the hour keeps its turn.
        payment.next_check_at = min(payment.next_check_at or at, at)
        payment.save(update_fields=["next_check_at"])
        record(
            provider_id=payment.provider_id,
            staff_id=membership.staff_id,
            action="payment.asked",
            subject_type="payment",
            subject_id=payment.pk,
            detail={"state": payment.state},
        )
        wake_collecting(payment.gateway)
    return payment
