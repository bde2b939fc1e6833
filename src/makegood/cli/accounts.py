"""``makegood accounts``: reports from the books, and closing a month."""

import argparse
from collections.abc import Iterable, Sequence

from makegood.accounting.funds_roll_forward import FUNDS_MOVEMENTS, get_funds_roll_forward
from makegood.accounting.months import list_months, require_turn, tie_month
from makegood.accounting.receivables import (
    RECEIVABLE_MOVEMENTS,
    get_aged_receivables,
    get_receivables_roll_forward,
)
from makegood.accounting.roll_forward import MonthRow, Movement, RollRow, Tie
from makegood.accounting.rules import Days, read_day, read_month
from makegood.accounting.services.close_month import close_month
from makegood.accounting.trial_balance import TrialRow, get_trial_balance
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
from makegood.cli.journal import add_days, days_of
from makegood.cli.output import decimal_of, money_of, print_json, print_table, print_text
from makegood.ledger.closing import list_pending
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider


def add_parser(subparsers: Actions) -> None:
    actions = subparsers.add_parser("accounts", help="reports from the books, closing months").add_subparsers(
        metavar="ACTION"
    )
    for name, text, run in (
        ("trial-balance", "opening, debit, credit and closing of each GL code", run_trial_balance),
        ("funds", "the roll-forward of Available Funds", run_funds),
        ("receivables", "the roll-forward of receivables", run_receivables),
    ):
        parser = actions.add_parser(name, help=text)
        add_days(parser)
        parser.set_defaults(run=run)
        _add_common(parser)
    aged = actions.add_parser("aged", help="what customers owe, by how long it is overdue")
    aged.add_argument("--on", metavar="DATE", help="at the end of that day; today if left out")
    aged.set_defaults(run=run_aged)
    _add_common(aged)
    months = actions.add_parser("months", help="which months are closed")
    months.set_defaults(run=run_months)
    _add_common(months)
    close = actions.add_parser("close", help="close a month, for good")
    close.add_argument("month", metavar="MONTH", help="such as 2026-01")
    close.add_argument("--leave-waiting", action="store_true", help="although stopped or parked runs of it wait")
    close.add_argument("--yes", action="store_true", help="do not ask")
    close.set_defaults(run=run_close)
    add_person(close)
    _add_common(close)


def _add_common(parser: argparse.ArgumentParser) -> None:
    add_provider(parser)
    add_json(parser)


