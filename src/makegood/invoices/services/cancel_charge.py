"""Cancelling charges before they are invoiced: one, or all of a run that still wait."""

from django.db import transaction

from makegood.audit.services import record
from makegood.invoices.charge_cancel_kind import CANCEL_CHARGES
from makegood.invoices.charge_run_kind import CHARGE
from makegood.invoices.charge_selectors import find_invoice_of, get_charge
from makegood.invoices.models import Charge
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.ledger.locks import hold_books, lock_customers
from makegood.providers.locks import hold_provider
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.providers.selectors import require_billing, require_right
from makegood.runs.models import Run
from makegood.runs.rules import SETTLED, State
from makegood.runs.services.create_run import Request, create_run

CANCEL = "cancel charges"


def cancel_charge(*, membership: Membership, charge: Charge) -> Charge:
    """Cancels a charge that waits; one that is cancelled already stays so. Opens a transaction.

    The customer is locked first, so an invoice that is issued at this moment is either before or after it.
    Refused where the person may not bill, while billing is off, and, saying on which invoice it is, once invoiced.
    """
    require_right(membership, Right.BILL, CANCEL)
    with transaction.atomic():
        hold_books(membership.provider)
        require_billing(hold_provider(membership.provider_id))
        lock_customers(membership.provider_id, [charge.customer_id])
        found = get_charge(membership.provider, charge.pk)
        if found.state == Charge.State.INVOICED:
            raise Refused("charge_invoiced", _say_invoiced(found), "charge")
        if found.state == Charge.State.WAITING:
            found.state = Charge.State.CANCELLED
            found.cancelled_by, found.cancelled_at = membership.staff, now()
            found.save(update_fields=["state", "cancelled_by", "cancelled_at"])
            record(
                provider_id=found.provider_id,
                staff_id=membership.staff_id,
                action="charge.cancelled",
                subject_type="charge",
                subject_id=found.pk,
                detail={"amount_minor": found.amount_minor, "description": found.description},
            )
    return found


def _say_invoiced(charge: Charge) -> str:
    invoice = find_invoice_of(charge)
    where = f"on invoice {invoice.number}" if invoice else "invoiced"
    return f"This charge is {where} already and cannot be cancelled. Void the invoice, or give a credit instead."


def prepare_cancellation(*, membership: Membership, run: Run, key: str | None = None) -> tuple[Run, bool]:
    """Freezes the charges of a run that still wait into a draft that can be shown and started. Opens a transaction.

    Returns the cancellation and whether it is new. Refused for a run that is under way, that is no charge run, or that
    charged nobody, and where the person may not bill.
    """
    require_billing(membership.provider)
    require_right(membership, Right.BILL, CANCEL)
    if run.provider_id != membership.provider_id:
        raise Refused("run_unknown", f"There is no run {run.pk}.", "run")
    if run.kind != CHARGE:
        raise Refused("run_not_charge", f"Run {run.pk} is not a charge run, so it has no charges to cancel.", "run")
    if run.state not in SETTLED or run.state == State.CANCELLED:
        raise Refused(
            "run_under_way",
            f"Run {run.pk} is {run.state}; its charges can be cancelled once it has stopped or finished.",
            "run",
        )
    if not run.rows_done:
        raise Refused("nothing_charged", f"Run {run.pk} charged nobody, so there is nothing to cancel.", "run")
    request = Request(
        kind=CANCEL_CHARGES,
        unit=run.unit,
        list_name=run.list_name,
        values={"kind": CANCEL_CHARGES, "run": run.pk, "rows_done": run.rows_done},
        reverses=run,
        key=key,
    )
    return create_run(membership=membership, request=request)
