"""How the command line shows a rehearsal, and a run with its outcomes and its proof line."""

from typing import Any

from makegood.cli.output import decimal_of, money_of, plural, print_pairs, print_table, print_text
from makegood.cli.run_bills import describe_bills, lines_of_bills
from makegood.cli.run_emails import describe_emails, lines_of_emails, say_who_is_told
from makegood.cli.run_values import describe_request_for_people, describe_values, lines_of_aftermath
from makegood.credits.bills_of_draft import get_bills_of_draft
from makegood.credits.credit_run_kind import CREDIT
from makegood.credits.selectors import Rehearsal, list_take_backs
from makegood.credits.take_back_kind import TAKE_BACK
from makegood.kit.refusal import Refused
from makegood.runs.kinds import get_kind
from makegood.runs.models import Run
from makegood.runs.outcomes import Category, get_outcome
from makegood.runs.rules import State
from makegood.runs.selectors import count_outcomes, iterate_rows, outcome_code

MOST_ROWS_SHOWN = 20


def exit_status(run: Run) -> int:
    """0 when everything is done or skipped, 1 when something failed or did not come to its end."""
    return 0 if run.state == State.FINISHED and not run.rows_failed else 1


def asked_by(run: Run) -> str | None:
    """The e-mail address of who asked for the run; None for the provider's day."""
    return run.created_by.email if run.created_by else None


def done_name(run: Run) -> str:
    """What programs find the done rows under: *credited*, also of a take-back; of other kinds their own word."""
    return "credited" if run.kind in (CREDIT, TAKE_BACK) else get_kind(run.kind).done.code


def describe_run(run: Run) -> dict[str, Any]:
    """A run for programs. Rows, not customers; the total is what was booked, or of a draft what would be."""
    is_draft = run.state in (State.DRAFT, State.CANCELLED)
    return {
        "run": run.pk,
        "selected": run.rows_selected,
        done_name(run): run.rows_done,
        "skipped": run.rows_skipped,
        "failed": run.rows_failed,
        "total": decimal_of(run.provider, run.total_minor if is_draft else run.booked_minor),
        "currency": run.provider.currency,
        "status": run.state,
    }


def describe_run_fully(run: Run) -> dict[str, Any]:
    """A run for programs with everything that its page shows, except its rows."""
    return {
        **describe_run(run),
        "kind": run.kind,
        "waiting": run.rows_waiting,
        "per": run.unit,
        "customers": {
            "selected": run.customers_selected,
            done_name(run): run.customers_done,
            "skipped": run.customers_skipped,
            "failed": run.customers_failed,
            "waiting": run.customers_waiting,
        },
        "outcomes": [
            {"code": count.code, "rows": count.rows, "customers": count.customers, "sentence": count.sentence}
            for count in count_outcomes(run)
        ],
        **describe_values(run),
        "takes_back": run.reverses_id,
        "taken_back_by": [later.pk for later in list_take_backs(run)],
        "emails": describe_emails(run),
        "key": run.key,
        "started_by": run.started_by.email if run.started_by else None,
        "asked_by": asked_by(run),
        "asked_at": run.created_at.isoformat(),
        "parked_because": run.parked_because or None,
    }


def describe_rehearsal(rehearsal: Rehearsal) -> dict[str, Any]:
    """A rehearsal for programs; counts are of customers."""
    provider = rehearsal.run.provider
    return {
        "customers": rehearsal.customers,
        "skipped": {count.code: count.customers for count in rehearsal.skipped},
        "total": decimal_of(provider, rehearsal.run.total_minor),
        "by_gl_code": {code: decimal_of(provider, minor) for code, minor in rehearsal.by_gl_code.items()},
        "notify": rehearsal.run.credit_run.notify,
        "without_email": rehearsal.without_email,
        "opted_out": rehearsal.opted_out,
        "billing_disabled": rehearsal.billing_disabled,
        "over_funds_limit": rehearsal.over_funds_limit,
        "look_alikes": rehearsal.look_alikes,
        "bills": describe_bills(provider, get_bills_of_draft(rehearsal.run)),
    }


