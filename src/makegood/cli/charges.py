"""``makegood charges``: the charges that were added, and cancelling those that wait."""

import argparse
from typing import Any

from makegood.cli.arguments import (
    Actions,
    add_json,
    add_person,
    add_provider,
    confirm,
    member_of,
    provider_of,
    read_filters,
    require_somebody_to_ask,
)
from makegood.cli.asking import finish
from makegood.cli.charge_report import print_cancellation
from makegood.cli.follow import prepare_here
from makegood.cli.output import decimal_of, money_of, print_json, print_table, print_text
from makegood.invoices.charge_filters import list_matching_charges
from makegood.invoices.charge_rules import shown_rate
from makegood.invoices.charge_selectors import get_charge, list_charges
from makegood.invoices.models import Charge
from makegood.invoices.services.cancel_charge import cancel_charge, prepare_cancellation
from makegood.kit.refusal import Refused
from makegood.providers.models import Membership, Provider
from makegood.runs.rules import State
from makegood.runs.selectors import get_run
from makegood.runs.services.start_run import cancel_run, start_run


def add_parser(subparsers: Actions) -> None:
    actions = subparsers.add_parser("charges", help="charges that were added").add_subparsers(metavar="ACTION")
    listed = actions.add_parser("list", help="list charges, newest first")
    listed.add_argument("--filter", action="append", default=[], metavar="NAME=VALUE", help="may be repeated")
    listed.add_argument("--limit", type=int, default=50, metavar="N")
    listed.set_defaults(run=run_list)
    cancel = actions.add_parser("cancel", help="cancel a charge, or all of a run, that wait for an invoice")
    cancel.add_argument("number", metavar="CHARGE", type=int, nargs="?", help="left out where --run is given")
    cancel.add_argument(
        "--run", dest="of_run", metavar="RUN", type=int, help="all charges of this charge run that wait"
    )
    cancel.add_argument("--key", metavar="KEY", help="with --run: the same key never cancels twice")
    cancel.add_argument("--yes", action="store_true", help="do not ask")
    add_person(cancel)
    cancel.set_defaults(run=run_cancel)
    for parser in (listed, cancel):
        add_provider(parser)
        add_json(parser)


def run_list(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    matching = list_matching_charges(provider, read_filters(arguments.filter))
    shown = list_charges(provider).filter(pk__in=matching.values("pk"))[: max(arguments.limit, 0)]
    if arguments.json:
        print_json([_describe(provider, charge) for charge in shown])
        return 0
    print_table(
        ["Charge", "Customer", "Name", "Added", "State", "Amount", "GL code", "Run", "Description"],
        [
            (
                charge.pk, charge.customer.number, charge.customer.name, charge.charged_on, charge.state,
                money_of(provider, charge.amount_minor), charge.gl_code.code,
                charge.run_row.run_id if charge.run_row else "", charge.description,
            )
            for charge in shown
        ],
        right=("Charge", "Amount"),
    )  # fmt: skip
    print_text(f"{len(shown)} of {matching.count():,} charges that match.")
    return 0


def run_cancel(arguments: argparse.Namespace) -> int:
    if (arguments.number is None) == (arguments.of_run is None):
        raise Refused("charge_missing", "Name either a charge or, with --run, a run.", "charge")
    if not arguments.yes:
        require_somebody_to_ask(arguments)
    provider = provider_of(arguments)
    membership = member_of(provider, arguments)
    if arguments.of_run is not None:
        return _cancel_run_of(membership, arguments)
    charge = get_charge(provider, arguments.number)
    amount = money_of(provider, charge.amount_minor)
    if not arguments.yes and not confirm(f"Cancel charge {charge.pk} of {charge.customer.number}, {amount}?"):
        print_text("Nothing is cancelled.")
        return 0
    done = cancel_charge(membership=membership, charge=charge)
    if arguments.json:
        print_json(_describe(provider, done))
    else:
        print_text(f"Charge {done.pk} is cancelled and will not be billed.")
    return 0


def _cancel_run_of(membership: Membership, arguments: argparse.Namespace) -> int:
    run = get_run(arguments.of_run, membership.provider)
    draft, _ = prepare_cancellation(membership=membership, run=run, key=arguments.key)
    draft = prepare_here(draft)
    if draft.state == State.DRAFT:
        if not arguments.json:
            print_cancellation(draft)
        if not (arguments.yes or confirm("Cancel these charges?")):
            cancel_run(run=draft, membership=membership)
            print_text(f"Nothing is cancelled. Draft {draft.pk} is given up.")
            return 0
        draft = start_run(run=draft, membership=membership)
    return finish(draft, arguments)


def _describe(provider: Provider, charge: Charge) -> dict[str, Any]:
    return {
        "charge": charge.pk,
        "customer": charge.customer.number,
        "order": charge.order.number if charge.order else None,
        "charged_on": charge.charged_on,
        "state": charge.state,
        "amount": decimal_of(provider, charge.amount_minor),
        "currency": provider.currency,
        "description": charge.description,
        "gl_code": charge.gl_code.code,
        "tax_rate": shown_rate(charge.tax_rate),
        "added_by": charge.created_by.email if charge.created_by else None,
        "run": charge.run_row.run_id if charge.run_row else None,
    }
