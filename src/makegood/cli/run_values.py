"""How the command line shows what was asked of a run, and what became of it later."""

from typing import Any

from makegood.cli.charge_report import describe_charge_values, lines_of_charges, pairs_of_charge_values
from makegood.cli.output import decimal_of, money_of
from makegood.credits.credit_run_kind import CREDIT
from makegood.credits.selectors import get_aftermath, list_take_backs
from makegood.invoices.charge_cancel_kind import CANCEL_CHARGES
from makegood.invoices.charge_run_kind import CHARGE
from makegood.invoices.invoice_run_kind import INVOICE
from makegood.runs.models import Run

LONGEST_CHOICE = 200
_WORDS_OF_REVERSAL = {CANCEL_CHARGES: "Cancels charges of"}


def describe_values(run: Run) -> dict[str, Any]:
    """What was asked of a run, for programs."""
    described: dict[str, Any] = {"list": run.list_name, "chosen": run.request.get("chosen")}
    if run.kind == CREDIT:
        values = run.credit_run
        described |= {
            "amount": decimal_of(run.provider, values.amount_minor),
            "description": values.description,
            "gl_code": values.gl_code.code,
            "credit_kind": values.kind,
            "template": values.template.name if values.template else None,
            "notify": values.notify,
        }
    if run.kind == CHARGE:
        described |= describe_charge_values(run)
    if run.kind == INVOICE:
        asked = run.invoice_run
        described |= {"day": asked.day.isoformat(), "charges_only": asked.charges_only}
    return described


def describe_request_for_people(run: Run) -> list[tuple[str, str]]:
    """Who asked for what, when, and for whom."""
    asked_by = run.created_by.email if run.created_by else "Makegood"
    pairs = [("Asked by", f"{asked_by}, {run.created_at:%Y-%m-%d %H:%M} UTC")]
    if run.started_by and run.started_by != run.created_by:
        pairs.append(("Started by", run.started_by.email))
    if run.reverses_id:
        pairs.append((_WORDS_OF_REVERSAL.get(run.kind, "Takes back"), f"run {run.reverses_id}"))
    elif run.kind == INVOICE and not run.request.get("chosen"):
        pairs.append(("For", f"everybody who is due on {run.invoice_run.day}"))
    else:
        pairs.append(("For", _choice(run)))
    if run.kind == CREDIT:
        values = run.credit_run
        each = "order" if run.unit == Run.Unit.ORDER else "customer"
        pairs.append(("Amount", f"{money_of(run.provider, values.amount_minor)} for each {each}"))
        pairs.append(("Description", values.description or "(none)"))
        pairs.append(("GL code", str(values.gl_code)))
        pairs.append(("E-mail to customers", "yes" if values.notify else "no"))
        if values.template:
            pairs.append(("Template", values.template.name))
    if run.kind == CHARGE:
        pairs += pairs_of_charge_values(run)
    if run.key:
        pairs.append(("Key", run.key))
    return pairs


def lines_of_aftermath(run: Run) -> list[str]:
    """What happened to a run's credits or charges after they were booked, a line each; nothing if nothing did."""
    if run.kind == CHARGE:
        return lines_of_charges(run)
    if run.kind != CREDIT or not run.rows_done:
        return []
    now = get_aftermath(run)
    happened = [
        f"{name} {money_of(run.provider, minor)}"
        for name, minor in (
            ("adjusted", now.adjusted_minor),
            ("used", now.used_minor),
            ("refunded", now.refunded_minor),
            ("expired", now.expired_minor),
            ("taken back", now.taken_back_minor),
        )
        if minor
    ]
    if not happened:
        return []
    by = ", ".join(f"run {later.pk}" for later in list_take_backs(run))
    return [
        f"Later: {', '.join(happened)}; {money_of(run.provider, now.remaining_minor)} remain."
        + (f" Taken back by {by}." if by else "")
    ]


def _choice(run: Run) -> str:
    """The filter or the numbers, in the words of the request."""
    chosen = run.request.get("chosen")
    if isinstance(chosen, dict):
        text = ", ".join(f"{name}={value}" for name, values in chosen.items() for value in values)
        text = text or "everybody"
    else:
        text = ", ".join(map(str, chosen or ()))
    where = "Order List" if run.list_name == "orders" else "Customer List"
    return f"{text if len(text) <= LONGEST_CHOICE else text[:LONGEST_CHOICE] + '…'} ({where})"
