"""The filters of a run's rows."""

from typing import Any

import django_filters as filters
from django.db.models import F, Q, QuerySet

from makegood.kit.filters import FilterValues, ListFilter, filter_strictly, match_any
from makegood.providers.models import Provider
from makegood.runs.models import Run, RunRow
from makegood.runs.outcomes import WAITING, Category, list_outcomes

IS_DONE = Q(outcome=None, customer_id__lte=F("run__cursor_customer_id"))
"""What is done or waits for the first time has no outcome of its own: the run's cursor tells them apart."""
WAITS = Q(outcome=None, customer_id__gt=F("run__cursor_customer_id"))

RESULTS = [
    (Category.DONE.value, "Done"),
    (Category.SKIPPED.value, "Skipped"),
    (Category.FAILED.value, "Failed"),
    (Category.WAITING.value, "Waiting"),
]


def _list_reasons() -> list[tuple[str, str]]:
    """The outcomes that are written to rows: why a customer was not dealt with."""
    reasons = [outcome for outcome in list_outcomes() if outcome.category is not Category.DONE]
    return [(outcome.code, outcome.words.capitalize()) for outcome in reasons if outcome is not WAITING]


class RowFilter(ListFilter):
    """The filters of the customers of a run."""

    q = filters.CharFilter(method="filter_text", label="Search")
    result = filters.MultipleChoiceFilter(method="filter_result", choices=RESULTS, label="Outcome")
    reason = filters.MultipleChoiceFilter(field_name="outcome", choices=_list_reasons, label="Reason")

    class Meta:
        model = RunRow
        fields: list[str] = []

    def filter_text(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return match_any(
            queryset,
            Q(customer__number__istartswith=value) | Q(customer__name__icontains=value),
            Q(order__number__istartswith=value),
        )

    def filter_result(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        asked = Q()
        for category in value:
            codes = [outcome.code for outcome in list_outcomes() if outcome.category == category]
            asked |= Q(outcome__in=codes)
            if category == Category.DONE:
                asked |= IS_DONE
            if category == Category.WAITING:
                asked |= WAITS
        return queryset.filter(asked)


def list_matching_rows(run: Run, provider: Provider, values: FilterValues) -> QuerySet[RunRow]:
    """The rows of a run that match, unordered. Refused for an unknown filter name or value."""
    return filter_strictly(RowFilter, provider, RunRow.objects.filter(run=run, provider=provider), values)
