"""What customers pay with: added by the processor's reference or through its own form, made default, removed.

The processor is asked outside transactions. Each step can be done again after a crash without doing it twice: what is
at the processor is asked for first, and a reference stands here once.
"""

from django.db.models import Q

from makegood.customers.models import Customer
from makegood.gateways.registry import open_gateway
from makegood.gateways.selectors import get_active_gateway
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.kit.transactions import opens_transaction
from makegood.payments.method_rules import clean_reference
from makegood.payments.models import Payment, PaymentMethod, RefundTransfer
from makegood.payments.refund_rules import UNDER_WAY
from makegood.payments.rules import IN_FLIGHT, State
from makegood.payments.services.detach import detach_method
from makegood.payments.services.gateway_calls import in_plain_words
from makegood.payments.services.keep_method import Adding, find_known, keep_method
from makegood.payments.services.method_changes import lock_customer, require_may_change, set_default, write_down
from makegood.providers.models import Membership


def add_method_by_reference(
    *, membership: Membership, customer: Customer, reference: str, as_default: bool = False
) -> PaymentMethod:
    """Adds what the processor knows by that reference, and makes it the customer's there.

    Asks the processor, then opens a transaction.
    The first one that can be charged becomes the default; as_default: this one does in any case. The same reference
    again gives the same payment method. Refused without the right, while billing is off or no processor is connected,
    for the number of a card, for what the processor does not know or does not give, while it does not answer, and for
    what is another customer's, here or there, or was removed.
    """
    require_may_change(membership)
    reference = clean_reference(reference)
    gateway = get_active_gateway(membership.provider)
    adding = Adding(membership, customer, gateway, open_gateway(gateway), as_default)
    if known := find_known(adding, reference):
        return make_default(membership=membership, method=known) if as_default else known
    with in_plain_words(gateway, "reference"):
        method = adding.client.read_method(reference)
    return keep_method(adding, method)


def make_default(*, membership: Membership, method: PaymentMethod) -> PaymentMethod:
    """Has autopay charge this payment method from now on, also for what it had given up. Opens a transaction.

    One that is held after a dispute becomes the default and stays held. Done twice it changes nothing. Refused as in
    `require_may_change`, for one that was removed, and for one that only an earlier processor could charge.
    """
    require_may_change(membership)
    with opens_transaction():
        method = _lock(membership, method.customer_id, method.pk)
        if method.removed_at is not None:
            raise Refused("method_removed", f"{method} was removed, so it cannot be the default.", "method")
        if not method.gateway.active:
            raise Refused(
                "gateway_changed",
                f"{method} is known to an earlier payment processor only, so it cannot be charged. Add it anew.",
                "method",
            )
        if not method.is_default:
            set_default(membership, method)
    return method


def remove_method(*, membership: Membership, method: PaymentMethod) -> bool:
    """Removes a payment method: nothing charges it any more, here at once and then at the processor.

    Opens a transaction, then asks the processor; returns whether it has answered. If not, it is asked again later. Done
    twice it is the same. Refused as in `require_may_change`, for the default while there are others or autopay is on,
    and while a payment by it, a dispute or a refund to it is under way.
    """
    require_may_change(membership)
    with opens_transaction():
        method = _lock(membership, method.customer_id, method.pk)
        if method.removed_at is None:
            require_removable(method)
            method.is_default, method.removed_at, method.removed_by_id = False, now(), membership.staff_id
            method.save(update_fields=["is_default", "removed_at", "removed_by"])
            write_down(membership, method, "payment_method.removed")
    return detach_method(method)


def _lock(membership: Membership, customer_id: int, pk: int) -> PaymentMethod:
    """The provider's method as it is while its customer is locked. Demands a transaction."""
    lock_customer(membership, customer_id)
    methods = PaymentMethod.objects.select_related("customer", "customer__provider", "gateway")
    method = methods.filter(provider_id=membership.provider_id, pk=pk).first()
    if method is None:
        raise Refused("method_unknown", f"{membership.provider.name} has no such payment method.", "method")
    return method


def require_removable(method: PaymentMethod) -> None:
    """Refused for what stands against its removal; what is seen outside a transaction can have changed since.

    The default is not removed while another could take its place, or autopay needs it. The only one can be while
    autopay is off: nothing charges it, and a customer who leaves or takes it back is not left with it for ever.
    """
    others = PaymentMethod.objects.filter(customer_id=method.customer_id, removed_at=None).exclude(pk=method.pk)
    if method.is_default and others.filter(gateway__active=True).exists():
        raise Refused(
            "method_is_default",
            f"{method} is the default. Make another one the default first; then remove it.",
            "method",
        )
    if method.is_default and method.gateway.active and method.customer.autopay:
        raise Refused(
            "autopay_on",
            f"Autopay is on and {method} is all that it can charge. Switch autopay off, or add another payment method "
            "first.",
            "method",
        )
    payments = Payment.objects.filter(customer_id=method.customer_id, payment_method=method)
    if under_way := payments.filter(Q(state__in=IN_FLIGHT) | Q(state=State.DISPUTED)).order_by("id").first():
        what = "is disputed" if under_way.state == State.DISPUTED else "is under way"
        raise Refused(
            "payment_under_way",
            f"Payment {under_way.pk} by {method} {what}. Remove it when that has come to an end.",
            "method",
        )
    if RefundTransfer.objects.filter(
        customer_id=method.customer_id, payment__payment_method=method, state__in=UNDER_WAY
    ).exists():
        raise Refused(
            "refund_under_way", f"A refund to {method} is under way. Remove it when that has arrived.", "method"
        )