def print_rehearsal(rehearsal: Rehearsal, refusal: Refused | None) -> None:
    """Shows a person what would happen, before anything is booked."""
    run, provider = rehearsal.run, rehearsal.run.provider
    values = run.credit_run
    each = money_of(provider, values.amount_minor)
    unit = "order" if run.unit == Run.Unit.ORDER else "customer"
    print_text(f"Rehearsal of credit run {run.pk} for {provider.name}. Nothing is booked yet.")
    print_text("")
    rows: list[tuple[str, str]] = [
        ("Selected", _selected(run)),
        ("To be credited", f"{plural(run.rows_waiting, unit)} x {each} = {money_of(provider, run.total_minor)}"),
    ]
    rows += [(f"Skipped, {plural(count.customers, 'customer')}", count.sentence) for count in rehearsal.skipped]
    rows += [
        ("Description", values.description or "(none)"),
        ("GL code", f"{values.gl_code}: {money_of(provider, run.total_minor)}"),
        ("E-mail", say_who_is_told(rehearsal)),
        ("Without e-mail address", plural(rehearsal.without_email, "customer")),
    ]
    if rehearsal.billing_disabled:
        rows.append(("Automatic billing off", f"{plural(rehearsal.billing_disabled, 'customer')}; the credit waits"))
    if rehearsal.over_funds_limit:
        limit = money_of(provider, provider.largest_funds_minor)
        rows.append(("Will fail", f"{plural(rehearsal.over_funds_limit, 'customer')} would have more than {limit}"))
    if rehearsal.look_alikes:
        rows.append(
            ("Look-alikes", f"{plural(rehearsal.look_alikes, 'customer')} got the same credit within the last 7 days")
        )
    rows += lines_of_bills(provider, get_bills_of_draft(run))
    if refusal is not None:
        rows.append(("You cannot start it", refusal.message))
    print_pairs(rows)
    print_text("")


def print_run(run: Run, *, with_request: bool = False) -> None:
    """Shows a person what became of a run: outcomes, who was not credited and why, the proof line.

    with_request: also who asked for what, and when.
    """
    kind = get_kind(run.kind)
    provider = run.provider
    print_text(f"{kind.noun.capitalize()} {run.pk} is {run.get_state_display().lower()}.")
    if with_request:
        print_pairs(describe_request_for_people(run))
    if run.parked_because:
        print_text(run.parked_because)
    print_text("")
    outcomes = count_outcomes(run)
    print_table(
        ["Outcome", "Rows", "Customers", "Amount", "Meaning"],
        [
            (
                count.code,
                f"{count.rows:,}",
                f"{count.customers:,}",
                money_of(provider, count.amount_minor) if count.category is Category.DONE else "",
                count.sentence,
            )
            for count in outcomes
        ],
        right=("Rows", "Customers", "Amount"),
    )
    print_text("")
    if any(count.category is Category.FAILED for count in outcomes):
        _print_failed(run)
    print_text(proof_line(run))
    print_text(f"Total {kind.done.words}: {money_of(provider, run.booked_minor)}")
    for line in (*lines_of_aftermath(run), *lines_of_emails(run)):
        print_text(line)


def proof_line(run: Run) -> str:
    """The sum that must come out, in rows and in customers."""
    word = get_kind(run.kind).done.words
    return (
        f"Proof: {run.rows_selected:,} selected = {run.rows_done:,} {word} + {run.rows_skipped:,} skipped + "
        f"{run.rows_failed:,} failed + {run.rows_waiting:,} waiting; customers: {run.customers_selected:,} = "
        f"{run.customers_done:,} + {run.customers_skipped:,} + {run.customers_failed:,} + {run.customers_waiting:,}"
    )


def _print_failed(run: Run) -> None:
    for position, row in enumerate(iterate_rows(run, category=Category.FAILED)):
        if position == MOST_ROWS_SHOWN:
            print_text(f"More with: makegood runs show {run.pk} --rows")
            break
        print_text(f"Failed: customer {row.customer.number}: {get_outcome(outcome_code(run, row)).sentence}")
    print_text("")


def _selected(run: Run) -> str:
    customers = plural(run.customers_selected, "customer")
    return f"{plural(run.records_selected, 'order')} of {customers}" if run.list_name == "orders" else customers
