"""How the command line shows the rehearsal of a charge run, what was asked of it, and what a cancellation would do."""

from typing import Any

from makegood.cli.output import decimal_of, money_of, plural, print_pairs, print_text
from makegood.invoices.charge_rules import shown_rate
from makegood.invoices.charge_selectors import ChargeRehearsal, count_charges_of_run, list_cancellations
from makegood.kit.refusal import Refused
from makegood.runs.models import Run
from makegood.runs.outcomes import Category
from makegood.runs.selectors import count_outcomes


def describe_charge_rehearsal(rehearsal: ChargeRehearsal) -> dict[str, Any]:
    """A rehearsal for programs; counts are of customers."""
    values = rehearsal.run.charge_run
    total = decimal_of(rehearsal.run.provider, rehearsal.run.total_minor)
    return {
        "customers": rehearsal.customers,
        "skipped": {count.code: count.customers for count in rehearsal.skipped},
        "total": total,
        "by_gl_code": {values.gl_code.code: total},
        "tax_rate": shown_rate(values.tax_rate),
        "includes_tax": rehearsal.includes_tax,
        "look_alikes": rehearsal.look_alikes,
    }


def print_charge_rehearsal(rehearsal: ChargeRehearsal, refusal: Refused | None) -> None:
    """Shows a person what would happen, before anything is added."""
    run, provider, values = rehearsal.run, rehearsal.run.provider, rehearsal.run.charge_run
    unit = "order" if run.unit == Run.Unit.ORDER else "customer"
    each, total = money_of(provider, values.amount_minor), money_of(provider, run.total_minor)
    print_text(f"Rehearsal of charge run {run.pk} for {provider.name}. Nothing is added yet.")
    print_text("")
    customers = plural(run.customers_selected, "customer")
    of_orders = f"{plural(run.records_selected, 'order')} of {customers}"
    rows: list[tuple[str, str]] = [
        ("Selected", of_orders if run.list_name == "orders" else customers),
        ("To be charged", f"{plural(run.rows_waiting, unit)} x {each} = {total}"),
    ]
    rows += [(f"Skipped, {plural(count.customers, 'customer')}", count.sentence) for count in rehearsal.skipped]
    rows += [
        ("Description", values.description),
        ("GL code", f"{values.gl_code}: {total}"),
        ("Tax", f"{shown_rate(values.tax_rate)} %, {'included' if rehearsal.includes_tax else 'added on the invoice'}"),
    ]
    if rehearsal.look_alikes:
        rows.append(
            ("Look-alikes", f"{plural(rehearsal.look_alikes, 'customer')} got the same charge within the last 7 days")
        )
    if refusal is not None:
        rows.append(("You cannot start it", refusal.message))
    print_pairs(rows)
    print_text("")


def describe_charge_values(run: Run) -> dict[str, Any]:
    """What was asked of a charge run, for programs."""
    values = run.charge_run
    return {
        "amount": decimal_of(run.provider, values.amount_minor),
        "description": values.description,
        "gl_code": values.gl_code.code,
        "tax_rate": shown_rate(values.tax_rate),
        "template": values.template.name if values.template else None,
    }


def pairs_of_charge_values(run: Run) -> list[tuple[str, str]]:
    """The same for people."""
    values = run.charge_run
    each = "order" if run.unit == Run.Unit.ORDER else "customer"
    pairs = [
        ("Amount", f"{money_of(run.provider, values.amount_minor)} for each {each}"),
        ("Description", values.description),
        ("GL code", str(values.gl_code)),
        ("Tax rate", f"{shown_rate(values.tax_rate)} %"),
    ]
    return [*pairs, ("Template", values.template.name)] if values.template else pairs


def lines_of_charges(run: Run) -> list[str]:
    """Where the charges of a charge run stand now, in one line; none where nobody was charged."""
    states = count_charges_of_run(run)
    if not states:
        return []
    said = ", ".join(
        f"{each.charges:,} {each.state.value} ({money_of(run.provider, each.amount_minor)})" for each in states
    )
    by = ", ".join(f"run {later.pk}" for later in list_cancellations(run))
    return [f"Charges: {said}." + (f" Cancelled by {by}." if by else "")]


def print_cancellation(draft: Run) -> None:
    """Shows a person what a drafted cancellation would do."""
    print_text(f"Cancellation {draft.pk} of the charges of run {draft.reverses_id}. Nothing is cancelled yet.")
    for count in count_outcomes(draft):
        if count.category is Category.SKIPPED:
            print_text(f"  {count.customers:,} customers: {count.sentence}")
    total = money_of(draft.provider, draft.total_minor)
    print_text(
        f"  {draft.rows_waiting:,} charges of {draft.customers_waiting:,} customers would be cancelled: {total}."
    )
