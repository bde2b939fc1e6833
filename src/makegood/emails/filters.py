"""The filters of the list of e-mails."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet

from makegood.emails.kinds import list_kinds
from makegood.emails.models import Message
from makegood.kit.filters import AnyOfFilter, CountFilter, FilterValues, ListFilter, filter_strictly, match_any
from makegood.providers.models import Provider

RUN = "run"
"""What messages of a run name as their cause."""


def _list_templates() -> list[tuple[str, str]]:
    return [(kind.name, kind.title) for kind in list_kinds()]


class MessageFilter(ListFilter):
    """The filters of e-mails to customers."""

    q = filters.CharFilter(method="filter_text", label="Search")
    state = filters.MultipleChoiceFilter(choices=Message.State.choices, label="State")
    reason = filters.MultipleChoiceFilter(
        method="filter_reason", choices=Message.Reason.choices, label="Why it was not sent"
    )
    template = filters.MultipleChoiceFilter(choices=_list_templates, label="E-mail template")
    customer = AnyOfFilter(field_name="customer__number", label="Customer number")
    run = CountFilter(method="filter_run", label="Credit run")

    class Meta:
        model = Message
        fields: list[str] = []

    def filter_text(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return match_any(
            queryset,
            Q(customer__number__istartswith=value) | Q(customer__name__icontains=value),
            Q(address__icontains=value) | Q(subject__icontains=value),
        )

    def filter_reason(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        # A server may have said the same word about a failed one.
        return queryset.filter(state=Message.State.NOT_SENT, reason__in=value) if value else queryset

    def filter_run(self, queryset: QuerySet[Any], name: str, value: int) -> QuerySet[Any]:
        return queryset.filter(cause_type=RUN, cause_id=value)


def list_matching_messages(provider: Provider, values: FilterValues) -> QuerySet[Message]:
    """The provider's e-mails that match, unordered. Refused for an unknown filter name or value."""
    return filter_strictly(MessageFilter, provider, Message.objects.filter(provider=provider), values)
