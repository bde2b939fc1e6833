"""Reads of collecting: what may be submitted within the hour, and who has nothing that can be charged."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet
from django.db.models import Sum as SumOf
from django.db.models.functions import Coalesce

from makegood.kit.sql import load_sql, run_sql
from makegood.payments.models import Payment
from makegood.payments.pace import HOUR, Ahead, Room, Sent, find_turn, room_beside
from makegood.payments.rules import IN_FLIGHT, State
from makegood.payments.services.collection_settings import get_collection_settings
from makegood.providers.models import Provider
from makegood.runs.chunked import Chunked


@dataclass(frozen=True)
class Sum:
    """How many payments, and how much in minor units."""

    payments: int = 0
    amount_minor: int = 0


def limit_of_the_hour(provider: Provider) -> Room | None:
    """What may be submitted within sixty minutes; None if there is no limit. One query."""
    settings = get_collection_settings(provider)
    limit = Room(settings.charges_per_hour, settings.amount_per_hour_minor)
    return None if limit.charges is None and limit.amount_minor is None else limit


def room_within_the_hour(provider: Provider, now: datetime) -> Room:
    """How many charges, and how much in minor units, may be submitted at this moment; None where there is no limit.

    Two queries. Whoever submits must do so alone for the provider, so that nobody else takes the same room.
    """
    limit = limit_of_the_hour(provider)
    if limit is None:
        return Room(None, None)
    sent = run_sql(load_sql(__package__, "submitted_since"), {"provider": provider.pk, "since": now - HOUR})[0]
    return room_beside(limit, sent["charges"], sent["amount_minor"])


def find_turn_of(payment: Payment, now: datetime) -> datetime | None:
    """When a payment that waits goes, about, where the limits of the hour alone hold it back; None where they do not.

    Asks the database nothing for one that does not wait, one query for a provider without limits, and three else.
    """
    if payment.state != State.CREATED or payment.next_check_at is None or payment.next_check_at > now:
        return None
    limit = limit_of_the_hour(payment.provider)
    if limit is None:
        return None
    asked_for = Payment.objects.filter(gateway__provider_id=payment.provider_id)
    within = Q(submitted_at__gt=now - HOUR) | Q(ordered_again_at__gt=now - HOUR)
    sent = asked_for.filter(within).annotate(sent_at=Coalesce("ordered_again_at", "submitted_at")).order_by("sent_at")
    earlier = Q(next_check_at__lt=payment.next_check_at) | Q(next_check_at=payment.next_check_at, pk__lt=payment.pk)
    ahead = asked_for.filter(earlier, state=State.CREATED).aggregate(charges=Count("pk"), minor=SumOf("amount_minor"))
    return find_turn(
        limit,
        [Sent(at, amount_minor) for at, amount_minor in sent.values_list("sent_at", "amount_minor") if at],
        Ahead(ahead["charges"], ahead["minor"] or 0),
        payment.amount_minor,
        now,
    )


def count_without_method(provider: Provider, day: date) -> Chunked:
    """Customers with autopay whose invoices fall to be collected on this day, and who have nothing to be charged.

    With what is due of these invoices in minor units.
    """
    found = run_sql(load_sql(__package__, "count_without_method"), {"provider": provider.pk, "day": day})[0]
    return Chunked(found["customers"], None, found["amount_minor"])


def sum_settled_since(provider: Provider, moment: datetime) -> dict[str, Sum]:
    """What came of charges that settled from this moment on, by state: succeeded or failed. One query."""
    return _sum_by_state(Payment.objects.filter(provider=provider, gateway__isnull=False, settled_at__gte=moment))


def sum_under_way(provider: Provider) -> dict[str, Sum]:
    """What is waiting, on its way or unknown now, by state. One query."""
    return _sum_by_state(Payment.objects.filter(provider=provider, state__in=IN_FLIGHT))


def _sum_by_state(payments: QuerySet[Payment]) -> dict[str, Sum]:
    found = payments.order_by().values("state").annotate(payments=Count("pk"), amount_minor=SumOf("amount_minor"))
    return {row["state"]: Sum(row["payments"], row["amount_minor"]) for row in found}
