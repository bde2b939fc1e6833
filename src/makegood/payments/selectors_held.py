"""Reads of payment methods that autopay does not charge after a dispute."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from makegood.gateways.rules import DisputeState
from makegood.invoices.rules import OWED
from makegood.payments.models import Dispute, PaymentMethod
from makegood.providers.models import Provider


@dataclass(frozen=True)
class Held:
    """A method that autopay would charge, with what its customer owes: invoices, and minor units. words: why."""

    method: PaymentMethod
    invoices: int
    due_minor: int
    words: str


def list_held(provider: Provider, most: int | None = None) -> list[Held]:
    """Those that autopay would charge for something that is owed and not under way, the longest held first. One query.

    most: how many at most; all if left out.
    """
    owed = {"customer__invoices__state__in": OWED, "customer__invoices__in_flight_minor": 0}
    found = with_why(_held(provider)).select_related("customer", "provider", "gateway")
    found = found.annotate(
        invoices=Count("customer__invoices", filter=Q(**owed)),
        due_minor=Sum("customer__invoices__due_minor", filter=Q(**owed)),
    )
    rows = found.filter(invoices__gt=0).order_by("held_at", "pk")[:most]
    return [Held(each, each.invoices, each.due_minor, why_held(each)) for each in rows]


def count_held(provider: Provider) -> int:
    """How many of them there are. One query."""
    owed = Q(customer__invoices__state__in=OWED, customer__invoices__in_flight_minor=0)
    return _held(provider).filter(owed).values("pk").distinct().count()


def with_why(methods: QuerySet[PaymentMethod]) -> QuerySet[PaymentMethod]:
    """Adds `held_for_lost`, for `why_held`."""
    lost = Dispute.objects.filter(payment=OuterRef("held_for"), state=DisputeState.LOST)
    return methods.annotate(held_for_lost=Exists(lost))


def why_held(method: PaymentMethod) -> str:
    """Why autopay does not charge it, in a sentence; empty if it does. The method: read by `with_why`."""
    if method.held_at is None:
        return ""
    if method.held_for_lost:  # type: ignore[attr-defined]  # added by with_why
        return f"Autopay is held: the dispute of payment {method.held_for_id} was lost."
    return f"Autopay is held: payment {method.held_for_id} is disputed as not the customer's own."


def find_why_held(method: PaymentMethod) -> str:
    """The same of a method that may have been read without it. One query at most."""
    if method.held_at is None or hasattr(method, "held_for_lost"):
        return why_held(method)
    return why_held(with_why(PaymentMethod.objects.filter(pk=method.pk)).get())


def _held(provider: Provider) -> QuerySet[PaymentMethod]:
    held = PaymentMethod.objects.filter(provider=provider, held_at__isnull=False, removed_at=None)
    return held.filter(is_default=True, gateway__active=True, customer__autopay=True, customer__billing_enabled=True)
