"""What the pages of runs show of charge runs and cancellations."""

from typing import Any

from makegood.invoices.charge_cancel_kind import CANCEL_CHARGES
from makegood.invoices.charge_rules import shown_rate
from makegood.invoices.charge_run_kind import CHARGE
from makegood.invoices.charge_selectors import (
    count_charges_of_run,
    get_charge_proof,
    get_charge_rehearsal,
    list_cancellations,
)
from makegood.invoices.services.add_charge import find_refusal_to_charge
from makegood.providers.rules import Right
from makegood.runs.models import Run
from makegood.runs.selectors import count_outcomes, find_recent_run_like
from makegood.web.charges.charge_window import change_url
from makegood.web.charges.table import cancelled_row_table, charge_row_table
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.runs.shown_kinds import ShownKind, Undo, register_shown


def register_charge_kinds() -> None:
    """Makes both kinds known to the pages; called when the application starts."""
    register_shown(
        CHARGE,
        ShownKind(
            describe=lambda run: run.charge_run.description,
            table=charge_row_table,
            start=Right.BILL,
            go_on=Right.BILL,
            values="charges/_values.html",
            rehearsal="charges/_rehearsal.html",
            rehearse=_rehearse,
            sums="charges/_sums.html",
            prove=_prove,
            related=("charge_run",),
            row_related=("customer", "order", "charge"),
            change=change_url,
            undo=Undo("run-cancel-charges", "Cancel charges …", "ban", Right.BILL),
        ),
    )
    register_shown(
        CANCEL_CHARGES,
        ShownKind(
            describe=lambda run: f"Cancellation of charge run {run.reverses_id}",
            table=cancelled_row_table,
            start=Right.BILL,
            go_on=Right.BILL,
            values="charges/_values_cancel.html",
            rehearsal="charges/_rehearsal_cancel.html",
            rehearse=lambda request, run: {"outcomes": count_outcomes(run)},
            sums="charges/_sums.html",
            prove=lambda run: {"proof": get_charge_proof(run)},
            row_related=("customer", "order", "reverses_row__charge"),
            cancelled="No charge was cancelled.",
            reverses="Charge run",
        ),
    )


def _rehearse(request: StaffRequest, run: Run) -> dict[str, Any]:
    rehearsal = get_charge_rehearsal(run)
    return {
        "rehearsal": rehearsal,
        "outcomes": rehearsal.outcomes,
        "tax_rate": shown_rate(run.charge_run.tax_rate),
        "refusal": find_refusal_to_charge(run, request.membership),
        "earlier": find_recent_run_like(run),
        "no_longer_match": run.records_shown is not None and run.records_shown != run.records_selected,
    }


def _prove(run: Run) -> dict[str, Any]:
    return {
        "proof": get_charge_proof(run),
        "states": count_charges_of_run(run),
        "cancellations": list(list_cancellations(run)),
    }
