"""The filters of the Customer List and the Order List.

Their names are the same in the address bar, on the command line and in a stored selection.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from difflib import get_close_matches
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict

from makegood.customers.models import Customer
from makegood.kit.refusal import Refused
from makegood.orders.models import Order, Service
from makegood.providers.models import Provider

YES_NO = (("yes", "Yes"), ("no", "No"))
FilterValues = Mapping[str, Sequence[str]]
"""A filter as it is stored and hashed: name to values."""


class AnyOfField(forms.MultipleChoiceField):
    """Several values of which one must match. Which values exist is asked of the provider's records."""

    def valid_value(self, value: str) -> bool:
        return True


class AnyOfFilter(filters.MultipleChoiceFilter):
    field_class = AnyOfField
    always_filter = False


class AmountField(forms.RegexField):
    """An amount written with a point, as everywhere on the command line and in addresses."""

    default_error_messages = {"invalid": "Write an amount with a point before the decimals, such as 10.50."}

    def __init__(self, **options: Any) -> None:
        super().__init__(r"^-?[0-9]{1,15}(\.[0-9]{1,4})?\Z", **options)


class AmountFilter(filters.CharFilter):
    """An amount in the provider's currency; compares minor units."""

    field_class = AmountField

    def filter(self, queryset: QuerySet[Any], value: Any) -> QuerySet[Any]:
        if value:
            minor = Decimal(value).scaleb(self.parent.provider.currency_digits)
            # Half a cent lies between two amounts.
            value = int(minor.to_integral_value(ROUND_CEILING if self.lookup_expr == "gte" else ROUND_FLOOR))
        filtered: QuerySet[Any] = super().filter(queryset, value)
        return filtered


class CountFilter(filters.NumberFilter):
    """A whole number."""

    field_class = forms.IntegerField


class ListFilter(filters.FilterSet):
    """What both lists share: the provider, and reading the address bar's values strictly."""

    def __init__(self, data: QueryDict | None, queryset: QuerySet[Any] | None, *, provider: Provider) -> None:
        self.provider = provider
        super().__init__(data, queryset)

    def filter_yes_no(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(**{name: value == "yes"})


class CustomerFilter(ListFilter):
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
        asked = {"area__in": self.form.cleaned_data["area"], "service__name__in": self.form.cleaned_data["service"]}
        conditions = {name: value for name, value in asked.items() if value}
        if conditions:
            orders = Order.objects.filter(provider=self.provider, customer=OuterRef("pk"), **conditions)
            queryset = queryset.filter(Exists(orders))
        filtered: QuerySet[Any] = super().filter_queryset(queryset)
        return filtered

    def filter_order(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        return queryset  # done for all of them at once, in filter_queryset

    def filter_email(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.exclude(email="") if value == "yes" else queryset.filter(email="")


class OrderFilter(ListFilter):
    """The filters of the Order List."""

    q = filters.CharFilter(method="filter_text", label="Search")
    number = AnyOfFilter(field_name="number", label="Number")
    customer = AnyOfFilter(field_name="customer__number", label="Customer number")
    name = filters.CharFilter(field_name="customer__name", lookup_expr="icontains", label="Customer name")
    area = AnyOfFilter(field_name="area", label="Area")
    service = AnyOfFilter(field_name="service__name", label="Service")
    status = filters.MultipleChoiceFilter(choices=Order.Status.choices, label="Status")
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

    class Meta:
        model = Order
        fields: list[str] = []

    def filter_text(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(number__istartswith=value)
            | Q(customer__number__istartswith=value)
            | Q(customer__name__icontains=value)
            | Q(street__icontains=value)
        )


FILTERS: dict[str, type[ListFilter]] = {"customers": CustomerFilter, "orders": OrderFilter}


def filter_records(provider: Provider, list_name: str, values: FilterValues) -> QuerySet[Any]:
    """The provider's customers or orders that match, unordered. Refused for an unknown filter name or value."""
    filter_class = FILTERS[list_name]
    unknown = [name for name in values if name not in filter_class.base_filters]
    if unknown:
        raise Refused("filter_unknown", _unknown_sentence(unknown[0], list(filter_class.base_filters)), "filter")
    data = QueryDict(mutable=True)
    for name, several in values.items():
        data.setlist(name, list(several))
    records = (Customer if list_name == "customers" else Order).objects.filter(provider=provider)
    bound = filter_class(data, records, provider=provider)
    for name, several in values.items():
        if len(several) > 1 and not isinstance(bound.filters[name], filters.MultipleChoiceFilter):
            raise Refused("filter_value_twice", f"The filter {name} takes one value.", "filter")
        if any(not value.strip() or "\x00" in value for value in several):
            raise Refused("filter_value_empty", f"The filter {name} needs a value.", "filter")
    if not bound.is_valid():
        name, errors = next(iter(bound.errors.items()))
        raise Refused("filter_value", f"The filter {name} cannot be used: {errors[0]}", "filter")
    _require_known_values(provider, values)
    result: QuerySet[Any] = bound.qs
    return result.order_by()


def _require_known_values(provider: Provider, values: FilterValues) -> None:
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


def _unknown_sentence(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"There is no filter “{name}”.{hint} The filters are {', '.join(known)}."
