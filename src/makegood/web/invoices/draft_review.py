"""The review of drafted invoices before they are issued."""

from typing import Any

from makegood.emails.selectors import get_known_kind, is_active
from makegood.invoices.invoice_emails import NEW_INVOICE_NAME
from makegood.invoices.rehearsal import get_invoice_rehearsal
from makegood.invoices.selectors import list_invoices_of_run
from makegood.kit.refusal import Refused
from makegood.runs.kinds import get_kind
from makegood.runs.models import Run
from makegood.web.frame.staff_request import StaffRequest

DRAFTS_SHOWN = 10


def review_drafts(request: StaffRequest, run: Run) -> dict[str, Any]:
    """What the drafts come to, what is different from the last invoices, and the first of them."""
    rehearsal = get_invoice_rehearsal(run)
    return {
        "rehearsal": rehearsal,
        "will_be_sent": rehearsal.invoices - rehearsal.without_email - rehearsal.opted_out - rehearsal.nothing,
        "is_mail_off": not is_active(run.provider_id, get_known_kind(NEW_INVOICE_NAME)),
        "drafts": list(list_invoices_of_run(run.provider, run.pk)[:DRAFTS_SHOWN]),
        "refusal": _find_refusal(request, run),
    }


def _find_refusal(request: StaffRequest, run: Run) -> Refused | None:
    try:
        get_kind(run.kind).require_startable(run, request.membership)
    except Refused as refused:
        return refused
    return None
