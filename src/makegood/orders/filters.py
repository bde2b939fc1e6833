"""The filters of the Customer List and the Order List.

Their names are the same in the address bar, on the command line and in a stored selection. Who was credited in a run,
and who has a payment method, is known to domains above, which register how to find out.
"""

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any, Protocol

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet

from makegood.customers.models import Customer
from makegood.kit.filters import (
    YES_NO,
    AmountFilter,
    AnyOfFilter,
    CountFilter,
    FilterValues,
    ListFilter,
    filter_strictly,
    match_any,
)
from makegood.kit.refusal import Refused
from makegood.orders.models import Order, Service
from makegood.providers.models import Provider

LARGEST_NUMBER = 2**63 - 1


class CreditRuns(Protocol):
    """What the filters *credited in run* need to know; numbers are those of runs."""

    def is_credit_run(self, provider: Provider, number: int) -> bool:
        """Whether the provider has a credit run of that number."""

    def credited_customers(self, number: int) -> Exists:
        """The condition on a customer: credited in that run."""

    def credited_orders(self, number: int) -> Exists:
        """The condition on an order: credited in that run, or its customer was where each customer got one credit."""


_credit_runs: list[CreditRuns] = []


def register_credit_runs(credit_runs: CreditRuns) -> None:
    """Makes the filters *credited in run* work; called once, when the application starts."""
    _credit_runs[:] = [credit_runs]


HasMethodCondition = Callable[[Provider, str], Q]
"""The condition on a customer of the provider for a choice of the filter *payment method*."""

METHOD_CHOICES = (
    ("yes", "Yes"),
    ("no", "No"),
    ("expiring", "Expires soon"),
    ("expired", "Expired"),
    ("held", "On hold"),
)

_has_method: list[HasMethodCondition] = []


def register_payment_methods(has_method: HasMethodCondition) -> None:
    """Makes the filter *payment method* work; called once, when the application starts."""
    _has_method[:] = [has_method]


class RunNumberFilter(filters.NumberFilter):
    """The number of a credit run."""

    field_class = forms.IntegerField

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST_NUMBER, **options)


class CreditedInRunFilter(ListFilter):
    """The filters about credit runs, which both lists have."""

    def filter_credited(self, queryset: QuerySet[Any], name: str, value: int) -> QuerySet[Any]:
        return queryset.filter(self._credited(queryset, value))

    def filter_not_credited(self, queryset: QuerySet[Any], name: str, value: int) -> QuerySet[Any]:
        return queryset.filter(~self._credited(queryset, value))

    def _credited(self, queryset: QuerySet[Any], number: int) -> Exists:
        runs = _credit_runs[0]
        number = int(number)
        return runs.credited_customers(number) if queryset.model is Customer else runs.credited_orders(number)


