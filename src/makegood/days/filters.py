"""The filters of the list of days."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet

from makegood.days.models import ProviderDay
from makegood.kit.filters import YES_NO, FilterValues, ListFilter, filter_strictly
from makegood.providers.models import Provider


class DayFilter(ListFilter):
    """Which days are shown."""

    day_min = filters.DateFilter(field_name="day", lookup_expr="gte", label="From")
    day_max = filters.DateFilter(field_name="day", lookup_expr="lte", label="To")
    finished = filters.ChoiceFilter(method="filter_finished", choices=YES_NO, label="Finished")
    failed = filters.ChoiceFilter(method="filter_failed", choices=YES_NO, label="With a failure")

    class Meta:
        model = ProviderDay
        fields: list[str] = []

    def filter_finished(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(finished_at__isnull=value == "no")

    def filter_failed(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(failures__gt=0) if value == "yes" else queryset.filter(failures=0)


def list_matching_days(provider: Provider, values: FilterValues) -> QuerySet[ProviderDay]:
    """The provider's days that match, unordered. Refused for an unknown filter name or value."""
    return filter_strictly(DayFilter, provider, ProviderDay.objects.filter(provider=provider), values)
