"""The page of a run: its rehearsal, its progress, what became of it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makegood.runs.models import Run
from makegood.runs.rules import SETTLED, State
from makegood.runs.selectors import count_outcomes, get_run
from makegood.web.frame.finding import or_404
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.runs.run_head import describe_head
from makegood.web.runs.shown_kinds import get_shown

REHEARSED_AT_ONCE = 5_000
PROVED_AT_ONCE = 5_000
"""Up to so many rows are summed up with the page; beyond, the sums follow in an answer of their own."""


def _find(request: StaffRequest, pk: int) -> Run:
    return or_404(get_run, pk, request.membership.provider)


@require_safe
def show(request: StaffRequest, pk: int) -> HttpResponse:
    """A run as it stands: the rehearsal of a draft, the progress of one at work, the result of one that rests."""
    run = _find(request, pk)
    return render(request, "runs/run.html", _describe(request, run))


@require_safe
def show_progress(request: StaffRequest, pk: int) -> HttpResponse:
    """What changes on the run's page while the run is at work."""
    run = _find(request, pk)
    return render(request, "runs/_progress.html", {**_describe(request, run), "is_update": True})


@require_safe
def show_rehearsal(request: StaffRequest, pk: int) -> HttpResponse:
    """The rehearsal of a draft whose list is long."""
    run = _find(request, pk)
    return render(request, get_shown(run.kind).rehearsal, {**_describe(request, run), **_rehearse(request, run)})


@require_safe
def show_proof(request: StaffRequest, pk: int) -> HttpResponse:
    """The sums over a run whose list is long."""
    run = _find(request, pk)
    shown = get_shown(run.kind)
    return render(request, shown.sums, {**describe_head(request, run, "overview"), **shown.prove(run)})


def _describe(request: StaffRequest, run: Run) -> dict[str, Any]:
    context = describe_head(request, run, "overview")
    if run.state == State.DRAFT:
        context["is_rehearsed"] = run.rows_selected <= REHEARSED_AT_ONCE
        return context | (_rehearse(request, run) if context["is_rehearsed"] else {})
    if run.state in (State.PREPARING, State.CANCELLED):
        return context
    context["outcomes"] = count_outcomes(run, sum_waiting=False)
    context["settled_rows"] = run.rows_selected - run.rows_waiting
    context["is_proved"] = run.state in SETTLED and run.rows_selected <= PROVED_AT_ONCE
    return context | (dict(get_shown(run.kind).prove(run)) if context["is_proved"] else {})


def _rehearse(request: StaffRequest, run: Run) -> dict[str, Any]:
    return dict(get_shown(run.kind).rehearse(request, run)) if run.state == State.DRAFT else {}
