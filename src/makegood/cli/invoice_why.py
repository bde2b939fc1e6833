"""``makegood invoices why``: one sentence that says why an invoice is what it is."""

import argparse

from makegood.cli.arguments import Actions, add_json, add_provider, provider_of
from makegood.cli.output import print_json, print_text
from makegood.invoices.selectors import get_invoice
from makegood.statements.explain import explain_invoice, say_in_words
from makegood.statements.why_record import describe_why


def add_why(actions: Actions) -> None:
    """Adds the command to those of invoices."""
    parser = actions.add_parser("why", help="say why an invoice is what it is")
    parser.add_argument("number", metavar="NUMBER", type=int)
    add_provider(parser)
    add_json(parser)
    parser.set_defaults(run=run_why)


def run_why(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    why = explain_invoice(get_invoice(provider, arguments.number))
    if arguments.json:
        print_json(describe_why(why, provider))
    else:
        print_text(say_in_words(why, provider))
    return 0
