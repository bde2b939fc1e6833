"""The filters of the list of charges."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet

from makegood.invoices.models import Charge
from makegood.kit.filters import AmountFilter, AnyOfFilter, FilterValues, ListFilter, filter_strictly, match_any
from makegood.kit.refusal import Refused
from makegood.providers.models import Provider

LARGEST_NUMBER = 2**62


class ChargeFilter(ListFilter):
    """The filters of the list of charges."""

    q = filters.CharFilter(method="filter_text", label="Search")
    customer = AnyOfFilter(field_name="customer__number", label="Customer number")
    state = filters.MultipleChoiceFilter(choices=Charge.State.choices, label="State")
    gl_code = AnyOfFilter(field_name="gl_code__code", label="GL code")
    run = filters.CharFilter(method="filter_run", label="Charge run")
    by = AnyOfFilter(field_name="created_by__email", label="Added by")
    description = filters.CharFilter(field_name="description", lookup_expr="icontains", label="Description")
    amount_min = AmountFilter(field_name="amount_minor", lookup_expr="gte", label="Amount from")
    amount_max = AmountFilter(field_name="amount_minor", lookup_expr="lte", label="Amount to")
    charged_min = filters.DateFilter(field_name="charged_on", lookup_expr="gte", label="Added from")
    charged_max = filters.DateFilter(field_name="charged_on", lookup_expr="lte", label="Added to")

    class Meta:
        model = Charge
        fields: list[str] = []

    def filter_text(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        own = Q(description__icontains=value)
        if (number := _read_number(value)) is not None:
            own |= Q(pk=number)
        return match_any(queryset, own, Q(customer__name__icontains=value) | Q(customer__number__iexact=value))

    def filter_run(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        number = _read_number(value)
        if number is None:
            raise Refused("filter_value", "The filter run cannot be used: write the number of a charge run.", "filter")
        return queryset.filter(run_row__run=number)


def _read_number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and int(text) < LARGEST_NUMBER else None


def list_matching_charges(provider: Provider, values: FilterValues) -> QuerySet[Charge]:
    """The provider's charges that match, unordered. Refused for an unknown filter name or value."""
    return filter_strictly(ChargeFilter, provider, Charge.objects.filter(provider=provider), values)
