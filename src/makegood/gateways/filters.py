"""The filters of the list of what processors sent."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet

from makegood.gateways.models import GatewayEvent
from makegood.gateways.rules import EventAbout, EventState, GatewayKind
from makegood.kit.filters import FilterValues, ListFilter, filter_strictly
from makegood.providers.models import Provider


class EventFilter(ListFilter):
    """The filters of events from processors."""

    q = filters.CharFilter(method="filter_text", label="Search")
    state = filters.MultipleChoiceFilter(choices=EventState.choices, label="State")
    about = filters.MultipleChoiceFilter(choices=EventAbout.choices, label="About")
    type = filters.CharFilter(field_name="type", lookup_expr="icontains", label="Type")
    gateway = filters.MultipleChoiceFilter(field_name="gateway__kind", choices=GatewayKind.choices, label="Processor")
    received_min = filters.DateFilter(field_name="received_at", lookup_expr="date__gte", label="Received from")
    received_max = filters.DateFilter(field_name="received_at", lookup_expr="date__lte", label="Received to")

    class Meta:
        model = GatewayEvent
        fields: list[str] = []

    def filter_text(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(Q(event_id=value) | Q(reference=value) | Q(charge=value))


def list_matching_events(provider: Provider, values: FilterValues) -> QuerySet[GatewayEvent]:
    """The provider's events that match, unordered. Refused for an unknown filter name or value."""
    return filter_strictly(EventFilter, provider, GatewayEvent.objects.filter(provider=provider), values)
