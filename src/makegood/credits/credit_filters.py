"""The filters of the list of credits."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet

from makegood.credits.models import Credit, Kind
from makegood.kit.filters import YES_NO, AmountFilter, AnyOfFilter, FilterValues, ListFilter, filter_strictly, match_any
from makegood.kit.refusal import Refused
from makegood.providers.models import Provider

LARGEST_NUMBER = 2**62


class CreditFilter(ListFilter):
    """The filters of the list of credits."""

    q = filters.CharFilter(method="filter_text", label="Search")
    customer = AnyOfFilter(field_name="customer__number", label="Customer number")
    remaining = filters.ChoiceFilter(method="filter_remaining", choices=YES_NO, label="Something remains")
    kind = filters.MultipleChoiceFilter(choices=Kind.choices, label="Kind")
    gl_code = AnyOfFilter(field_name="gl_code__code", label="GL code")
    run = filters.CharFilter(method="filter_run", label="Credit run")
    by = AnyOfFilter(field_name="created_by__email", label="Given by")
    description = filters.CharFilter(field_name="description", lookup_expr="icontains", label="Description")
    changed = filters.ChoiceFilter(method="filter_changed", choices=YES_NO, label="Changed by hand")
    amount_min = AmountFilter(field_name="issued_minor", lookup_expr="gte", label="Issued from")
    amount_max = AmountFilter(field_name="issued_minor", lookup_expr="lte", label="Issued to")
    left_min = AmountFilter(field_name="remaining_minor", lookup_expr="gte", label="Remaining from")
    left_max = AmountFilter(field_name="remaining_minor", lookup_expr="lte", label="Remaining to")
    given_min = filters.DateFilter(field_name="issued_on", lookup_expr="gte", label="Given from")
    given_max = filters.DateFilter(field_name="issued_on", lookup_expr="lte", label="Given to")
    expires_min = filters.DateFilter(field_name="expires_on", lookup_expr="gte", label="Expires from")
    expires_max = filters.DateFilter(field_name="expires_on", lookup_expr="lte", label="Expires to")

    class Meta:
        model = Credit
        fields: list[str] = []

    def filter_text(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        own = Q(description__icontains=value)
        if (number := read_number(value)) is not None:
            own |= Q(pk=number)
        return match_any(queryset, own, Q(customer__name__icontains=value) | Q(customer__number__iexact=value))

    def filter_remaining(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(remaining_minor__gt=0) if value == "yes" else queryset.filter(remaining_minor=0)

    def filter_run(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        number = read_number(value)
        if number is None:
            raise Refused("filter_value", "The filter run cannot be used: write the number of a credit run.", "filter")
        return queryset.filter(run_row__run=number)

    def filter_changed(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        changed = Q(changes__number=1)
        return queryset.filter(changed) if value == "yes" else queryset.exclude(changed)


def read_number(text: str) -> int | None:
    """The number that the text is, if it can be one of a record."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and int(text) < LARGEST_NUMBER else None


def list_matching_credits(provider: Provider, values: FilterValues) -> QuerySet[Credit]:
    """The provider's credits that match, unordered. Refused for an unknown filter name or value."""
    return filter_strictly(CreditFilter, provider, Credit.objects.filter(provider=provider), values)
