"""Selecting records on a list."""

from collections.abc import Sequence

from django.db import transaction

from makegood.kit.clock import now
from makegood.orders.filters import FilterValues, filter_records
from makegood.providers.models import Membership
from makegood.runs.models import Selection, SelectionItem


def select_matching(
    *, membership: Membership, list_name: str, values: FilterValues, except_ids: Sequence[int] = ()
) -> Selection:
    """Selects all records that match a filter, except some. Opens a transaction.

    Refused for an unknown filter name or value.
    """
    filter_records(membership.provider, list_name, values)
    canonical = {name: sorted(set(several)) for name, several in sorted(values.items())}
    return _select(membership, list_name, Selection.Mode.MATCHING, canonical, except_ids)


def select_listed(*, membership: Membership, list_name: str, record_ids: Sequence[int]) -> Selection:
    """Selects single records. Opens a transaction. Another provider's records are never part of a run."""
    return _select(membership, list_name, Selection.Mode.LISTED, {}, record_ids)


def _select(
    membership: Membership, list_name: str, mode: str, values: FilterValues, record_ids: Sequence[int]
) -> Selection:
    with transaction.atomic():
        selection = Selection.objects.create(
            provider=membership.provider,
            staff=membership.staff,
            list_name=list_name,
            mode=mode,
            filter=dict(values),
            created_at=now(),
        )
        SelectionItem.objects.bulk_create(
            SelectionItem(provider=membership.provider, selection=selection, record_id=record_id)
            for record_id in dict.fromkeys(record_ids)
        )
    return selection
