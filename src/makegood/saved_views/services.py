"""Saving filters and choosing columns. Each opens a transaction and leaves an audit entry for what others can see."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from makegood.audit.services import record
from makegood.kit.clock import now
from makegood.kit.filters import FilterValues
from makegood.kit.refusal import Refused
from makegood.kit.text import require_fitting
from makegood.providers.models import Membership
from makegood.saved_views.models import ChosenColumns, SavedFilter

MOST_FILTERS = 100
"""A person's saved filters of one list; more would be no help."""

MOST_COLUMNS = 60
LONGEST_QUERY = 20_000


def save_filter(
    *, membership: Membership, list_name: str, name: str, filters: FilterValues, sort: str = "", shared: bool = False
) -> SavedFilter:
    """Saves what a list is filtered and sorted by under a name of the person's own.

    Refused for a name that the person has used already, without a name, and beyond a hundred of them.
    """
    name = _clean(name)
    own = SavedFilter.objects.filter(
        provider_id=membership.provider_id, staff_id=membership.staff_id, list_name=list_name
    )
    if own.count() >= MOST_FILTERS:
        raise Refused("saved_filters_full", f"You have {MOST_FILTERS} saved filters on this list. Delete one first.")
    query = {"filters": {each: list(values) for each, values in filters.items()}, "sort": sort}
    if len(str(query)) > LONGEST_QUERY:
        raise Refused("saved_filter_too_long", "This filter is too long to be saved. Use fewer values.")
    try:
        with transaction.atomic():
            saved = SavedFilter.objects.create(
                provider_id=membership.provider_id,
                staff_id=membership.staff_id,
                list_name=list_name,
                name=name,
                query=query,
                shared=shared,
                created_at=now(),
                updated_at=now(),
            )
            _record(membership, saved, "saved_filter.added")
    except IntegrityError as error:
        raise _name_taken(name) from error
    return saved


def change_filter(*, membership: Membership, saved: SavedFilter, name: str, shared: bool) -> SavedFilter:
    """Renames a filter of the person's own, and shares it or keeps it to oneself. Refused as `save_filter` does."""
    name = _clean(name)
    try:
        with transaction.atomic():
            saved.name, saved.shared, saved.updated_at = name, shared, now()
            saved.save(update_fields=["name", "shared", "updated_at"])
            _record(membership, saved, "saved_filter.changed")
    except IntegrityError as error:
        raise _name_taken(name) from error
    return saved


def delete_filter(*, membership: Membership, saved: SavedFilter) -> None:
    """Deletes a filter of the person's own; nothing depends on it. Deleting it twice is no fault."""
    with transaction.atomic():
        deleted, _ = SavedFilter.objects.filter(provider=membership.provider, pk=saved.pk).delete()
        if deleted:
            _record(membership, saved, "saved_filter.deleted")


def choose_columns(*, membership: Membership, list_name: str, columns: Sequence[str] | None) -> None:
    """Keeps which columns the person sees of a list; None for the list's own choice.

    A note of the person's own, without an audit entry.
    """
    if columns is None:
        ChosenColumns.objects.filter(
            provider_id=membership.provider_id, staff_id=membership.staff_id, list_name=list_name
        ).delete()
        return
    ChosenColumns.objects.update_or_create(
        provider_id=membership.provider_id,
        staff_id=membership.staff_id,
        list_name=list_name,
        defaults={"columns": [column[:60] for column in columns[:MOST_COLUMNS]], "updated_at": now()},
    )


def _clean(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Refused("name_missing", "Give the filter a name.", "name")
    if "\x00" in name:
        raise Refused("name_malformed", "The name has a character that cannot be stored.", "name")
    require_fitting(SavedFilter, name=name)
    return name


def _name_taken(name: str) -> Refused:
    return Refused("name_taken", f"You have a filter with the name “{name}” on this list already.", "name")


def _record(membership: Membership, saved: SavedFilter, action: str) -> None:
    detail: Mapping[str, Any] = {"list": saved.list_name, "name": saved.name, "shared": saved.shared}
    record(
        provider_id=membership.provider.pk,
        staff_id=membership.staff_id,
        action=action,
        subject_type="saved_filter",
        subject_id=saved.pk,
        detail=dict(detail),
    )
