"""What stands above every page of a run, and what a person can do with it now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.urls import reverse

from makegood.credits.credit_run_kind import CREDIT
from makegood.orders.filters import FILTERS
from makegood.providers.models import Membership
from makegood.providers.rules import rights_of
from makegood.runs.kinds import find_rest, get_kind, right_to_give_up
from makegood.runs.models import Run
from makegood.runs.rules import AT_WORK, SETTLED, State
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.runs.shown_kinds import ShownKind, get_shown


@dataclass(frozen=True)
class Possible:
    """What this person can do with a run as it stands; what is not possible is not offered."""

    start: bool
    change: bool
    cancel: bool
    stop: bool
    resume: bool
    give_up: bool
    retry: bool
    undo: bool


def find_possible(run: Run, membership: Membership) -> Possible:
    """What the state of the run and the role of the person allow. The services ask again."""
    shown, rights = get_shown(run.kind), rights_of(membership.role)
    is_billing = membership.provider.end_customer_billing
    may_start, goes_on = is_billing and shown.start in rights, is_billing and shown.go_on in rights
    is_own = membership.staff_id in (run.created_by_id, run.started_by_id)
    may_give_up = is_own or right_to_give_up(run.kind) in rights
    return Possible(
        start=run.state == State.DRAFT and may_start,
        change=run.state == State.DRAFT and shown.change is not None and may_start and is_own,
        cancel=run.state in (State.PREPARING, State.DRAFT) and may_give_up,
        stop=run.state in (State.QUEUED, State.RUNNING) and may_give_up,
        resume=run.state in (State.STOPPED, State.PARKED) and goes_on,
        give_up=run.state in (State.STOPPED, State.PARKED) and may_give_up and find_rest(run.kind) is not None,
        retry=run.state == State.FINISHED and run.rows_failed > 0 and goes_on,
        undo=shown.undo is not None
        and run.state in SETTLED
        and run.state != State.CANCELLED
        and run.rows_done > 0
        and is_billing
        and shown.undo.right in rights,
    )


def _describe_chosen(run: Run) -> dict[str, Any]:
    """Whom the run was asked for: the filter in words, or that the records were ticked."""
    chosen = run.request.get("chosen")
    if not isinstance(chosen, Mapping):
        return {"chosen_numbers": bool(chosen)}
    labels = FILTERS[run.list_name].base_filters
    named = [(labels[name].label if name in labels else name, ", ".join(values)) for name, values in chosen.items()]
    exceptions = len(run.request.get("except", ()))
    return {"chosen_filters": named, "chosen_everybody": not named, "exceptions": exceptions}


def _change_url(shown: ShownKind, run: Run) -> str:
    return shown.change(run) if shown.change else ""


def describe_head(request: StaffRequest, run: Run, tab: str) -> dict[str, Any]:
    """For all templates of a run's pages."""
    possible = find_possible(run, request.membership)
    shown = get_shown(run.kind)
    return {
        "run": run,
        "shown": shown,
        "noun": get_kind(run.kind).noun,
        "title": f"{get_kind(run.kind).noun.capitalize()} {run.pk}",
        "what": shown.describe(run),
        "is_credit": run.kind == CREDIT,
        "values": run.credit_run if run.kind == CREDIT else None,
        "word": "order" if run.unit == Run.Unit.ORDER else "customer",
        "done_words": get_kind(run.kind).done.words,
        "possible": possible,
        "change_url": _change_url(shown, run) if possible.change else "",
        "tab": tab,
        "is_at_work": run.state in AT_WORK,
        "is_moving": run.state in (*AT_WORK, State.PREPARING),
        "undo_token": uuid4().hex,
        "back_to_list": reverse(shown.back or run.list_name),
        **_describe_chosen(run),
    }
