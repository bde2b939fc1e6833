"""``makegood invoices by-hand``: whether an invoice is collected by people or by itself."""

import argparse

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
from makegood.cli.invoice_report import describe_invoice
from makegood.cli.output import money_of, print_json, print_text
from makegood.invoices.selectors import get_invoice
from makegood.payments.services.by_hand import collect_by_hand, turn_back


def add_by_hand(actions: Actions) -> None:
    """The action."""
    parser = actions.add_parser("by-hand", help="leave an invoice to people, or have it collected by itself again")
    parser.add_argument("number", metavar="NUMBER", type=int)
    how = parser.add_mutually_exclusive_group(required=True)
    how.add_argument("--reason", metavar="TEXT", help="leave it to people: why; kept with the invoice")
    how.add_argument("--back", action="store_true", help="have it collected by itself again")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    add_provider(parser)
    add_person(parser)
    add_json(parser)
    parser.set_defaults(run=run_by_hand)


def run_by_hand(arguments: argparse.Namespace) -> int:
    if not arguments.yes:
        require_somebody_to_ask(arguments)
    provider = provider_of(arguments)
    membership = member_of(provider, arguments)
    invoice = get_invoice(provider, arguments.number)
    how = "by itself again" if arguments.back else "by hand"
    left = f"Invoice {invoice.number}, of which {money_of(provider, invoice.due_minor)} is left to pay"
    if not (arguments.yes or confirm(f"{left}: have it collected {how}?")):
        print_text("Nothing is changed.")
        return 0
    is_new = invoice.by_hand == arguments.back
    if arguments.back:
        invoice = turn_back(membership=membership, invoice=invoice)
    else:
        invoice = collect_by_hand(membership=membership, invoice=invoice, reason=arguments.reason)
    if arguments.json:
        print_json(describe_invoice(invoice))
    elif is_new:
        print_text(f"Invoice {invoice.number} is collected {how}.")
    else:
        print_text(f"Invoice {invoice.number} was collected {how.removesuffix(' again')} already. Nothing is changed.")
    return 0
