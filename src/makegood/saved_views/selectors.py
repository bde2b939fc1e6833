"""Reads of saved filters and chosen columns."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from makegood.kit.refusal import Refused
from makegood.providers.models import Membership
from makegood.saved_views.models import ChosenColumns, SavedFilter


def list_saved_filters(membership: Membership, list_name: str) -> QuerySet[SavedFilter]:
    """The person's own filters of a list and those that colleagues share, by name."""
    of_list = SavedFilter.objects.select_related("staff").filter(provider=membership.provider, list_name=list_name)
    return of_list.filter(Q(staff_id=membership.staff_id) | Q(shared=True)).order_by("name", "id")


def get_own_filter(membership: Membership, pk: int) -> SavedFilter:
    """A filter that the person has saved; Refused if there is none, also if it is a colleague's."""
    saved = SavedFilter.objects.filter(provider_id=membership.provider_id, staff_id=membership.staff_id, pk=pk).first()
    if saved is None:
        raise Refused("saved_filter_unknown", "There is no such saved filter.", "saved_filter")
    return saved


def find_chosen_columns(membership: Membership, list_name: str) -> Sequence[str] | None:
    """The columns that the person has chosen for a list; None if that is the list's own choice."""
    chosen = ChosenColumns.objects.filter(
        provider_id=membership.provider_id, staff_id=membership.staff_id, list_name=list_name
    )
    return chosen.values_list("columns", flat=True).first()
