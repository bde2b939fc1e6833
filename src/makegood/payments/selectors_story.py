"""What happened to a payment, for whoever looks at it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from makegood.audit.models import AuditEntry
from makegood.audit.selectors import list_entries_about
from makegood.gateways.models import GatewayEvent
from makegood.payments.models import Dispute, Payment, PaymentClaim, PaymentMovement, RefundTransfer
from makegood.payments.rules import Purpose
from makegood.payments.selectors_events import list_disputes_of, list_events_of
from makegood.payments.selectors_refunds import list_transfers_of

CAME_LATE = "payment.came_late"
"""What the audit calls it that a payment which had counted as failed was charged after all."""
MOST_EVENTS = 100
MOST_TRIES = 20


@dataclass(frozen=True)
class Story:
    """Everything about a payment besides what it paid. All but movements and claims is empty for one by hand.

    late: of one that was charged after it had counted as failed, what was known of it until then. claims: what it was
    to pay. tries: other payments for the same invoices, newest first. transfers: newest first.
    """

    movements: Sequence[PaymentMovement]
    claims: Sequence[PaymentClaim] = ()
    transfers: Sequence[RefundTransfer] = ()
    disputes: Sequence[Dispute] = ()
    events: Sequence[GatewayEvent] = ()
    tries: Sequence[Payment] = ()
    late: AuditEntry | None = None


def tell_story(payment: Payment) -> Story:
    """What happened to the payment; seven queries at most, two for one that was recorded by hand."""
    transfers = list(list_transfers_of(payment).select_related("refund__created_by"))
    movements = list(list_movements(payment))
    if payment.purpose == Purpose.HAND:
        return Story(movements, transfers=transfers)
    claims = list(list_claims(payment))
    return Story(
        movements,
        claims,
        transfers,
        list(list_disputes_of(payment)),
        list(list_events_of(payment)[:MOST_EVENTS]),
        list_other_tries(payment, claims),
        find_late(payment),
    )


def find_late(payment: Payment) -> AuditEntry | None:
    """What was written down when the payment was charged although it had counted as failed; None if it never had."""
    if payment.booked_on is None:
        return None
    entries = list_entries_about(payment.provider_id, {"payment": [payment.pk]})
    return entries.filter(action=CAME_LATE).first()


def list_movements(payment: Payment) -> QuerySet[PaymentMovement, Any]:
    """What moved the payment's money, in the order in which it was booked."""
    movements = PaymentMovement.objects.filter(provider_id=payment.provider_id, payment=payment)
    return movements.order_by("number")


def list_claims(payment: Payment) -> QuerySet[PaymentClaim, Any]:
    """What the payment was asked for to pay, with the invoices, lowest number first."""
    claims = PaymentClaim.objects.select_related("invoice")
    return claims.filter(provider_id=payment.provider_id, payment=payment).order_by("invoice__number")


def list_other_tries(payment: Payment, claims: Sequence[PaymentClaim]) -> list[Payment]:
    """Other payments that were to pay the same invoices, newest first."""
    if not claims:
        return []
    others = PaymentClaim.objects.filter(invoice__in=[claim.invoice_id for claim in claims])
    found = Payment.objects.select_related("payment_method").filter(
        provider_id=payment.provider_id, pk__in=others.values("payment_id")
    )
    return list(found.exclude(pk=payment.pk).order_by("-pk")[:MOST_TRIES])