def run_trial_balance(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    trial = get_trial_balance(provider, days_of(provider, arguments))
    rows = [_describe_trial(provider, row) for row in trial.rows]
    total = _describe_trial(provider, trial.total)
    if arguments.json:
        print_json({**_days_of(trial.days), "holds": trial.holds, "gl_codes": rows, "total": total})
    else:
        _print([*rows, {**total, "gl_code": "Total", "description": ""}], ("opening", "debit", "credit", "closing"))
    return 0 if trial.holds else 1


def run_funds(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    report = get_funds_roll_forward(provider, days_of(provider, arguments))
    rows = [
        {"gl_code": each.gl_code, "kind": each.kind, **_describe_roll(provider, each.row, FUNDS_MOVEMENTS)}
        for each in report.rows
    ]
    total = _describe_roll(provider, report.total, FUNDS_MOVEMENTS)
    if arguments.json:
        print_json(
            {
                **_days_of(report.days),
                "holds": report.holds,
                "rows": rows,
                "total": total,
                "months": _describe_months(provider, report.months, FUNDS_MOVEMENTS),
            }
        )
    else:
        _print([*rows, {"gl_code": "Total", "kind": "", **total}], tuple(total))
        _say_ties(provider, report.months)
    return 0 if report.holds else 1


def run_receivables(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    report = get_receivables_roll_forward(provider, days_of(provider, arguments))
    months = _describe_months(provider, report.months, RECEIVABLE_MOVEMENTS)
    total = _describe_roll(provider, report.total, RECEIVABLE_MOVEMENTS)
    if arguments.json:
        print_json({**_days_of(report.days), "holds": report.holds, "months": months, "total": total})
    else:
        shown = [{name: value for name, value in month.items() if name != "journal"} for month in months]
        _print([*shown, {"month": "Total", **total}], tuple(total))
        _say_ties(provider, report.months)
    return 0 if report.holds else 1


def run_aged(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    day = today_of(provider) if arguments.on is None else read_day(arguments.on, "on")
    report = get_aged_receivables(provider, day)
    bands = {band.name: decimal_of(provider, amount) for band, amount in report.bands}
    described: dict[str, object] = {
        "on": day,
        "customers": report.customers,
        "invoices": report.invoices,
        **bands,
        "total": decimal_of(provider, report.total_minor),
        "journal": decimal_of(provider, report.tie.journal_minor),
    }
    if arguments.json:
        print_json({**described, "holds": report.tie.holds})
    else:
        _print([described], (*bands, "customers", "invoices", "total", "journal"))
    return 0 if report.tie.holds else 1


def run_months(arguments: argparse.Namespace) -> int:
    months: list[dict[str, object]] = [
        {
            "month": each.text,
            "state": each.state,
            "closed_at": each.close and each.close.closed_at,
            "closed_by": each.close and each.close.closed_by and each.close.closed_by.email,
        }
        for each in list_months(provider_of(arguments))
    ]
    print_json(months) if arguments.json else _print(months, ())
    return 0


def run_close(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    membership = member_of(provider, arguments)
    month = read_month(arguments.month)
    if not arguments.yes:
        require_somebody_to_ask(arguments)
        require_turn(provider, month)
        _print_preview(provider, arguments)
        if not confirm(f"Close {month:%Y-%m} for good?"):
            print_text("Nothing was closed.")
            return 0
    close = close_month(membership=membership, month=month, leave_waiting=arguments.leave_waiting)
    if arguments.json:
        print_json({"month": f"{close.month:%Y-%m}", "closed_at": close.closed_at})
    else:
        print_text(f"{close.month:%Y-%m} is closed.")
    return 0


def _print_preview(provider: Provider, arguments: argparse.Namespace) -> None:
    month = read_month(arguments.month)
    ties = tie_month(provider, month)
    for what, tie in (("Available Funds", ties.funds), ("Receivables", ties.receivables)):
        print_text(f"{what}: {_say_tie(provider, tie)}")
    for pending in list_pending(provider, month):
        print_text(pending.sentence)


def _describe_trial(provider: Provider, row: TrialRow) -> dict[str, object]:
    return {
        "gl_code": row.code,
        "description": row.description,
        "type": row.type,
        "opening": decimal_of(provider, row.opening_minor),
        "debit": decimal_of(provider, row.debit_minor),
        "credit": decimal_of(provider, row.credit_minor),
        "closing": decimal_of(provider, row.closing_minor),
    }


def _describe_roll(provider: Provider, row: RollRow, movements: Sequence[Movement]) -> dict[str, object]:
    return {
        "opening": decimal_of(provider, row.opening_minor),
        **{each.type: decimal_of(provider, row.moved.get(each.type, 0)) for each in movements},
        "closing": decimal_of(provider, row.closing_minor),
    }


def _describe_months(
    provider: Provider, months: Iterable[MonthRow], movements: Sequence[Movement]
) -> list[dict[str, object]]:
    return [
        {
            "month": str(each.days),
            **_describe_roll(provider, each.row, movements),
            "journal": decimal_of(provider, each.closing.journal_minor),
        }
        for each in months
    ]


def _say_ties(provider: Provider, months: Sequence[MonthRow]) -> None:
    print_text(f"At the beginning: {_say_tie(provider, months[0].opening)}")
    print_text(f"At the end: {_say_tie(provider, months[-1].closing)}")


def _say_tie(provider: Provider, tie: Tie) -> str:
    amounts = (tie.entries_minor, tie.journal_minor, tie.difference_minor)
    entries, journal, difference = (money_of(provider, amount) for amount in amounts)
    return f"entries {entries}, journal {journal}, difference {difference}."


def _days_of(days: Days) -> dict[str, object]:
    return {"from": days.first, "to": days.last}


def _print(rows: Sequence[dict[str, object]], right: Sequence[str]) -> None:
    names = list(rows[0])
    print_table(names, [[row.get(name, "") for name in names] for row in rows], right=right)
