"""What processors have said by themselves, as far as it is about payments."""

from uuid import UUID

from django.db.models import Q, QuerySet

from makegood.gateways.models import Gateway, GatewayEvent
from makegood.payments.models import Dispute, Payment, PaymentMethod, RefundTransfer


def list_events_of(payment: Payment) -> QuerySet[GatewayEvent]:
    """What the processor has said of a payment, its refunds and its disputes, in the order in which it happened."""
    if payment.gateway_id is None or not payment.gateway_reference:
        return GatewayEvent.objects.none()
    alike = list_alike(payment.gateway_id)
    events = GatewayEvent.objects.filter(provider_id=payment.provider_id, gateway_id__in=alike)
    of_payment = Q(charge=payment.gateway_reference) | Q(reference=payment.gateway_reference, about="charge")
    return events.filter(of_payment).order_by("happened_at", "id")


def list_disputes_of(payment: Payment) -> QuerySet[Dispute]:
    """The disputes of a payment, oldest first."""
    return Dispute.objects.filter(provider_id=payment.provider_id, payment=payment).order_by("opened_at", "id")


def find_payment_of(event: GatewayEvent) -> Payment | None:
    """The payment that an event is about, if any."""
    reference = event.charge or (event.reference if event.about == "charge" else "")
    return find_payment_by_reference(event.gateway_id, reference) if reference else None


def list_alike(gateway_id: int) -> QuerySet[Gateway]:
    """The gateway and the provider's others of its kind: an account may have been connected anew.

    Its references are so long and random that no two accounts have the same.
    """
    itself = Gateway.objects.filter(pk=gateway_id)
    return Gateway.objects.filter(provider_id__in=itself.values("provider_id"), kind__in=itself.values("kind"))


def find_payment_by_reference(gateway_id: int, reference: str) -> Payment | None:
    """The payment that the gateway's processor calls so, if any; see `list_alike`."""
    payments = Payment.objects.select_related("provider").exclude(gateway_reference="")
    return payments.filter(gateway_id__in=list_alike(gateway_id), gateway_reference=reference).first()


def find_payment_by_attempt(gateway_id: int, key: str) -> Payment | None:
    """The payment that was asked for with that key, if any; the answer with its reference may have been lost."""
    attempt = _read_key(key)
    payments = Payment.objects.select_related("provider")
    found = payments.filter(gateway_id__in=list_alike(gateway_id), attempt_key=attempt)
    return found.first() if attempt else None


def find_transfer(gateway_id: int, reference: str, key: str = "") -> RefundTransfer | None:
    """The part of a refund that the gateway calls so, or else that was asked for with that key."""
    alike = list_alike(gateway_id)
    transfers = RefundTransfer.objects.select_related("provider", "payment").filter(gateway_id__in=alike)
    found = transfers.filter(reference=reference, way="gateway").exclude(reference="").first()
    attempt = _read_key(key)
    return found or (transfers.filter(attempt_key=attempt).first() if attempt else None)


def find_method(gateway_id: int, reference: str) -> PaymentMethod | None:
    """The payment method that the gateway calls so, if any."""
    methods = PaymentMethod.objects.select_related("provider")
    return methods.filter(gateway_id__in=list_alike(gateway_id), reference=reference).first()


def _read_key(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None
