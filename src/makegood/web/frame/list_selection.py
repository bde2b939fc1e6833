"""What a person has selected on a list, as the list shows it: ticks, and a bar that says it in words."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from makegood.kit.refusal import Refused
from makegood.providers.rules import Right, rights_of
from makegood.runs.models import Selection
from makegood.runs.selectors import count_items, find_current_selection, find_selected_among
from makegood.web.frame.list_filters import describe_filters
from makegood.web.frame.list_kind import ListKind
from makegood.web.frame.list_query import ListQuery
from makegood.web.frame.staff_request import StaffRequest


@dataclass(frozen=True)
class Bar:
    """What the bar of a list says.

    mode: how the selection is meant; empty if nothing is selected.
    items: the records ticked or, where all that match are selected, those left out.
    words: the filter that is selected by, empty if it is no filter at all. filter_url: the list with that filter.
    is_shown: whether the list shown is the one that is selected by. problem: why the filter cannot be used any more.
    may_act: whether this person may do to the selection what the bar offers; only_one: whether to one record only.
    """

    kind: ListKind
    query: ListQuery
    selected: Collection[int]
    shown: Collection[int]
    mode: str = ""
    items: int = 0
    words: str = ""
    filter_url: str = ""
    is_shown: bool = False
    problem: str = ""
    may_act: bool = False
    only_one: bool = False

    @property
    def is_matching(self) -> bool:
        return self.mode == Selection.Mode.MATCHING

    @property
    def number(self) -> str:
        """How many are ticked, or left out, in words."""
        return self.kind.count_in_words(self.items)

    @property
    def has_whole_page(self) -> bool:
        return bool(self.shown) and set(self.shown) <= set(self.selected)


def can_select(request: StaffRequest, kind: ListKind) -> bool:
    """Whether ticks are offered: to whoever may do something with what is ticked, while billing is on."""
    membership = request.membership
    return (
        kind.selectable and membership.provider.end_customer_billing and Right.CREDIT_ONE in rights_of(membership.role)
    )


def describe_bar(request: StaffRequest, kind: ListKind, query: ListQuery, shown: Collection[int]) -> Bar:
    """The bar of a list that shows these records. query: what the list is filtered by, for *all that match*."""
    bar: dict[str, Any] = {"kind": kind, "query": query, "shown": shown, "selected": set()}
    selection = find_current_selection(request.membership, kind.name)
    if selection is None:
        return Bar(**bar)
    bar |= {"mode": selection.mode, "items": count_items(selection)}
    rights = rights_of(request.membership.role)
    is_one = selection.mode == Selection.Mode.LISTED and bar["items"] == 1
    bar |= {"may_act": Right.CREDIT_RUN in rights or is_one, "only_one": Right.CREDIT_RUN not in rights}
    if selection.mode == Selection.Mode.MATCHING:
        filters = {name: tuple(values) for name, values in selection.filter.items()}
        bar |= {
            "words": describe_filters(kind.filter_class, request.membership.provider, filters),
            "filter_url": kind.url(ListQuery(filters)),
            "is_shown": _canonical(filters) == _canonical(query.filters),
        }
    try:
        bar["selected"] = find_selected_among(selection, shown)
    except Refused as refused:
        bar |= {"problem": refused.message, "may_act": False}
    return Bar(**bar)


def count_matching(request: StaffRequest, kind: ListKind) -> int | None:
    """How many records match the filter that is selected by; None where none is, or it cannot be used any more."""
    selection = find_current_selection(request.membership, kind.name)
    if selection is None or selection.mode != Selection.Mode.MATCHING:
        return None
    try:
        return kind.records(request.membership.provider, selection.filter).count()
    except Refused:
        return None


def _canonical(filters: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    return {name: sorted(set(values)) for name, values in filters.items()}
