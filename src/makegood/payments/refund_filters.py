"""The filters of the list of refunds and pay-outs."""

from datetime import date, timedelta
from typing import Any

import django_filters as filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from makegood.kit.filters import YES_NO, AmountFilter, AnyOfFilter, FilterValues, ListFilter, filter_strictly, match_any
from makegood.kit.refusal import Refused
from makegood.payments.filters import begin_of, read_number
from makegood.payments.models import Refund, RefundTransfer
from makegood.payments.rules import Follow, RefundPurpose, RefundState, Way
from makegood.providers.models import Provider

FUNDS = "funds"
WAYS = (*Way.choices, (FUNDS, "To Available Funds"))
"""Where money went; one refund can go several ways."""


class RefundFilter(ListFilter):
    """The filters of the list of refunds and pay-outs."""

    q = filters.CharFilter(method="filter_text", label="Search")
    customer = AnyOfFilter(field_name="customer__number", label="Customer number")
    purpose = filters.MultipleChoiceFilter(choices=RefundPurpose.choices, label="Kind")
    state = filters.MultipleChoiceFilter(choices=RefundState.choices, label="State")
    bounced = filters.ChoiceFilter(method="filter_bounced", choices=YES_NO, label="Bounced")
    way = filters.MultipleChoiceFilter(method="filter_way", choices=WAYS, label="Where it went")
    follow = filters.MultipleChoiceFilter(choices=Follow.choices, label="What follows")
    invoice = filters.CharFilter(method="filter_invoice", label="Invoice number")
    payment = filters.CharFilter(method="filter_payment", label="Payment number")
    by = AnyOfFilter(field_name="created_by__email", label="Asked for by")
    reason = filters.CharFilter(field_name="reason", lookup_expr="icontains", label="Reason")
    amount_min = AmountFilter(field_name="amount_minor", lookup_expr="gte", label="Amount from")
    amount_max = AmountFilter(field_name="amount_minor", lookup_expr="lte", label="Amount to")
    created_min = filters.DateFilter(method="filter_created_min", label="Asked for from")
    created_max = filters.DateFilter(method="filter_created_max", label="Asked for to")
    settled_min = filters.DateFilter(method="filter_settled_min", label="Ended from")
    settled_max = filters.DateFilter(method="filter_settled_max", label="Ended to")

    class Meta:
        model = Refund
        fields: list[str] = []

    def filter_text(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        own = Q(reason__icontains=value)
        if (number := read_number(value)) is not None:
            own |= Q(pk=number)
        return match_any(queryset, own, Q(customer__name__icontains=value) | Q(customer__number__iexact=value))

    def filter_bounced(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        bounced = Q(pk__in=self._transfers().filter(bounced_at__isnull=False).values("refund"))
        return queryset.filter(bounced if value == "yes" else ~bounced)

    def filter_way(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        if not value:
            return queryset
        others = [each for each in value if each != FUNDS]
        by_transfer = Exists(self._transfers().filter(refund=OuterRef("pk"), way__in=others))
        to_funds = Q(funds_minor__gt=0)
        if FUNDS not in value:
            return queryset.filter(by_transfer)
        return queryset.filter(to_funds if not others else Q(by_transfer) | to_funds)

    def filter_invoice(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        number = _require_number(name, value, "an invoice")
        return queryset.filter(invoice__number=number, invoice__provider=self.provider)

    def filter_payment(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        number = _require_number(name, value, "a payment")
        return queryset.filter(pk__in=self._transfers().filter(payment=number).values("refund"))

    def filter_created_min(self, queryset: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return queryset.filter(created_at__gte=begin_of(value, self.provider))

    def filter_created_max(self, queryset: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return queryset.filter(created_at__lt=begin_of(value + timedelta(days=1), self.provider))

    def filter_settled_min(self, queryset: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return queryset.filter(settled_at__gte=begin_of(value, self.provider))

    def filter_settled_max(self, queryset: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return queryset.filter(settled_at__lt=begin_of(value + timedelta(days=1), self.provider))

    def _transfers(self) -> QuerySet[RefundTransfer]:
        return RefundTransfer.objects.filter(provider=self.provider)


def _require_number(name: str, value: str, what: str) -> int:
    number = read_number(value)
    if number is None:
        raise Refused("filter_value", f"The filter {name} cannot be used: write the number of {what}.", "filter")
    return number


def list_matching_refunds(provider: Provider, values: FilterValues) -> QuerySet[Refund]:
    """The provider's refunds and pay-outs that match, unordered. Refused for an unknown filter name or value."""
    return filter_strictly(RefundFilter, provider, Refund.objects.filter(provider=provider), values)
