"""What changes of payment methods have in common: who may, the locks, the default, and the audit."""

from makegood.audit.services import record
from makegood.kit.refusal import Refused
from makegood.ledger.locks import hold_books, lock_customers
from makegood.payments.models import PaymentMethod
from makegood.payments.services.retry import revive_collections
from makegood.providers.locks import hold_provider
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.providers.selectors import require_billing, require_right

CHANGE = "change payment methods"


def require_may_change(membership: Membership) -> None:
    """Refused without the right to edit customers, and while End Customer Billing is off.

    Whoever answers the phone writes a customer's new card down as a new address, and may switch autopay on already;
    what moves money by hand needs the right to bill.
    """
    require_right(membership, Right.EDIT_CUSTOMERS, CHANGE)
    require_billing(membership.provider)


def lock_customer(membership: Membership, customer_id: int) -> None:
    """Books, then the customer: who collects holds the same. Demands a transaction."""
    hold_books(membership.provider)
    require_billing(hold_provider(membership.provider_id))
    if not lock_customers(membership.provider_id, [customer_id]):
        raise Refused("customer_unknown", f"{membership.provider.name} has no such customer.", "customer")


def set_default(membership: Membership, method: PaymentMethod) -> None:
    """Has autopay charge this one, also what it had given up, unless it is held after a dispute.

    Demands the transaction that locks the customer.
    """
    PaymentMethod.objects.filter(customer_id=method.customer_id, is_default=True).update(is_default=False)
    method.is_default = True
    method.save(update_fields=["is_default"])
    write_down(membership, method, "payment_method.made_default")
    if method.held_at is None:
        revive_collections(method.customer)


def write_down(membership: Membership | None, method: PaymentMethod, action: str, **besides: object) -> None:
    """In the audit, about the customer. Demands the transaction of the change.

    membership: who does it; None where a processor said so. besides: what else stands there.
    """
    record(
        provider_id=method.provider_id,
        staff_id=membership.staff_id if membership else None,
        action=action,
        subject_type="customer",
        subject_id=method.customer_id,
        detail={"method": method.pk, "what": str(method), **besides},
    )
