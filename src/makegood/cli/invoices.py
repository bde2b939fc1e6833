"""``makegood invoices``: making invoices, looking at them, and giving them up."""

import argparse
from collections.abc import Callable
from datetime import date

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
from makegood.cli.follow import follow, prepare_here
from makegood.cli.invoice_by_hand import add_by_hand
from makegood.cli.invoice_report import describe_invoice, describe_rehearsal, print_invoice, print_rehearsal
from makegood.cli.invoice_why import add_why
from makegood.cli.output import money_of, print_json, print_table, print_text
from makegood.cli.run_report import describe_run, exit_status, print_run
from makegood.credits.services.void_invoice import void_invoice
from makegood.credits.services.write_off import write_off_invoice
from makegood.invoices.models import Invoice
from makegood.invoices.rehearsal import get_invoice_rehearsal
from makegood.invoices.rules import State as InvoiceState
from makegood.invoices.selectors import get_invoice, list_invoices, list_issued
from makegood.invoices.services.invoice_run import prepare_invoice_run
from makegood.kit.refusal import Refused
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership
from makegood.runs.models import Run
from makegood.runs.rules import State
from makegood.runs.services.start_run import start_run


def add_parser(subparsers: Actions) -> None:
    actions = subparsers.add_parser("invoices", help="make invoices and look at them").add_subparsers(metavar="ACTION")
    run = actions.add_parser(
        "run",
        help="make the invoices that are due",
        description="Drafts an invoice for everybody who is due, shows what they come to, asks, and issues them.",
    )
    add_provider(run)
    add_person(run)
    run.add_argument("--day", metavar="DATE", help="bill periods that begin up to this day; today if left out")
    run.add_argument("--rehearse", action="store_true", help="draft and show them, and issue none")
    run.add_argument("--yes", action="store_true", help="do not ask")
    run.add_argument("--key", metavar="KEY", help="the same key never bills twice")
    add_json(run)
    run.set_defaults(run=run_invoices)
    listed = actions.add_parser("list", help="list invoices, newest first")
    add_provider(listed)
    listed.add_argument("--customer", metavar="NUMBER", help="only those of this customer")
    listed.add_argument("--state", choices=InvoiceState.values, metavar="STATE", help="only those in this state")
    listed.add_argument("--limit", type=int, default=50, metavar="N")
    add_json(listed)
    listed.set_defaults(run=run_list)
    show = actions.add_parser("show", help="show an invoice with its lines and what became of it")
    show.add_argument("number", metavar="NUMBER", type=int)
    add_provider(show)
    add_json(show)
    show.set_defaults(run=run_show)
    add_why(actions)
    for name, text, function in (
        ("void", "take back an invoice that should not have been", run_void),
        ("write-off", "give up what a customer will not pay", run_write_off),
    ):
        _add_ending(actions, name, text, function)
    add_by_hand(actions)


def _add_ending(actions: Actions, name: str, text: str, function: Callable[[argparse.Namespace], int]) -> None:
    parser = actions.add_parser(name, help=text)
    parser.add_argument("number", metavar="NUMBER", type=int)
    add_provider(parser)
    add_person(parser)
    parser.add_argument("--reason", metavar="TEXT", required=True, help="why; kept in the audit")
    if name == "void":
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--bill-again", action="store_true", help="the next run bills its days and charges anew")
        choice.add_argument(
            "--cancel-charges",
            action="store_true",
            help="cancel the one-off charges on it; else they wait for the next invoice",
        )
    add_json(parser)
    parser.set_defaults(run=function)


def run_invoices(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    membership = member_of(provider, arguments)
    if not (arguments.yes or arguments.rehearse):
        require_somebody_to_ask(arguments)
    day = read_day(arguments.day) or today_of(provider)
    draft, _ = prepare_invoice_run(membership=membership, provider=provider, day=day, key=arguments.key)
    draft = prepare_here(draft)
    if draft.state != State.DRAFT:
        return _finish(draft, arguments)
    rehearsal = get_invoice_rehearsal(draft)
    if arguments.rehearse and arguments.json:
        print_json({**describe_run(draft), "rehearsal": describe_rehearsal(rehearsal)})
        return 0
    if not arguments.json:
        print_rehearsal(rehearsal)
    if arguments.rehearse or not (arguments.yes or confirm("Issue these invoices?")):
        _say_what_to_do(draft, membership)
        return 0
    return _finish(start_run(run=draft, membership=membership), arguments)


def run_list(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    invoices = list_invoices(provider) if arguments.state == InvoiceState.DRAFT else list_issued(provider)
    if arguments.customer:
        invoices = invoices.filter(customer__number=arguments.customer)
    if arguments.state:
        invoices = invoices.filter(state=arguments.state)
    found = list(invoices[: max(arguments.limit, 0)])
    if arguments.json:
        print_json([describe_invoice(invoice) for invoice in found])
        return 0
    print_table(
        ["Number", "Customer", "Name", "Period", "Issued", "Due", "State", "Total", "Left"],
        [
            (
                invoice.number or "", invoice.customer.number, invoice.customer.name,
                f"{invoice.period_from} to {invoice.period_to}", invoice.issued_on or "", invoice.due_on or "",
                invoice.state, money_of(provider, invoice.total_minor), money_of(provider, _left(invoice)),
            )
            for invoice in found
        ],
        right=("Number", "Total", "Left"),
    )  # fmt: skip
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    invoice = get_invoice(provider_of(arguments), arguments.number)
    return _show(invoice, arguments)


def run_void(arguments: argparse.Namespace) -> int:
    invoice, membership = _find(arguments)
    voided = void_invoice(
        membership=membership,
        invoice=invoice,
        reason=arguments.reason,
        bill_again=arguments.bill_again,
        charges_wait=not arguments.cancel_charges,
    )
    return _show(voided, arguments)


def run_write_off(arguments: argparse.Namespace) -> int:
    invoice, membership = _find(arguments)
    return _show(write_off_invoice(membership=membership, invoice=invoice, reason=arguments.reason), arguments)


def read_day(text: str | None, field: str = "day") -> date | None:
    """The date written as 2026-01-31; None if there is none. Refused for another form."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("date_malformed", f"“{text}” is not a date; write it like 2026-01-31.", field) from None


def _say_what_to_do(draft: Run, membership: Membership) -> None:
    who = membership.staff.email
    print_text(
        f"Nothing was issued. Run {draft.pk} stays a draft: issue it with `makegood runs start {draft.pk} --as {who}`, "
        f"or discard it with `makegood runs cancel {draft.pk} --as {who}`."
    )


def _finish(run: Run, arguments: argparse.Namespace) -> int:
    rested = follow(run, quiet=arguments.json)
    if arguments.json:
        print_json(describe_run(rested))
    else:
        print_run(rested)
    return exit_status(rested)


def _find(arguments: argparse.Namespace) -> tuple[Invoice, Membership]:
    provider = provider_of(arguments)
    membership = member_of(provider, arguments)
    return get_invoice(provider, arguments.number), membership


def _show(invoice: Invoice, arguments: argparse.Namespace) -> int:
    if arguments.json:
        print_json(describe_invoice(invoice, fully=True))
    else:
        print_invoice(invoice)
    return 0


def _left(invoice: Invoice) -> int:
    return invoice.due_minor if invoice.number else 0
