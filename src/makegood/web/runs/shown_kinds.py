"""What the pages of runs show of each kind of run. A kind without a line here has no pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from makegood.providers.rules import Right
from makegood.runs.models import Run
from makegood.web.frame.list_columns import ListTable
from makegood.web.frame.staff_request import StaffRequest


@dataclass(frozen=True)
class Undo:
    """What undoes a run as a run of its own: the name of the address that drafts it, its words, icon and right."""

    address: str
    words: str
    icon: str
    right: Right


@dataclass(frozen=True)
class ShownKind:
    """One kind of run.

    describe: what a run is for, in a few words; what it reads comes with the run, see `related`.
    table: the columns of its customers. related: relations of a run, and row_related: of a row, that these need.
    start, go_on: the rights to start one, and to resume or retry one.
    values: a template with what was asked for, as ``div`` of a list of facts.
    rehearsal: a template with the element ``#rehearsal``, of what `rehearse` gives: what a draft would do.
    sums: a template with what is added up when a run rests, of what `prove` gives.
    cancelled: what is said when a draft has been given up. rest: what giving up the rest of a run at rest will do, of
    kinds that have that. back: the address of the list to go to then, where it is
    not the one that the run was selected on.
    change: the address of the window with a draft's values in it; None where a draft cannot be changed.
    undo: what undoes such a run; None if nothing does. reverses: what the run is called that this kind undoes.
    """

    describe: Callable[[Run], str]
    table: Callable[[Run], type[ListTable]]
    start: Right
    go_on: Right
    values: str
    rehearsal: str
    rehearse: Callable[[StaffRequest, Run], Mapping[str, Any]]
    sums: str
    prove: Callable[[Run], Mapping[str, Any]]
    related: tuple[str, ...] = ()
    row_related: tuple[str, ...] = ("customer",)
    cancelled: str = "Nothing was booked."
    rest: str = ""
    back: str = ""
    change: Callable[[Run], str] | None = None
    undo: Undo | None = None
    reverses: str = ""


_shown: dict[str, ShownKind] = {}


def register_shown(kind: str, shown: ShownKind) -> None:
    """Says what the pages show of a kind of run; called when the application starts."""
    _shown[kind] = shown


def get_shown(kind: str) -> ShownKind:
    """What the pages show of that kind; KeyError if nothing was registered."""
    return _shown[kind]


def list_related() -> list[str]:
    """The relations that are needed to describe runs of any kind."""
    return sorted({relation for shown in _shown.values() for relation in shown.related})
