"""Reads of what hangs on a gateway."""

from dataclasses import dataclass

from django.db.models import Count, Sum

from makegood.gateways.models import Gateway
from makegood.payments.models import Payment, PaymentMethod, RefundTransfer
from makegood.payments.refund_rules import UNDER_WAY
from makegood.payments.rules import IN_FLIGHT


@dataclass(frozen=True)
class HangsOn:
    """Whom autopay charges through a gateway, and what of payments and refunds is under way there, in minor units."""

    customers: int
    payments: int
    payments_minor: int
    refunds: int
    refunds_minor: int


def count_what_hangs_on(gateway: Gateway) -> HangsOn:
    """Three queries."""
    defaults = PaymentMethod.objects.filter(gateway=gateway, is_default=True, customer__autopay=True)
    charges = Payment.objects.filter(gateway=gateway, state__in=IN_FLIGHT)
    transfers = RefundTransfer.objects.filter(gateway=gateway, state__in=UNDER_WAY)
    asked_for, going_back = (
        each.aggregate(count=Count("pk"), minor=Sum("amount_minor")) for each in (charges, transfers)
    )
    return HangsOn(
        defaults.count(), asked_for["count"], asked_for["minor"] or 0, going_back["count"], going_back["minor"] or 0
    )
