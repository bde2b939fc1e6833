"""The filters of the list of runs."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet

from makegood.kit.filters import YES_NO, AmountFilter, AnyOfFilter, FilterValues, ListFilter, filter_strictly
from makegood.providers.models import Provider
from makegood.runs.kinds import list_kinds
from makegood.runs.models import Run
from makegood.runs.rules import State

SIZES = [("one", "One customer"), ("several", "Several customers")]
LARGEST_NUMBER = 2**62


class RunFilter(ListFilter):
    """The filters of the list of runs."""

    q = filters.CharFilter(method="filter_text", label="Search")
    state = filters.MultipleChoiceFilter(choices=State.choices, label="State")
    kind = filters.MultipleChoiceFilter(choices=list_kinds, label="Kind")
    size = filters.ChoiceFilter(method="filter_size", choices=SIZES, label="Size")
    failures = filters.ChoiceFilter(method="filter_failures", choices=YES_NO, label="Has failures")
    by = AnyOfFilter(field_name="created_by__email", label="Asked for by")
    asked_min = filters.DateFilter(field_name="created_at", lookup_expr="date__gte", label="Asked for from")
    asked_max = filters.DateFilter(field_name="created_at", lookup_expr="date__lte", label="Asked for to")
    total_min = AmountFilter(field_name="total_minor", lookup_expr="gte", label="Total from")
    total_max = AmountFilter(field_name="total_minor", lookup_expr="lte", label="Total to")

    class Meta:
        model = Run
        fields: list[str] = []

    def filter_text(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        found = Q(credit_run__description__icontains=value) | Q(charge_run__description__icontains=value)
        if value.isascii() and value.isdigit() and int(value) < LARGEST_NUMBER:
            found |= Q(pk=int(value)) | Q(reverses=int(value))
        return queryset.filter(found)

    def filter_size(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return (
            queryset.filter(customers_selected__gt=1) if value == "several" else queryset.filter(customers_selected=1)
        )

    def filter_failures(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(rows_failed__gt=0) if value == "yes" else queryset.filter(rows_failed=0)


def list_matching_runs(provider: Provider, values: FilterValues) -> QuerySet[Run]:
    """The provider's runs of all kinds that match, unordered. Refused for an unknown filter name or value."""
    return filter_strictly(RunFilter, provider, Run.objects.filter(provider=provider), values)
