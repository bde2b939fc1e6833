"""What a person has charged: the invoices and the method, and why they cannot be."""

from collections.abc import Sequence
from dataclasses import dataclass

from makegood.customers.models import Customer
from makegood.gateways.models import Gateway
from makegood.gateways.selectors import find_active_gateway
from makegood.invoices.models import Invoice
from makegood.invoices.rules import OWED
from makegood.kit.refusal import Refused
from makegood.payments.models import PaymentMethod, Refund
from makegood.payments.rules import RefundState
from makegood.payments.steps import find_refusal_to_charge
from makegood.providers.models import Membership, Provider
from makegood.providers.rules import Right
from makegood.providers.selectors import require_billing, require_right

CHARGE = "charge invoices"


@dataclass(frozen=True)
class ChargePlan:
    """What would be charged, and with what; oldest due first."""

    gateway: Gateway
    method: PaymentMethod
    invoices: tuple[Invoice, ...]

    @property
    def amount_minor(self) -> int:
        """All that is due of the invoices, in minor units."""
        return sum(invoice.due_minor for invoice in self.invoices)


def plan_charge(
    *,
    membership: Membership,
    customer: Customer,
    invoices: Sequence[Invoice] | None = None,
    payment_method: PaymentMethod | None = None,
    provider: Provider | None = None,
) -> ChargePlan:
    """What charging would do now: of the named invoices, or of all owed that have nothing under way.

    payment_method: the customer's default one if left out. provider: as it is held by whoever books it.
    Refused without the right, while billing is off, and, saying why, where nothing can be charged.
    """
    require_right(membership, Right.BILL, CHARGE)
    provider = provider or membership.provider
    require_billing(provider)
    if customer.provider_id != provider.pk:
        raise Refused("customer_unknown", f"There is no customer {customer.number}.", "customer")
    gateway = _get_gateway(provider)
    method = _get_method(customer, gateway, payment_method)
    plan = ChargePlan(gateway, method, _list_invoices(customer, invoices))
    if refusal := find_refusal_to_charge(provider, gateway, plan.amount_minor):
        raise refusal
    return plan


def _get_gateway(provider: Provider) -> Gateway:
    gateway = find_active_gateway(provider)
    if gateway is None:
        raise Refused(
            "gateway_missing",
            "No payment gateway is connected, so nothing can be charged. An admin can connect one under Settings > "
            "Billing > Payment gateway.",
            "method",
        )
    return gateway


def _get_method(customer: Customer, gateway: Gateway, wanted: PaymentMethod | None) -> PaymentMethod:
    methods = PaymentMethod.objects.filter(provider_id=customer.provider_id, customer=customer)
    found = methods.filter(is_default=True).first() if wanted is None else methods.filter(pk=wanted.pk).first()
    if found is None:
        if wanted is not None:
            raise Refused("method_unknown", "The customer has no such payment method.", "method")
        raise Refused(
            "method_missing",
            f"Customer {customer.number} has no default payment method. Add one, or choose one.",
            "method",
        )
    if found.removed_at is not None:
        raise Refused("method_removed", f"{found} was removed. Choose another payment method.", "method")
    if found.gateway_id != gateway.pk:
        raise Refused(
            "method_of_another_gateway",
            f"{found} belongs to a gateway that is not in use any more. Add it again, or choose another.",
            "method",
        )
    return found


def _list_invoices(customer: Customer, wanted: Sequence[Invoice] | None) -> tuple[Invoice, ...]:
    mine = Invoice.objects.filter(provider_id=customer.provider_id, customer=customer).order_by("due_on", "id")
    if wanted is None:
        return _all_that_can_be(list(mine.filter(state__in=OWED)))
    found = list(mine.filter(pk__in=[invoice.pk for invoice in wanted]))
    if not wanted or len(found) < len({invoice.pk for invoice in wanted}):
        raise Refused("invoice_unknown", "The customer has no such invoice.", "invoice")
    refunded = _with_refund(found)
    for invoice in found:
        _require_chargeable(invoice, pending_refund=invoice.pk in refunded)
    return tuple(found)


def _all_that_can_be(owed: list[Invoice]) -> tuple[Invoice, ...]:
    if not owed:
        raise Refused("nothing_owed", "Nothing is due, so nothing can be charged.", "invoice")
    refunded = _with_refund(owed)
    free = tuple(each for each in owed if not each.in_flight_minor and each.pk not in refunded)
    if not free:
        _require_chargeable(owed[0], pending_refund=owed[0].pk in refunded)
    return free


def _with_refund(invoices: Sequence[Invoice]) -> set[int]:
    """Those with a refund under way."""
    pending = Refund.objects.filter(invoice__in=invoices, state=RefundState.PENDING)
    return {refund.invoice_id for refund in pending if refund.invoice_id}


def _require_chargeable(invoice: Invoice, *, pending_refund: bool) -> None:
    name = f"Invoice {invoice.number}" if invoice.number else "The draft"
    if invoice.state not in OWED:
        why = "is not issued yet" if invoice.state == "draft" else f"is {invoice.get_state_display()}"
        raise Refused("nothing_due", f"{name} {why}, so nothing of it can be charged.", "invoice")
    if invoice.in_flight_minor:
        raise Refused("in_flight", f"A payment of {_lower(name)} is on its way. Wait until it has settled.", "invoice")
    if pending_refund:
        raise Refused("refund_pending", f"A refund of {_lower(name)} is on its way. Wait until it is done.", "invoice")


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]
