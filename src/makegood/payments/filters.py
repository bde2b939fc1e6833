"""The filters of the list of payments, and of those that failed."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import django_filters as filters
from django.db.models import Q, QuerySet

from makegood.kit.filters import YES_NO, AmountFilter, AnyOfFilter, FilterValues, ListFilter, filter_strictly, match_any
from makegood.kit.refusal import Refused
from makegood.payments.models import Payment
from makegood.payments.rules import Method, Purpose, State
from makegood.payments.selectors_failed import list_failed, list_with_next_try
from makegood.providers.models import Provider

LARGEST_NUMBER = 2**62


class PaymentFilter(ListFilter):
    """The filters of the list of payments."""

    q = filters.CharFilter(method="filter_text", label="Search")
    customer = AnyOfFilter(field_name="customer__number", label="Customer number")
    state = filters.MultipleChoiceFilter(choices=State.choices, label="State")
    method = filters.MultipleChoiceFilter(choices=Method.choices, label="Method")
    purpose = filters.MultipleChoiceFilter(choices=Purpose.choices, label="Why there is a payment")
    reference = filters.CharFilter(field_name="reference", lookup_expr="icontains", label="Reference")
    gateway_reference = AnyOfFilter(field_name="gateway_reference", label="Processor's reference")
    failed_reason = AnyOfFilter(field_name="failure_code", label="Why it failed")
    given_back = filters.ChoiceFilter(method="filter_given_back", choices=YES_NO, label="Refunded or paid out")
    returned = filters.ChoiceFilter(method="filter_returned", choices=YES_NO, label="Returned by the bank or reversed")
    gl_code = AnyOfFilter(field_name="gl_code__code", label="GL code")
    invoice = filters.CharFilter(method="filter_invoice", label="Invoice number")
    overpaid = filters.ChoiceFilter(method="filter_overpaid", choices=YES_NO, label="More than was due")
    by = AnyOfFilter(field_name="created_by__email", label="Recorded by")
    amount_min = AmountFilter(field_name="amount_minor", lookup_expr="gte", label="Amount from")
    amount_max = AmountFilter(field_name="amount_minor", lookup_expr="lte", label="Amount to")
    created_min = filters.DateFilter(method="filter_created_min", label="Asked or recorded from")
    created_max = filters.DateFilter(method="filter_created_max", label="Asked or recorded to")
    received_min = filters.DateFilter(field_name="received_on", lookup_expr="gte", label="Received from")
    received_max = filters.DateFilter(field_name="received_on", lookup_expr="lte", label="Received to")
    booked_min = filters.DateFilter(field_name="booked_on", lookup_expr="gte", label="Booked from")
    booked_max = filters.DateFilter(field_name="booked_on", lookup_expr="lte", label="Booked to")

    class Meta:
        model = Payment
        fields: list[str] = []

    def filter_text(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        own = Q(reference__icontains=value) | Q(gateway_reference=value)
        if (number := read_number(value)) is not None:
            own |= Q(pk=number)
        return match_any(queryset, own, Q(customer__name__icontains=value) | Q(customer__number__iexact=value))

    def filter_invoice(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        number = read_number(value)
        if number is None:
            raise Refused(
                "filter_value", "The filter invoice cannot be used: write the number of an invoice.", "filter"
            )
        # What was taken away from it later is found as well, once; so is what was asked for and never came.
        given = Payment.objects.filter(allocations__invoice__number=number, allocations__provider=self.provider)
        asked = Payment.objects.filter(claims__invoice__number=number, claims__provider=self.provider)
        return queryset.filter(Q(pk__in=given.values("pk")) | Q(pk__in=asked.values("pk")))

    def filter_overpaid(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(overpayment_credit__isnull=value == "no")

    def filter_given_back(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        nothing = Q(refunded_minor=0, refunding_minor=0, paid_out_minor=0)
        return queryset.filter(nothing if value == "no" else ~nothing)

    def filter_returned(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        # Only these states can have anything taken back; they are few among all and have an index.
        taken = Q(state__in=(State.RETURNED, State.DISPUTED, State.REVERSED)) & Q(returned_minor__gt=0)
        return queryset.filter(taken if value == "yes" else ~taken)

    def filter_created_min(self, queryset: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return queryset.filter(created_at__gte=begin_of(value, self.provider))

    def filter_created_max(self, queryset: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return queryset.filter(created_at__lt=begin_of(value + timedelta(days=1), self.provider))


def read_number(text: str) -> int | None:
    """The number that the text is, if it can be one of a record."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and int(text) < LARGEST_NUMBER else None


def begin_of(day: date, provider: Provider) -> datetime:
    """The moment at which the day begins on the provider's clock."""
    return datetime.combine(day, time(), ZoneInfo(provider.timezone))


def list_matching_payments(provider: Provider, values: FilterValues) -> QuerySet[Payment]:
    """The provider's payments that match, unordered. Refused for an unknown filter name or value."""
    return filter_strictly(PaymentFilter, provider, Payment.objects.filter(provider=provider), values)


AGAIN, LEFT = "again", "left"
STAGES = ((AGAIN, "Tried again by autopay"), (LEFT, "Left to a person"))


class FailedPaymentFilter(ListFilter):
    """The filters of the failed payments to work on."""

    q = filters.CharFilter(method="filter_text", label="Search")
    stage = filters.ChoiceFilter(method="filter_stage", choices=STAGES, label="What happens next")
    customer = AnyOfFilter(field_name="customer__number", label="Customer number")
    reason = AnyOfFilter(field_name="failure_code", label="Why it failed")
    method = filters.MultipleChoiceFilter(choices=Method.choices, label="Method")
    purpose = filters.MultipleChoiceFilter(choices=Purpose.choices, label="Why there is a payment")
    autopay = filters.ChoiceFilter(method="filter_autopay", choices=YES_NO, label="Autopay")
    amount_min = AmountFilter(field_name="amount_minor", lookup_expr="gte", label="Amount from")
    amount_max = AmountFilter(field_name="amount_minor", lookup_expr="lte", label="Amount to")
    next_min = filters.DateFilter(field_name="next_try_on", lookup_expr="gte", label="Next try from")
    next_max = filters.DateFilter(field_name="next_try_on", lookup_expr="lte", label="Next try to")

    class Meta:
        model = Payment
        fields: list[str] = []

    def filter_text(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        own = Q(gateway_reference=value)
        if (number := read_number(value)) is not None:
            asked = Payment.objects.filter(claims__invoice__number=number, claims__provider=self.provider)
            own |= Q(pk=number) | Q(pk__in=asked.values("pk"))
        return match_any(queryset, own, Q(customer__name__icontains=value) | Q(customer__number__iexact=value))

    def filter_stage(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(next_try_on__isnull=value == LEFT)

    def filter_autopay(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(customer__autopay=value == "yes")


def list_matching_failed(provider: Provider, values: FilterValues) -> QuerySet[Payment]:
    """The provider's failed payments to work on that match, unordered. Refused for an unknown filter name or value."""
    return filter_strictly(FailedPaymentFilter, provider, list_with_next_try(list_failed(provider)), values)
