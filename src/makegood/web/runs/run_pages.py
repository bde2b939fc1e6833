"""The page of a run: its rehearsal, its progress, what became of it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makegood.credits.credit_emails import NEW_CREDITS_NAME
from makegood.credits.credit_run_kind import CREDIT
from makegood.credits.run_selectors import get_proof, get_take_back_rehearsal
from makegood.credits.selectors import get_aftermath, get_rehearsal, list_take_backs
from makegood.credits.services.give_credit import find_refusal_to_start
from makegood.emails.selectors import count_messages, get_known_kind, is_active
from makegood.runs.models import Run
from makegood.runs.rules import SETTLED, State
from makegood.runs.selectors import count_outcomes, find_recent_run_like, get_run
from makegood.web.frame.finding import or_404
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.runs.run_head import describe_head

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
    return render(request, "runs/_rehearsal.html", {**_describe(request, run), **_rehearse(request, run)})


@require_safe
def show_proof(request: StaffRequest, pk: int) -> HttpResponse:
    """The sums over a run whose list is long."""
    run = _find(request, pk)
    return render(request, "runs/_proof.html", {**describe_head(request, run, "overview"), **_prove(run)})


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
    return context | (_prove(run) if context["is_proved"] else {})


def _rehearse(request: StaffRequest, run: Run) -> dict[str, Any]:
    if run.state != State.DRAFT:
        return {}
    if run.kind != CREDIT:
        return {"outcomes": count_outcomes(run), "taking": get_take_back_rehearsal(run)}
    rehearsal = get_rehearsal(run)
    return {
        "rehearsal": rehearsal,
        "outcomes": rehearsal.outcomes,
        "refusal": find_refusal_to_start(run, request.membership),
        "earlier": find_recent_run_like(run),
        "no_longer_match": run.records_shown is not None and run.records_shown != run.records_selected,
        "is_mail_off": not is_active(run.provider_id, get_known_kind(NEW_CREDITS_NAME)),
        "will_be_sent": rehearsal.customers - rehearsal.without_email - rehearsal.opted_out,
    }


def _prove(run: Run) -> dict[str, Any]:
    if run.kind != CREDIT:
        return {"proof": get_proof(run)}
    return {
        "proof": get_proof(run),
        "aftermath": get_aftermath(run),
        "take_backs": list(list_take_backs(run)),
        "mails": count_messages(run.provider_id, "run", run.pk),
    }
