"""The filters of the list of payments."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet

from makegood.kit.filters import YES_NO, AmountFilter, AnyOfFilter, FilterValues, ListFilter, filter_strictly, match_any
from makegood.kit.refusal import Refused
from makegood.payments.models import Payment
from makegood.payments.rules import Method, State
from makegood.providers.models import Provider

LARGEST_NUMBER = 2**62


class PaymentFilter(ListFilter):
    """The filters of the list of payments."""

    q = filters.CharFilter(method="filter_text", label="Search")
    customer = AnyOfFilter(field_name="customer__number", label="Customer number")
    state = filters.MultipleChoiceFilter(choices=State.choices, label="State")
    method = filters.MultipleChoiceFilter(choices=Method.choices, label="Method")
    reference = filters.CharFilter(field_name="reference", lookup_expr="icontains", label="Reference")
    gl_code = AnyOfFilter(field_name="gl_code__code", label="GL code")
    invoice = filters.CharFilter(method="filter_invoice", label="Invoice number")
    overpaid = filters.ChoiceFilter(method="filter_overpaid", choices=YES_NO, label="More than was due")
    by = AnyOfFilter(field_name="created_by__email", label="Recorded by")
    amount_min = AmountFilter(field_name="amount_minor", lookup_expr="gte", label="Amount from")
    amount_max = AmountFilter(field_name="amount_minor", lookup_expr="lte", label="Amount to")
    received_min = filters.DateFilter(field_name="received_on", lookup_expr="gte", label="Received from")
    received_max = filters.DateFilter(field_name="received_on", lookup_expr="lte", label="Received to")
    booked_min = filters.DateFilter(field_name="booked_on", lookup_expr="gte", label="Booked from")
    booked_max = filters.DateFilter(field_name="booked_on", lookup_expr="lte", label="Booked to")

    class Meta:
        model = Payment
        fields: list[str] = []

    def filter_text(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        own = Q(reference__icontains=value)
        if (number := _read_number(value)) is not None:
            own |= Q(pk=number)
        return match_any(queryset, own, Q(customer__name__icontains=value) | Q(customer__number__iexact=value))

    def filter_invoice(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        number = _read_number(value)
        if number is None:
            raise Refused(
                "filter_value", "The filter invoice cannot be used: write the number of an invoice.", "filter"
            )
        # What was taken away from it later is found as well, once.
        given = Payment.objects.filter(allocations__invoice__number=number, allocations__provider=self.provider)
        return queryset.filter(pk__in=given.values("pk"))

    def filter_overpaid(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(overpayment_credit__isnull=value == "no")


def _read_number(text: str) -> int | None:
    """The number that the text is, if it can be one of a record."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and int(text) < LARGEST_NUMBER else None


def list_matching_payments(provider: Provider, values: FilterValues) -> QuerySet[Payment]:
    """The provider's payments that match, unordered. Refused for an unknown filter name or value."""
    return filter_strictly(PaymentFilter, provider, Payment.objects.filter(provider=provider), values)