class CustomerFilter(CreditedInRunFilter):
    """The filters of the Customer List."""

    q = filters.CharFilter(method="filter_text", label="Search")
    number = AnyOfFilter(field_name="number", label="Number")
    name = filters.CharFilter(field_name="name", lookup_expr="icontains", label="Name")
    area = AnyOfFilter(method="filter_order", label="Area")
    type = filters.MultipleChoiceFilter(field_name="customer_type", choices=Customer.Type.choices, label="Type")
    status = filters.MultipleChoiceFilter(choices=Customer.Status.choices, label="Status")
    service = AnyOfFilter(method="filter_order", label="Service")
    email = filters.ChoiceFilter(method="filter_email", choices=YES_NO, label="E-mail address")
    autopay = filters.ChoiceFilter(method="filter_yes_no", field_name="autopay", choices=YES_NO, label="Autopay")
    method = filters.ChoiceFilter(method="filter_method", choices=METHOD_CHOICES, label="Payment method")
    billing = filters.ChoiceFilter(
        method="filter_yes_no", field_name="billing_enabled", choices=YES_NO, label="Automatic billing"
    )
    orders_min = CountFilter(field_name="figures__active_orders", lookup_expr="gte", label="Active orders from")
    orders_max = CountFilter(field_name="figures__active_orders", lookup_expr="lte", label="Active orders to")
    price_min = AmountFilter(field_name="figures__monthly_price_minor", lookup_expr="gte", label="Monthly price from")
    price_max = AmountFilter(field_name="figures__monthly_price_minor", lookup_expr="lte", label="Monthly price to")
    funds_min = AmountFilter(field_name="balance__funds_minor", lookup_expr="gte", label="Available Funds from")
    funds_max = AmountFilter(field_name="balance__funds_minor", lookup_expr="lte", label="Available Funds to")
    due_min = AmountFilter(field_name="balance__receivable_minor", lookup_expr="gte", label="Amount due from")
    due_max = AmountFilter(field_name="balance__receivable_minor", lookup_expr="lte", label="Amount due to")
    credited_in = RunNumberFilter(method="filter_credited", label="Credited in run")
    not_credited_in = RunNumberFilter(method="filter_not_credited", label="Not credited in run")

    class Meta:
        model = Customer
        fields: list[str] = []

    def filter_text(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(number__istartswith=value)
            | Q(name__icontains=value)
            | Q(email__icontains=value)
            | Q(phone__contains=value)
        )

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """What is asked of an order has to hold for one and the same order of the customer."""
        areas, services = self.form.cleaned_data["area"], self.form.cleaned_data["service"]
        conditions: dict[str, Any] = {"area__in": areas} if areas else {}
        if services:
            conditions["service__in"] = find_service_ids(self.provider, services)
        if conditions:
            orders = Order.objects.filter(provider=self.provider, customer=OuterRef("pk"), **conditions)
            queryset = queryset.filter(Exists(orders))
        filtered: QuerySet[Any] = super().filter_queryset(queryset)
        return filtered

    def filter_order(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        return queryset  # done for all of them at once, in filter_queryset

    def filter_method(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(_has_method[0](self.provider, value))

    def filter_email(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.exclude(email="") if value == "yes" else queryset.filter(email="")


class OrderFilter(CreditedInRunFilter):
    """The filters of the Order List."""

    q = filters.CharFilter(method="filter_text", label="Search")
    number = AnyOfFilter(field_name="number", label="Number")
    customer = AnyOfFilter(field_name="customer__number", label="Customer number")
    name = filters.CharFilter(field_name="customer__name", lookup_expr="icontains", label="Customer name")
    area = AnyOfFilter(field_name="area", label="Area")
    street = filters.CharFilter(field_name="street", lookup_expr="icontains", label="Street")
    service = AnyOfFilter(method="filter_service", label="Service")
    status = filters.MultipleChoiceFilter(choices=Order.Status.choices, label="Status")
    suspended_late = filters.ChoiceFilter(
        method="filter_suspended_late", choices=YES_NO, label="Suspended for late payment"
    )
    customer_status = filters.MultipleChoiceFilter(
        field_name="customer__status", choices=Customer.Status.choices, label="Customer status"
    )
    type = filters.MultipleChoiceFilter(
        field_name="customer__customer_type", choices=Customer.Type.choices, label="Customer type"
    )
    price_min = AmountFilter(field_name="price_minor", lookup_expr="gte", label="Monthly price from")
    price_max = AmountFilter(field_name="price_minor", lookup_expr="lte", label="Monthly price to")
    from_min = filters.DateFilter(field_name="from_date", lookup_expr="gte", label="Starts from")
    from_max = filters.DateFilter(field_name="from_date", lookup_expr="lte", label="Starts until")
    to_min = filters.DateFilter(field_name="to_date", lookup_expr="gte", label="Ends from")
    to_max = filters.DateFilter(field_name="to_date", lookup_expr="lte", label="Ends until")
    credited_in = RunNumberFilter(method="filter_credited", label="Credited in run")
    not_credited_in = RunNumberFilter(method="filter_not_credited", label="Not credited in run")

    class Meta:
        model = Order
        fields: list[str] = []

    def filter_text(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return match_any(
            queryset,
            Q(number__istartswith=value) | Q(street__icontains=value),
            Q(customer__number__istartswith=value) | Q(customer__name__icontains=value),
        )

    def filter_suspended_late(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(suspended_late_on__isnull=value == "no")

    def filter_service(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        return queryset.filter(service__in=find_service_ids(self.provider, value)) if value else queryset


def find_service_ids(provider: Provider, names: Sequence[str]) -> list[int]:
    """The provider's services of these names; how many orders have one is known of its id, not of its name."""
    return list(Service.objects.filter(provider=provider, name__in=names).values_list("pk", flat=True)) if names else []


FILTERS: dict[str, type[ListFilter]] = {"customers": CustomerFilter, "orders": OrderFilter}


def filter_records(provider: Provider, list_name: str, values: FilterValues) -> QuerySet[Any]:
    """The provider's customers or orders that match, unordered. Refused for an unknown filter name or value."""
    records = (Customer if list_name == "customers" else Order).objects.filter(provider=provider)
    found = filter_strictly(FILTERS[list_name], provider, records, values)
    _require_known_values(provider, values)
    return found


def list_matching_customers(provider: Provider, values: FilterValues) -> QuerySet[Customer]:
    """The provider's customers that match, unordered. Refused as `filter_records` does."""
    return filter_records(provider, "customers", values)


def list_matching_orders(provider: Provider, values: FilterValues) -> QuerySet[Order]:
    """The provider's orders that match, unordered. Refused as `filter_records` does."""
    return filter_records(provider, "orders", values)


def _require_known_values(provider: Provider, values: FilterValues) -> None:
    for name in ("credited_in", "not_credited_in"):
        for value in values.get(name, ()):
            if not _credit_runs[0].is_credit_run(provider, int(value)):
                raise Refused("filter_value_unknown", f"{provider.name} has no credit run {value}.", "filter")
    for name, what, field, records in (
        ("area", "area", "area", Order.objects.all()),
        ("service", "service", "name", Service.objects.all()),
    ):
        asked = set(values.get(name, ()))
        if not asked:
            continue
        of_provider = records.filter(provider=provider)
        known = set(of_provider.filter(**{f"{field}__in": asked}).values_list(field, flat=True).distinct())
        if missing := sorted(asked - known):
            candidates = of_provider.order_by().values_list(field, flat=True).distinct()[:5000]
            near = get_close_matches(missing[0], list(candidates), n=1)
            hint = f" Did you mean “{near[0]}”?" if near else ""
            raise Refused(
                "filter_value_unknown", f"{provider.name} has no order with the {what} “{missing[0]}”.{hint}", "filter"
            )
