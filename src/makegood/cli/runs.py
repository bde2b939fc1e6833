"""``makegood runs``: looking at runs, and what a person can do with one."""

import argparse
from collections.abc import Callable

from makegood.cli.arguments import (
    Actions,
    add_json,
    add_person,
    add_provider,
    confirm,
    member_of,
    provider_of,
    require_somebody_to_ask,
)
from makegood.cli.charge_report import print_cancellation, print_charge_rehearsal
from makegood.cli.follow import follow, prepare_here
from makegood.cli.invoice_report import print_rehearsal as print_invoice_rehearsal
from makegood.cli.output import decimal_of, money_of, print_json, print_table, print_text
from makegood.cli.run_report import asked_by, describe_run, describe_run_fully, exit_status, print_rehearsal, print_run
from makegood.credits.credit_run_kind import CREDIT
from makegood.credits.selectors import get_rehearsal
from makegood.credits.services.give_credit import find_refusal_to_start
from makegood.credits.services.take_back import prepare_take_back
from makegood.invoices.charge_cancel_kind import CANCEL_CHARGES
from makegood.invoices.charge_run_kind import CHARGE
from makegood.invoices.charge_selectors import get_charge_rehearsal
from makegood.invoices.invoice_run_kind import INVOICE
from makegood.invoices.rehearsal import get_invoice_rehearsal
from makegood.invoices.services.add_charge import find_refusal_to_charge
from makegood.providers.models import Membership
from makegood.runs.kinds import find_rest
from makegood.runs.models import Run, RunRow
from makegood.runs.outcomes import Category, get_outcome
from makegood.runs.rules import State
from makegood.runs.selectors import count_outcomes, get_run, iterate_rows, list_runs, outcome_code
from makegood.runs.services import start_run as services


def add_parser(subparsers: Actions) -> None:
    actions = subparsers.add_parser("runs", help="credit runs and take-backs").add_subparsers(metavar="ACTION")
    listed = actions.add_parser("list", help="list the runs, newest first")
    listed.add_argument("--limit", type=int, default=50, metavar="N")
    listed.set_defaults(run=run_list)
    show = _about_one(actions, "show", "show a run with its outcomes")
    show.add_argument("--rows", action="store_true", help="every customer with outcome, amount and reason")
    show.set_defaults(run=run_show)
    for parser in (listed, show):
        add_provider(parser)
        add_json(parser)
    for name, text, run in (
        ("start", "start a rehearsed draft", run_start),
        ("cancel", "give up a draft", run_cancel),
        ("stop", "stop a run after the chunk in hand", run_stop),
        ("resume", "go on with a stopped or parked run", run_resume),
        ("give-up", "finish a stopped or parked invoice run without what waits of it", run_give_up),
        ("retry", "retry the failed of a finished run", run_retry),
        ("take-back", "take back what is unused of a run's credits", run_take_back),
    ):
        parser = _about_one(actions, name, text)
        add_provider(parser)
        add_person(parser)
        add_json(parser)
        if name in {"start", "give-up", "take-back"}:
            parser.add_argument("--yes", action="store_true", help="do not ask")
        if name == "take-back":
            parser.add_argument("--key", metavar="KEY", help="the same key never books twice")
        parser.set_defaults(run=run)


def _about_one(actions: Actions, name: str, text: str) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=text)
    parser.add_argument("number", metavar="RUN", type=int)
    return parser


def run_list(arguments: argparse.Namespace) -> int:
    runs = list_runs(provider_of(arguments))[: max(arguments.limit, 0)]
    if arguments.json:
        print_json([{**describe_run(run), "kind": run.kind, "asked_by": asked_by(run)} for run in runs])
        return 0
    print_table(
        ["Run", "Kind", "Asked", "State", "Selected", "Done", "Skipped", "Failed", "Booked"],
        [
            (
                run.pk, run.kind, f"{run.created_at:%Y-%m-%d}", run.state,
                f"{run.rows_selected:,}", f"{run.rows_done:,}", f"{run.rows_skipped:,}", f"{run.rows_failed:,}",
                money_of(run.provider, run.booked_minor),
            )
            for run in runs
        ],
        right=("Run", "Selected", "Done", "Skipped", "Failed", "Booked"),
    )  # fmt: skip
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    run = get_run(arguments.number, provider_of(arguments))
    if arguments.json:
        described = describe_run_fully(run)
        if arguments.rows:
            described["rows"] = [_describe_row(run, row) for row in iterate_rows(run)]
        print_json(described)
        return 0
    print_run(run, with_request=True)
    if arguments.rows:
        for row in iterate_rows(run):
            code = outcome_code(run, row)
            amount = money_of(run.provider, row.amount_minor)
            print_text(f"{row.customer.number}\t{code}\t{amount}\t{get_outcome(code).sentence}")
    return 0


