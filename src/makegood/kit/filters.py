"""What the filters of all lists have in common; a list's own filters are a class of its domain, made of these.

    class RunFilter(ListFilter):
        state = filters.MultipleChoiceFilter(choices=State.choices, label="State")
        total_min = AmountFilter(field_name="total_minor", lookup_expr="gte", label="Total from")
        total_max = AmountFilter(field_name="total_minor", lookup_expr="lte", label="Total to")

Names that end in ``_min`` and ``_max`` are the two ends of one range; ``q`` is the free-text search.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from difflib import get_close_matches
from functools import reduce
from operator import or_
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict

from makegood.kit.refusal import Refused

YES_NO = (("yes", "Yes"), ("no", "No"))
FilterValues = Mapping[str, Sequence[str]]
"""A filter as it is stored and hashed: name to values."""
FEW = 10_000
"""So many records are collected by their keys before a search takes a text to be a common one."""


class AnyOfField(forms.MultipleChoiceField):
    """Several values of which one must match. Which values exist is asked of the records."""

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
    """The filters of one list of a provider's records; `provider` is whose.

    Its form is made without records, to be shown again as it was filled in.
    """

    def __init__(self, data: QueryDict | None, queryset: QuerySet[Any] | None, *, provider: Any) -> None:
        self.provider = provider
        super().__init__(data, queryset)
        for each in self.filters.values():
            # No filter repeats a record: what is asked of other tables is asked by EXISTS. To have the database look
            # for repetitions would sort millions.
            each.distinct = False

    def filter_yes_no(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """For a choice of `YES_NO` on a boolean field."""
        return queryset.filter(**{name: value == "yes"})


def match_any(records: QuerySet[Any], *conditions: Q) -> QuerySet[Any]:
    """The records for which one of the conditions holds, each about one table with indexes for it. One query at once.

    No index answers an *or* over several tables. So where few records match, they are collected condition by condition;
    where many do, such as those with a common first name, the list soon meets enough of them in its own order.
    """
    parts = [records.filter(each).order_by().values_list("pk", flat=True)[: FEW + 1] for each in conditions]
    found = list(parts[0].union(*parts[1:], all=True))
    return records.filter(pk__in=set(found)) if len(found) <= FEW else records.filter(reduce(or_, conditions))


def filter_strictly(
    filter_class: type[ListFilter], provider: Any, records: QuerySet[Any], values: FilterValues
) -> QuerySet[Any]:
    """The records that match, unordered. Refused for an unknown filter name or a value that cannot be.

    A filter never widens a list because it is misspelt.
    """
    unknown = [name for name in values if name not in filter_class.base_filters]
    if unknown:
        raise Refused("filter_unknown", _unknown_sentence(unknown[0], list(filter_class.base_filters)), "filter")
    data = QueryDict(mutable=True)
    for name, several in values.items():
        data.setlist(name, list(several))
    bound = filter_class(data, records, provider=provider)
    for name, several in values.items():
        if len(several) > 1 and not isinstance(bound.filters[name], filters.MultipleChoiceFilter):
            raise Refused("filter_value_twice", f"The filter {name} takes one value.", "filter")
        if any(not value.strip() or "\x00" in value for value in several):
            raise Refused("filter_value_empty", f"The filter {name} needs a value.", "filter")
    if not bound.is_valid():
        name, errors = next(iter(bound.errors.items()))
        raise Refused("filter_value", f"The filter {name} cannot be used: {errors[0]}", "filter")
    found: QuerySet[Any] = bound.qs
    return found.order_by()


def _unknown_sentence(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"There is no filter “{name}”.{hint} The filters are {', '.join(known)}."
