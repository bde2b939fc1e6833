"""``makegood charge``: charging one, several or all matching customers from the command line."""

import argparse
from dataclasses import dataclass
from typing import Any

from makegood.cli.arguments import Actions, add_json, add_person, add_provider, member_of, provider_of
from makegood.cli.asking import (
    Who,
    add_how,
    add_who,
    read_who,
    refuse_but_keep,
    say_how_to_start,
    select,
    show_known,
    start_if_agreed,
)
from makegood.cli.charge_report import describe_charge_rehearsal, print_charge_rehearsal
from makegood.cli.follow import prepare_here
from makegood.cli.output import print_json
from makegood.cli.run_report import describe_run
from makegood.invoices.charge_rules import parse_tax_rate, shown_rate
from makegood.invoices.charge_run_kind import CHARGE
from makegood.invoices.charge_selectors import get_charge_rehearsal
from makegood.invoices.services.add_charge import fill_charge_values, find_refusal_to_charge, prepare_charge_run
from makegood.kit.money import parse_amount
from makegood.ledger.selectors import get_gl_code_for_charges
from makegood.providers.models import Membership, Provider
from makegood.runs.models import Run
from makegood.runs.requests import describe_request
from makegood.runs.rules import State
from makegood.runs.services.create_run import find_run_of_request
from makegood.transaction_templates.selectors import get_charge_template


def add_parser(subparsers: Actions) -> None:
    parser = subparsers.add_parser(
        "charge",
        help="charge one, several or all matching customers",
        description="Shows what would happen, asks, adds charges that wait for the customers' next invoices, and "
        "prints what became of everybody.",
    )
    add_provider(parser)
    add_person(parser)
    add_who(parser, "charge")
    parser.add_argument(
        "--order", action="append", default=[], metavar="NUMBER", help="an order, charged for itself; may be repeated"
    )
    what = parser.add_argument_group("what")
    what.add_argument("--amount", metavar="AMOUNT", help="what each is charged, such as 10.00")
    what.add_argument("--template", metavar="NAME", help="a charge template that fills what is not given")
    what.add_argument("--description", metavar="TEXT", help="customers read it on the invoice; needed")
    what.add_argument("--gl-code", metavar="CODE", help="of type fee or service; the setting's default if left out")
    what.add_argument("--tax-rate", metavar="PERCENT", help="such as 8.25; the setting's if left out")
    add_how(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    membership = member_of(provider, arguments)
    asked = _read_request(provider, arguments)
    known = find_run_of_request(provider, arguments.key, asked.words)
    draft = prepare_here(known or _prepare(provider, membership, arguments, asked))
    if draft.state != State.DRAFT:
        return show_known(draft, arguments)
    rehearsal = get_charge_rehearsal(draft)
    refusal = find_refusal_to_charge(draft, membership)
    if arguments.rehearse and arguments.json:
        cannot = None if refusal is None else {"code": refusal.code, "message": refusal.message}
        print_json({**describe_run(draft), "rehearsal": {**describe_charge_rehearsal(rehearsal), "refusal": cannot}})
        return 0
    if not arguments.json:
        print_charge_rehearsal(rehearsal, refusal)
    if arguments.rehearse:
        say_how_to_start(draft)
        return 0
    if refusal is not None:
        raise refuse_but_keep(draft, refusal)
    return start_if_agreed(draft, membership, arguments, "Add these charges?")


@dataclass(frozen=True)
class _Asked:
    """What the command line says, before templates and settings fill it."""

    who: Who
    values: dict[str, Any]
    words: dict[str, Any]


def _read_request(provider: Provider, arguments: argparse.Namespace) -> _Asked:
    """Reads the words; what they name is looked up later, and only for a request that is new."""
    who = read_who(arguments, "charge")
    amount, rate = arguments.amount, arguments.tax_rate
    values = {
        "amount_minor": None if amount is None else parse_amount(amount, provider.currency_digits),
        "description": arguments.description,
        "gl_code": arguments.gl_code,
        "tax_rate": None if rate is None else shown_rate(parse_tax_rate(rate)),
        "template": arguments.template,
    }
    words = describe_request(kind=CHARGE, list_name=who.list_name, unit=who.unit, chosen=who.chosen, asked=values)
    return _Asked(who, values, words)


def _prepare(provider: Provider, membership: Membership, arguments: argparse.Namespace, asked: _Asked) -> Run:
    template, gl_code, rate = arguments.template, arguments.gl_code, arguments.tax_rate
    values = fill_charge_values(
        provider=provider,
        template=None if template is None else get_charge_template(provider, template),
        amount_minor=asked.values["amount_minor"],
        description=arguments.description,
        gl_code=None if gl_code is None else get_gl_code_for_charges(provider, gl_code),
        tax_rate=None if rate is None else parse_tax_rate(rate),
    )
    run, _ = prepare_charge_run(
        membership=membership,
        selection=select(membership, asked.who),
        unit=asked.who.unit,
        values=values,
        chosen=asked.who.chosen,
        asked=asked.values,
        key=arguments.key,
    )
    return run
