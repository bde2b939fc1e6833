"""Payment methods that autopay does not charge after a dispute, until somebody has them used again."""

from datetime import datetime

from django.db.models import Q

from makegood.credits.services.void_invoice import clean_reason
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.kit.transactions import demand_transaction, opens_transaction
from makegood.payments.dispute_rules import must_hold
from makegood.payments.models import Dispute, Payment, PaymentMethod
from makegood.payments.services.method_changes import lock_customer, write_down
from makegood.payments.services.retry import revive_collections
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.providers.selectors import require_billing, require_right

RELEASE = "have payment methods used again"


def hold_after(dispute: Dispute, payment: Payment) -> PaymentMethod | None:
    """Holds the payment's method where the dispute demands it; gives it if it was not held before.

    Demands the transaction of books and customer's lock. What the dispute had held is released when it is won, unless
    another one of the method holds it too.
    """
    demand_transaction()
    if payment.payment_method_id is None:
        return None
    method = PaymentMethod.objects.select_related("customer").get(pk=payment.payment_method_id)
    if method.removed_at is not None:
        return None
    if must_hold(method.kind, dispute.state, dispute.reason):
        if method.held_at is not None:
            return None
        _keep(method, now(), payment)
        write_down(None, method, "payment_method.held", payment=payment.pk)
        return method
    if method.held_for_id == payment.pk and method.held_at is not None:
        _hold_for_another(method, method.held_at)
    return None


def release_method(*, membership: Membership, method: PaymentMethod, reason: str) -> PaymentMethod:
    """Has autopay charge a method again that was held after a dispute, also what it had given up with it.

    Opens a transaction. Done twice it changes nothing. Refused without the right, while End Customer Billing is off,
    without a reason, and for one that was removed.
    """
    require_right(membership, Right.BILL, RELEASE)
    require_billing(membership.provider)
    reason = clean_reason(reason)
    with opens_transaction():
        lock_customer(membership, method.customer_id)
        methods = PaymentMethod.objects.select_related("customer", "customer__provider", "gateway")
        method = methods.get(provider_id=membership.provider_id, pk=method.pk)
        if method.removed_at is not None:
            raise Refused("method_removed", f"{method} was removed, so it cannot be used again.", "method")
        if method.held_at is None:
            return method
        held_for = method.held_for_id
        _keep(method, None, None)
        write_down(membership, method, "payment_method.used_again", payment=held_for, reason=reason)
        if method.is_default:
            revive_collections(method.customer)
    return method


def _hold_for_another(method: PaymentMethod, since: datetime) -> None:
    """Of disputes that came meanwhile: what a person had it used again for before does not count any more."""
    others = Dispute.objects.select_related("payment").filter(payment__payment_method=method)
    came = others.filter(Q(opened_at__gte=since) | Q(closed_at__gte=since)).order_by("-pk")
    holding = (each.payment for each in came if must_hold(method.kind, each.state, each.reason))
    if other := next(holding, None):
        _keep(method, since, other)
        return
    write_down(None, method, "payment_method.released", payment=method.held_for_id)
    _keep(method, None, None)


def _keep(method: PaymentMethod, held_at: datetime | None, held_for: Payment | None) -> None:
    method.held_at, method.held_for = held_at, held_for
    method.save(update_fields=["held_at", "held_for"])
