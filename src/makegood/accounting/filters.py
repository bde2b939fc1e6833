"""The filters of the journal."""

from typing import Any

import django_filters as filters
from django.db.models import Exists, OuterRef, QuerySet

from makegood.credits.credit_filters import read_number
from makegood.kit.filters import YES_NO, AnyOfFilter, FilterValues, ListFilter, filter_strictly
from makegood.ledger.models import JournalEntry, JournalLine
from makegood.providers.models import Provider


class JournalFilter(ListFilter):
    """The filters of the journal."""

    q = filters.CharFilter(method="filter_number", label="Search")
    booked_min = filters.DateFilter(field_name="booked_on", lookup_expr="gte", label="Booked from")
    booked_max = filters.DateFilter(field_name="booked_on", lookup_expr="lte", label="Booked to")
    gl_code = AnyOfFilter(method="filter_gl_code", label="GL code")
    event = AnyOfFilter(field_name="event", label="Event")
    cause = AnyOfFilter(field_name="cause_type", label="Cause")
    other_day = filters.ChoiceFilter(method="filter_other_day", choices=YES_NO, label="Concerns another day")

    class Meta:
        model = JournalEntry
        fields: list[str] = []

    def filter_number(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        number = read_number(value)
        return queryset.none() if number is None else queryset.filter(pk=number)

    def filter_gl_code(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        if not value:
            return queryset
        lines = JournalLine.objects.filter(entry=OuterRef("pk"), gl_code__code__in=value)
        return queryset.filter(Exists(lines))

    def filter_other_day(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(effective_on__isnull=value == "no")


def list_matching_entries(provider: Provider, values: FilterValues) -> QuerySet[JournalEntry]:
    """The provider's journal entries that match, unordered. Refused for an unknown filter name or value."""
    return filter_strictly(JournalFilter, provider, JournalEntry.objects.filter(provider=provider), values)
