"""Selecting records on a list.

A person's *current* selection on a list is what the page shows; it changes with every tick and is nobody's record.
What a run works with is an unchanging copy of it, or a selection made in one go. Neither leaves an audit entry; the run
does.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from makegood.customers.models import Customer
from makegood.kit.clock import now
from makegood.kit.filters import FilterValues
from makegood.kit.refusal import Refused
from makegood.kit.sql import load_sql, run_sql
from makegood.orders.filters import filter_records
from makegood.orders.models import Order
from makegood.providers.models import Membership
from makegood.runs.models import Selection, SelectionItem


@dataclass(frozen=True)
class Ticked:
    """What became of a tick. not_added: records that are not among those that match the selection's filter."""

    selection: Selection
    not_added: int = 0


def tick(*, membership: Membership, list_name: str, record_ids: Sequence[int], on: bool) -> Ticked:
    """Adds records to the person's current selection, or takes them out of it. Opens a transaction.

    Where all that match a filter are selected, a record is taken out by being excepted, and only one that matches can
    be selected. Ids that are not the provider's do nothing.
    """
    with transaction.atomic():
        selection = _lock_current(membership, list_name)
        is_item = on if selection.mode == Selection.Mode.LISTED else not on
        items = SelectionItem.objects.filter(selection=selection)
        records = _records_of(membership, list_name).filter(pk__in=set(record_ids))
        if is_item:
            found = _matching(selection, records) if selection.mode == Selection.Mode.MATCHING else records
            _add_items(selection, list(found.order_by("pk").values_list("pk", flat=True)))
            return Ticked(selection)
        items.filter(record_id__in=set(record_ids)).delete()
        if selection.mode == Selection.Mode.LISTED:
            return Ticked(selection)
        return Ticked(selection, records.count() - _matching(selection, records).count())


def select_all_matching(*, membership: Membership, list_name: str, values: FilterValues) -> Ticked:
    """Makes all records that match a filter the person's current selection. Opens a transaction.

    Returns in `not_added` how many single records were selected before and do not match.
    Refused for an unknown filter name or value; then the selection is as it was.
    """
    matching = filter_records(membership.provider, list_name, values)
    with transaction.atomic():
        selection = _lock_current(membership, list_name)
        left_out = 0
        if selection.mode == Selection.Mode.LISTED:
            items = selection.items.all()
            left_out = items.count() - items.filter(record_id__in=matching.values("pk")).count()
        _change(selection, Selection.Mode.MATCHING, _canonical(values))
    return Ticked(selection, left_out)


def clear_selection(*, membership: Membership, list_name: str) -> Selection:
    """Empties the person's current selection. Opens a transaction."""
    with transaction.atomic():
        selection = _lock_current(membership, list_name)
        _change(selection, Selection.Mode.LISTED, {})
    return selection


def copy_selection(*, membership: Membership, list_name: str) -> Selection:
    """An unchanging copy of the person's current selection, for a run. Opens a transaction.

    Refused if nothing is selected. The current selection stays as it is.
    """
    with transaction.atomic():
        current = _lock_current(membership, list_name)
        if current.mode == Selection.Mode.LISTED and not current.items.exists():
            raise Refused("nothing_selected", f"Nothing is selected. Tick {list_name} on the list first.", "selection")
        copy = _create(membership, list_name, current.mode, current.filter)
        parameters = {"provider": membership.provider.pk, "current": current.pk, "copy": copy.pk}
        run_sql(load_sql(__package__, "copy_items"), parameters)
    return copy


def select_matching(
    *, membership: Membership, list_name: str, values: FilterValues, except_ids: Sequence[int] = ()
) -> Selection:
    """Selects all records that match a filter, except some. Opens a transaction.

    Refused for an unknown filter name or value.
    """
    filter_records(membership.provider, list_name, values)
    return _select(membership, list_name, Selection.Mode.MATCHING, _canonical(values), except_ids)


def select_listed(*, membership: Membership, list_name: str, record_ids: Sequence[int]) -> Selection:
    """Selects single records. Opens a transaction. Another provider's records are never part of a run."""
    return _select(membership, list_name, Selection.Mode.LISTED, {}, record_ids)


def _select(
    membership: Membership, list_name: str, mode: str, values: FilterValues, record_ids: Sequence[int]
) -> Selection:
    with transaction.atomic():
        selection = _create(membership, list_name, mode, values)
        _add_items(selection, list(dict.fromkeys(record_ids)))
    return selection


def _create(membership: Membership, list_name: str, mode: str, values: FilterValues) -> Selection:
    return Selection.objects.create(
        provider_id=membership.provider_id,
        staff_id=membership.staff_id,
        list_name=list_name,
        mode=mode,
        filter=dict(values),
        created_at=now(),
    )


def _add_items(selection: Selection, record_ids: Sequence[int]) -> None:
    SelectionItem.objects.bulk_create(
        (
            SelectionItem(provider_id=selection.provider_id, selection=selection, record_id=record_id)
            for record_id in record_ids
        ),
        ignore_conflicts=True,
    )


def _lock_current(membership: Membership, list_name: str) -> Selection:
    """The person's current selection, made if there is none, and held: ticks of two tabs come one after the other."""
    who = {
        "provider_id": membership.provider_id,
        "staff_id": membership.staff_id,
        "list_name": list_name,
        "is_current": True,
    }
    fresh = Selection(**who, mode=Selection.Mode.LISTED, filter={}, created_at=now())
    if not Selection.objects.filter(**who).exists():
        # Whoever comes second finds the first one's, which is the same: nothing is selected.
        Selection.objects.bulk_create([fresh], ignore_conflicts=True)
    return Selection.objects.select_for_update(of=("self",)).select_related("provider").get(**who)


def _change(selection: Selection, mode: str, values: Mapping[str, Any]) -> None:
    selection.items.all().delete()
    selection.mode = mode
    selection.filter = dict(values)
    selection.save(update_fields=["mode", "filter"])


def _matching(selection: Selection, records: QuerySet[Any]) -> QuerySet[Any]:
    matching = filter_records(selection.provider, selection.list_name, selection.filter)
    return records.filter(pk__in=matching.values("pk"))


def _records_of(membership: Membership, list_name: str) -> QuerySet[Any]:
    of_provider: Mapping[str, Callable[..., QuerySet[Any]]] = {
        Selection.List.CUSTOMERS: Customer.objects.filter,
        Selection.List.ORDERS: Order.objects.filter,
    }
    return of_provider[list_name](provider=membership.provider)


def _canonical(values: FilterValues) -> dict[str, list[str]]:
    return {name: sorted(set(several)) for name, several in sorted(values.items())}
