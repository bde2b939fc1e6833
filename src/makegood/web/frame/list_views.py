"""How a person sees a list: the columns that are shown, and the saved filters to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass

from makegood.providers.models import Membership
from makegood.saved_views.models import SavedFilter
from makegood.saved_views.selectors import find_chosen_columns, list_saved_filters
from makegood.web.frame.list_columns import ListTable
from makegood.web.frame.list_kind import ListKind
from makegood.web.frame.list_query import ListQuery


@dataclass(frozen=True)
class ColumnChoice:
    """A column to choose. is_fixed: it is always shown."""

    name: str
    label: str
    is_shown: bool
    is_fixed: bool


@dataclass(frozen=True)
class SavedLink:
    """A saved filter to open. by: the colleague who shares it, empty if it is the person's own. pk: to change it."""

    name: str
    url: str
    is_current: bool
    by: str
    pk: int
    shared: bool


def list_column_choices(membership: Membership, kind: ListKind) -> list[ColumnChoice]:
    """The list's columns in their order, and which of them this person sees."""
    table = kind.table_class
    chosen = find_chosen_columns(membership, kind.name)
    columns = {name: each for name, each in table.base_columns.items() if name not in table._meta.exclude}
    shown = [name for name in columns if name not in table.hidden] if chosen is None else chosen
    return [
        ColumnChoice(name, str(each.verbose_name), name in shown or name in table.fixed, name in table.fixed)
        for name, each in columns.items()
    ]


def list_left_out(table: type[ListTable], choices: Sequence[ColumnChoice], sort: str) -> list[str]:
    """The columns that are not shown; the one that is sorted by always is, so that the order can be understood."""
    hidden = [choice.name for choice in choices if not choice.is_shown and choice.name != sort.removeprefix("-")]
    return [*table._meta.exclude, *hidden]


def list_saved_links(membership: Membership, kind: ListKind, query: ListQuery) -> list[SavedLink]:
    """The saved filters of a list that this person can open; none on a list below a record."""
    if kind.url_arguments:
        return []
    shown = query.at_page(1).encode()
    links = []
    for saved in list_saved_filters(membership, kind.name):
        saved_query = query_of(saved)
        by = "" if saved.staff_id == membership.staff_id else str(saved.staff)
        is_current = saved_query.encode() == shown
        links.append(SavedLink(saved.name, kind.url(saved_query), is_current, by, saved.pk, saved.shared))
    return links


def query_of(saved: SavedFilter) -> ListQuery:
    """What a saved filter asks of its list."""
    filters = {name: tuple(values) for name, values in saved.query["filters"].items()}
    return ListQuery(filters, saved.query["sort"])
