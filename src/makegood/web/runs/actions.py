"""What a person does with a run. Each answers with the run's page, and says there why something could not be done."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from makegood.credits.services.take_back import prepare_take_back
from makegood.kit.refusal import Refused
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.runs.models import Run
from makegood.runs.selectors import describe_selection, find_current_selection, get_run
from makegood.runs.services.select import clear_selection
from makegood.runs.services.start_run import cancel_run, give_up_rest, resume_run, retry_failed, start_run, stop_run
from makegood.web.frame.finding import or_404
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.runs.shown_kinds import get_shown

LONGEST_TOKEN = 64


@require_POST
@needs_right(Right.CREDIT_ONE, "give credits", billing=True)
def start(request: StaffRequest, pk: int) -> HttpResponse:
    """Adds the credits: queues the draft. Asked again, it is found queued."""

    def act(run: Run, membership: Membership) -> None:
        start_run(run=run, membership=membership)
        _clear_what_was_used(run, membership)

    return _do(request, pk, act)


@require_POST
@needs_right(Right.CREDIT_ONE, "cancel a run")
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    """Gives up a draft."""
    run = or_404(get_run, pk, request.membership.provider)
    try:
        cancel_run(run=run, membership=request.membership)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("run", pk=pk)
    shown = get_shown(run.kind)
    messages.success(request, f"Draft {pk} is cancelled. {shown.cancelled}")
    return redirect(shown.back or run.list_name)


@require_POST
@needs_right(Right.CREDIT_ONE, "stop a run")
def stop(request: StaffRequest, pk: int) -> HttpResponse:
    """Asks a run to stop after what it has in hand."""
    return _do(request, pk, lambda run, membership: stop_run(run=run, membership=membership))


@require_POST
@needs_right(Right.CREDIT_ONE, "resume a run", billing=True)
def resume(request: StaffRequest, pk: int) -> HttpResponse:
    """Goes on with a stopped or parked run."""
    return _do(request, pk, lambda run, membership: resume_run(run=run, membership=membership))


@require_POST
@needs_right(Right.CREDIT_ONE, "give up the rest of a run")
def give_up(request: StaffRequest, pk: int) -> HttpResponse:
    """Finishes a stopped or parked run without what waits of it."""
    return _do(request, pk, lambda run, membership: give_up_rest(run=run, membership=membership))


@require_POST
@needs_right(Right.CREDIT_ONE, "retry a run", billing=True)
def retry(request: StaffRequest, pk: int) -> HttpResponse:
    """Tries those who failed once more."""
    return _do(request, pk, lambda run, membership: retry_failed(run=run, membership=membership))


@require_POST
@needs_right(Right.CREDIT_RUN, "take back a run", billing=True)
def take_back(request: StaffRequest, pk: int) -> HttpResponse:
    """Drafts a take-back; its page shows customer by customer what it would take."""
    run = or_404(get_run, pk, request.membership.provider)
    token = request.POST.get("token", "")[:LONGEST_TOKEN]
    try:
        key = f"take-back:{run.pk}:{token}" if token else None
        draft, _ = prepare_take_back(membership=request.membership, run=run, key=key)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("run", pk=pk)
    return redirect("run", pk=draft.pk)


def _do(request: StaffRequest, pk: int, act: Callable[[Run, Membership], object]) -> HttpResponse:
    run = or_404(get_run, pk, request.membership.provider)
    try:
        act(run, request.membership)
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("run", pk=pk)


def _clear_what_was_used(run: Run, membership: Membership) -> None:
    """The selection has done its work; another one that was made meanwhile stays."""
    current = find_current_selection(membership, run.list_name)
    if current is not None and describe_selection(current) == run.request.get("chosen"):
        clear_selection(membership=membership, list_name=run.list_name)
