"""What the pages of runs show of credit runs and take-backs."""

from typing import Any

from django.urls import reverse

from makegood.credits.credit_emails import NEW_CREDITS_NAME
from makegood.credits.credit_run_kind import CREDIT
from makegood.credits.run_selectors import get_proof, get_take_back_rehearsal, sum_taken_back_later
from makegood.credits.selectors import get_aftermath, get_rehearsal, list_take_backs
from makegood.credits.services.give_credit import find_refusal_to_start
from makegood.credits.take_back_kind import TAKE_BACK
from makegood.emails.selectors import count_messages, get_known_kind, is_active
from makegood.providers.rules import Right
from makegood.runs.models import Run, Selection
from makegood.runs.selectors import count_outcomes, find_recent_run_like
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.runs.bills import rehearse_bills
from makegood.web.runs.shown_kinds import ShownKind, Undo, register_shown
from makegood.web.runs.table import credit_row_table, take_back_row_table


def register_credit_kinds() -> None:
    """Makes both kinds known to the pages; called when the application starts."""
    register_shown(
        CREDIT,
        ShownKind(
            describe=lambda run: run.credit_run.description or "Credit without description",
            table=credit_row_table,
            start=Right.CREDIT_ONE,
            go_on=Right.CREDIT_ONE,
            values="runs/_values_credit.html",
            rehearsal="runs/_rehearsal.html",
            rehearse=_rehearse_credit,
            sums="runs/_proof.html",
            prove=_prove_credit,
            related=("credit_run",),
            row_related=("customer", "order", "credit"),
            change=_change_url,
            undo=Undo("run-take-back", "Take back …", "undo-2", Right.CREDIT_RUN),
        ),
    )
    register_shown(
        TAKE_BACK,
        ShownKind(
            describe=lambda run: f"Take-back of credit run {run.reverses_id}",
            table=take_back_row_table,
            start=Right.CREDIT_RUN,
            go_on=Right.CREDIT_ONE,
            values="runs/_values_take_back.html",
            rehearsal="runs/_rehearsal.html",
            rehearse=lambda request, run: {"outcomes": count_outcomes(run), "taking": get_take_back_rehearsal(run)},
            sums="runs/_proof.html",
            prove=lambda run: {"proof": get_proof(run), "taken_back_later_minor": sum_taken_back_later(run)},
            row_related=("customer", "order", "reverses_row__credit"),
            reverses="Credit run",
        ),
    )


def _rehearse_credit(request: StaffRequest, run: Run) -> dict[str, Any]:
    rehearsal = get_rehearsal(run)
    return {
        "rehearsal": rehearsal,
        "outcomes": rehearsal.outcomes,
        "refusal": find_refusal_to_start(run, request.membership),
        "earlier": find_recent_run_like(run),
        "no_longer_match": run.records_shown is not None and run.records_shown != run.records_selected,
        "is_mail_off": not is_active(run.provider_id, get_known_kind(NEW_CREDITS_NAME)),
        "will_be_sent": rehearsal.customers - rehearsal.without_email - rehearsal.opted_out,
        **rehearse_bills(run),
    }


def _prove_credit(run: Run) -> dict[str, Any]:
    return {
        "proof": get_proof(run),
        "aftermath": get_aftermath(run),
        "take_backs": list(list_take_backs(run)),
        "mails": count_messages(run.provider_id, "run", run.pk),
    }


def _change_url(run: Run) -> str:
    """The credit window again, with the values of the draft."""
    chosen = run.request.get("chosen")
    query = f"?change={run.pk}"
    if run.list_name == Selection.List.CUSTOMERS and isinstance(chosen, list) and len(chosen) == 1:
        only = run.rows.values_list("customer_id", flat=True).first()
        return reverse("customer-credit-new", args=[only]) + query
    return reverse("add-customer-credit", args=[run.list_name]) + query
