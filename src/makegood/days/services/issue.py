"""The step of a day that makes and issues the invoices of whoever is due."""

import time

from django.db.models import Q

from makegood.days.services.progress import tell_of_drafts
from makegood.days.services.work import LetGo, Work
from makegood.invoices.selectors import get_billing_settings
from makegood.invoices.services.invoice_run import prepare_invoice_run
from makegood.kit.refusal import Refused
from makegood.runs.carry_out import carry_out
from makegood.runs.models import Run
from makegood.runs.rules import SETTLED, State
from makegood.runs.services.start_run import start_run

MOST_RUNS = 20
"""Runs of one day; what changes under each of them is left to the next day."""
LOOK_SECONDS = 0.2
NOBODY = ("nobody_due", "invoices_off", "too_early", "billing_off")
"""Refusals that say that there is nothing to be made on this day."""


def issue_invoices(work: Work) -> None:
    """Makes the invoices of whoever is due on this day and issues them, unless drafts are to be looked at first.

    Opens transactions. Goes on with a run of an earlier attempt. Whoever changed while the drafts were made is due
    again at once. Refused where a run was stopped or is parked: once a person has resumed it, or given up the rest,
    the day goes on.
    """
    review = get_billing_settings(work.provider).review_drafts
    for _ in range(MOST_RUNS):
        run = _find_unfinished(work, with_draft=not review) or _prepare(work)
        if run is None:
            return
        if review and run.state == State.DRAFT:
            work.note("drafted", run.customers_selected, run.total_minor)
            tell_of_drafts(work.day, run.pk, run.customers_selected)
            return
        run = _issue(work, run)
        work.note("issued", run.customers_done, run.booked_minor)
        if not run.customers_done:
            return


def _find_unfinished(work: Work, *, with_draft: bool) -> Run | None:
    """The run that an earlier attempt has started or, of this day, made; not one that a person took in hand."""
    started = ~Q(state__in=(State.PREPARING, State.DRAFT, State.FINISHED, State.CANCELLED))
    made = Q(state=State.DRAFT, invoice_run__day=work.on) if with_draft else Q(pk__in=[])
    runs = Run.objects.filter(provider=work.provider, kind="invoice", created_by=None, started_by=None)
    return runs.filter(started | made).order_by("id").first()


def _prepare(work: Work) -> Run | None:
    try:
        return prepare_invoice_run(membership=None, provider=work.provider, day=work.on)[0]
    except Refused as refused:
        if refused.code in NOBODY:
            return None
        raise


def _issue(work: Work, run: Run) -> Run:
    if run.state == State.DRAFT:
        run = start_run(run=run, membership=None)
    # A worker may have been woken for the run and have it in hand.
    while run.state not in SETTLED:
        if not carry_out(run.pk, should_let_go=work.should_let_go):
            time.sleep(LOOK_SECONDS)
        if work.should_let_go():
            raise LetGo
        run.refresh_from_db()
    if run.state in (State.STOPPED, State.PARKED):
        what = f"Invoice run {run.pk} {'was stopped' if run.state == State.STOPPED else 'is parked'}."
        raise Refused(
            "run_rests", f"{what} {run.parked_because} Resume it, or give up the rest.".replace("  ", " "), "run"
        )
    return run
