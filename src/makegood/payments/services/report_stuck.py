"""Telling managers of payments that do not come to an end by themselves; of each of them once."""

from collections.abc import Sequence

from django.db.models import Q

from makegood.gateways.models import Gateway
from makegood.kit.clock import now
from makegood.kit.transactions import opens_transaction
from makegood.payments.models import Payment
from makegood.payments.rules import State
from makegood.payments.schedule import LONG, MANY_CHECKS
from makegood.payments.telling_stuck import report_unknown, report_unusable
from makegood.providers.models import Provider


def report_what_is_unknown(gateway: Gateway) -> int:
    """Tells of the gateway's payments of which nobody knows since long; returns of how many at most.

    Of a debit that the processor is at only where it was asked about many times in vain. Opens a transaction if there
    are any.
    """
    at = now()
    found = list(
        Payment.objects.filter(
            Q(state=State.UNKNOWN) | Q(state=State.SUBMITTED, checks__gte=MANY_CHECKS),
            gateway=gateway,
            submitted_at__lte=at - LONG,
            reported_at=None,
        ).values_list("pk", flat=True)
    )
    if found:
        with opens_transaction():
            report_unknown(gateway.provider, found, at)
    return len(found)


def report_what_cannot_be_booked(provider: Provider, payments: Sequence[int]) -> None:
    """Tells of payments of which the processor says what cannot be booked. Opens a transaction if there are any."""
    if payments:
        with opens_transaction():
            report_unusable(provider, payments, now())
