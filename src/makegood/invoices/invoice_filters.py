"""The filters of the Invoice List."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet

from makegood.invoices.models import Invoice
from makegood.invoices.rules import OWED, State
from makegood.kit.filters import (
    YES_NO,
    AmountFilter,
    AnyOfFilter,
    FilterValues,
    ListFilter,
    filter_strictly,
    match_any,
)
from makegood.kit.refusal import Refused
from makegood.providers.models import Provider

LARGEST_NUMBER = 2**62


class IssuedAmountFilter(AmountFilter):
    """An amount that only an issued invoice has."""

    def filter(self, queryset: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return super().filter(queryset.filter(number__isnull=False) if value else queryset, value)


class InvoiceFilter(ListFilter):
    """The filters of the Invoice List."""

    q = filters.CharFilter(method="filter_text", label="Search")
    state = filters.MultipleChoiceFilter(choices=State.choices, label="State")
    customer = AnyOfFilter(field_name="customer__number", label="Customer number")
    kind = filters.MultipleChoiceFilter(choices=Invoice.Kind.choices, label="Kind")
    in_flight = filters.ChoiceFilter(method="filter_in_flight", choices=YES_NO, label="Payment on its way")
    by_hand = filters.ChoiceFilter(method="filter_by_hand", choices=YES_NO, label="Collected by hand")
    run = filters.CharFilter(method="filter_run", label="Invoice run")
    period_min = filters.DateFilter(field_name="period_to", lookup_expr="gte", label="Period from")
    period_max = filters.DateFilter(field_name="period_from", lookup_expr="lte", label="Period to")
    issued_min = filters.DateFilter(field_name="issued_on", lookup_expr="gte", label="Issued from")
    issued_max = filters.DateFilter(field_name="issued_on", lookup_expr="lte", label="Issued to")
    due_min = filters.DateFilter(field_name="due_on", lookup_expr="gte", label="Due from")
    due_max = filters.DateFilter(field_name="due_on", lookup_expr="lte", label="Due to")
    collect_min = filters.DateFilter(field_name="collect_on", lookup_expr="gte", label="Collect on from")
    collect_max = filters.DateFilter(field_name="collect_on", lookup_expr="lte", label="Collect on to")
    total_min = AmountFilter(field_name="total_minor", lookup_expr="gte", label="Total from")
    total_max = AmountFilter(field_name="total_minor", lookup_expr="lte", label="Total to")
    used_min = AmountFilter(field_name="used_minor", lookup_expr="gte", label="Available Funds used from")
    used_max = AmountFilter(field_name="used_minor", lookup_expr="lte", label="Available Funds used to")
    paid_min = AmountFilter(field_name="paid_minor", lookup_expr="gte", label="Paid from")
    paid_max = AmountFilter(field_name="paid_minor", lookup_expr="lte", label="Paid to")
    left_min = IssuedAmountFilter(field_name="due_minor", lookup_expr="gte", label="Left to pay from")
    left_max = IssuedAmountFilter(field_name="due_minor", lookup_expr="lte", label="Left to pay to")

    class Meta:
        model = Invoice
        fields: list[str] = []

    def filter_text(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        of_customer = Q(customer__name__icontains=value) | Q(customer__number__iexact=value)
        number = read_number(value)
        return queryset.filter(of_customer) if number is None else match_any(queryset, Q(number=number), of_customer)

    def filter_in_flight(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(_is(Q(in_flight_minor__gt=0), value))

    def filter_by_hand(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(_is(Q(by_hand=True), value))

    def filter_run(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        number = read_number(value)
        if number is None:
            message = "The filter run cannot be used: write the number of an invoice run."
            raise Refused("filter_value", message, "filter")
        return queryset.filter(run_row__run=number)


def _is(condition: Q, value: str) -> Q:
    """What can hold of owed invoices alone, which are few among all and have an index; or its opposite."""
    holds = Q(state__in=OWED) & condition
    return holds if value == "yes" else ~holds


def read_number(text: str) -> int | None:
    """The number that the text is, with or without a ``#``, if it can be one of a record."""
    text = text.strip().removeprefix("#")
    return int(text) if text.isascii() and text.isdigit() and int(text) < LARGEST_NUMBER else None


def list_matching_invoices(provider: Provider, values: FilterValues) -> QuerySet[Invoice]:
    """The provider's invoices and drafts that match, unordered; without drafts that were given up.

    Refused for an unknown filter name or value.
    """
    kept = Invoice.objects.filter(~Q(state=State.VOID, number=None), provider=provider)
    return filter_strictly(InvoiceFilter, provider, kept, values)