def run_start(arguments: argparse.Namespace) -> int:
    run, membership = _find(arguments)
    if run.state == State.DRAFT and not arguments.yes:
        require_somebody_to_ask(arguments)
    if run.state == State.DRAFT and not arguments.json:
        if run.kind == CREDIT:
            print_rehearsal(get_rehearsal(run), find_refusal_to_start(run, membership))
        elif run.kind == CHARGE:
            print_charge_rehearsal(get_charge_rehearsal(run), find_refusal_to_charge(run, membership))
        elif run.kind == CANCEL_CHARGES:
            print_cancellation(run)
        elif run.kind == INVOICE:
            print_invoice_rehearsal(get_invoice_rehearsal(run))
        else:
            _print_preview(run)
    if run.state == State.DRAFT and not arguments.yes and not confirm("Start it?"):
        print_text(f"Nothing was booked. Run {run.pk} stays a draft.")
        return 0
    return _finish(services.start_run(run=run, membership=membership), arguments)


def run_resume(arguments: argparse.Namespace) -> int:
    return _go_on(arguments, services.resume_run)


def run_retry(arguments: argparse.Namespace) -> int:
    return _go_on(arguments, services.retry_failed)


def run_cancel(arguments: argparse.Namespace) -> int:
    run, membership = _find(arguments)
    return _show(services.cancel_run(run=run, membership=membership), arguments)


def run_stop(arguments: argparse.Namespace) -> int:
    run, membership = _find(arguments)
    return _show(services.stop_run(run=run, membership=membership), arguments)


def run_give_up(arguments: argparse.Namespace) -> int:
    run, membership = _find(arguments)
    if run.state in (State.STOPPED, State.PARKED) and find_rest(run.kind) is not None and not arguments.yes:
        require_somebody_to_ask(arguments)
        if not confirm(f"Give up the {run.rows_waiting:,} that wait?"):
            print_text(f"Run {run.pk} is left as it is.")
            return 0
    return _show(services.give_up_rest(run=run, membership=membership), arguments)


def run_take_back(arguments: argparse.Namespace) -> int:
    run, membership = _find(arguments)
    if not arguments.yes:
        require_somebody_to_ask(arguments)
    draft, _ = prepare_take_back(membership=membership, run=run, key=arguments.key)
    draft = prepare_here(draft)
    if draft.state == State.DRAFT:
        if not arguments.json:
            _print_preview(draft)
        if not (arguments.yes or _agreed(draft, membership)):
            return 0
        draft = services.start_run(run=draft, membership=membership)
    return _finish(draft, arguments)


def _agreed(draft: Run, membership: Membership) -> bool:
    agreed = confirm("Take these credits back?")
    if not agreed:
        services.cancel_run(run=draft, membership=membership)
        print_text(f"Nothing was booked. Draft {draft.pk} is cancelled.")
    return agreed


def _print_preview(draft: Run) -> None:
    print_text(f"Take-back {draft.pk} of run {draft.reverses_id}. Nothing is booked yet.")
    for count in count_outcomes(draft):
        if count.category is Category.SKIPPED:
            print_text(f"  {count.customers:,} customers: {count.sentence}")
    total = money_of(draft.provider, draft.total_minor)
    print_text(f"  {draft.rows_waiting:,} credits of {draft.customers_waiting:,} customers would lose {total} in all.")


def _go_on(arguments: argparse.Namespace, service: Callable[..., Run]) -> int:
    run, membership = _find(arguments)
    return _finish(service(run=run, membership=membership), arguments)


def _finish(run: Run, arguments: argparse.Namespace) -> int:
    rested = follow(run, quiet=arguments.json)
    _show(rested, arguments)
    return exit_status(rested)


def _find(arguments: argparse.Namespace) -> tuple[Run, Membership]:
    provider = provider_of(arguments)
    return get_run(arguments.number, provider), member_of(provider, arguments)


def _show(run: Run, arguments: argparse.Namespace) -> int:
    if arguments.json:
        print_json(describe_run(run))
    else:
        print_run(run)
    return 0


def _describe_row(run: Run, row: RunRow) -> dict[str, object]:
    code = outcome_code(run, row)
    outcome = get_outcome(code)
    return {
        "customer": row.customer.number,
        "order": row.order.number if row.order else None,
        "amount": decimal_of(run.provider, row.amount_minor),
        "outcome": code,
        "category": outcome.category,
        "reason": outcome.sentence,
    }
