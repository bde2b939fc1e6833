"""``makegood credit``: the main job from the command line."""

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
from makegood.cli.follow import prepare_here
from makegood.cli.output import print_json
from makegood.cli.run_report import describe_rehearsal, describe_run, print_rehearsal
from makegood.credits.selectors import Rehearsal, get_rehearsal
from makegood.credits.services.give_credit import (
    describe_request,
    fill_values,
    find_refusal_to_start,
    prepare_credit_run,
)
from makegood.kit.money import parse_amount
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import get_credit_gl_code
from makegood.providers.models import Membership, Provider
from makegood.runs.models import Run
from makegood.runs.rules import State
from makegood.runs.services.create_run import find_run_of_request
from makegood.transaction_templates.selectors import get_credit_template


def add_parser(subparsers: Actions) -> None:
    parser = subparsers.add_parser(
        "credit",
        help="give one, several or all matching customers a credit",
        description="Shows what would happen, asks, credits in the background and prints what became of everybody.",
    )
    add_provider(parser)
    add_person(parser)
    add_who(parser, "credit")
    what = parser.add_argument_group("what")
    what.add_argument("--amount", metavar="AMOUNT", help="what each gets, such as 10.00")
    what.add_argument("--template", metavar="NAME", help="a transaction template that fills what is not given")
    what.add_argument("--description", metavar="TEXT", help="customers see it")
    what.add_argument("--gl-code", metavar="CODE", help="the setting's default if left out")
    what.add_argument(
        "--notify",
        action=argparse.BooleanOptionalAction,
        help="send an e-mail to each customer, or send none; as the template says if left out",
    )
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
    rehearsal = get_rehearsal(draft)
    refusal = find_refusal_to_start(draft, membership)
    if arguments.rehearse:
        _show_rehearsal(draft, rehearsal, refusal, arguments)
        return 0
    if not arguments.json:
        print_rehearsal(rehearsal, refusal)
    if refusal is not None:
        raise refuse_but_keep(draft, refusal)
    return start_if_agreed(draft, membership, arguments, "Add these credits?")


@dataclass(frozen=True)
class _Asked:
    """What the command line says, before templates and settings fill it."""

    who: Who
    amount_minor: int | None
    words: dict[str, Any]


def _read_request(provider: Provider, arguments: argparse.Namespace) -> _Asked:
    """Reads the words; what they name is looked up later, and only for a request that is new."""
    who = read_who(arguments, "credit")
    amount = arguments.amount
    amount_minor = None if amount is None else parse_amount(amount, provider.currency_digits)
    asked = {
        "amount_minor": amount_minor,
        "description": arguments.description,
        "gl_code": arguments.gl_code,
        "template": arguments.template,
    }
    if arguments.notify is not None:
        asked["notify"] = arguments.notify
    words = describe_request(list_name=who.list_name, unit=who.unit, chosen=who.chosen, asked=asked)
    return _Asked(who, amount_minor, words)


def _prepare(provider: Provider, membership: Membership, arguments: argparse.Namespace, asked: _Asked) -> Run:
    template, gl_code = arguments.template, arguments.gl_code
    values = fill_values(
        provider=provider,
        template=None if template is None else get_credit_template(provider, template),
        amount_minor=asked.amount_minor,
        description=arguments.description,
        gl_code=None if gl_code is None else get_credit_gl_code(provider, gl_code),
        notify=arguments.notify,
    )
    names = ("amount_minor", "description", "gl_code", "template", "notify")
    run, _ = prepare_credit_run(
        membership=membership,
        selection=select(membership, asked.who),
        unit=asked.who.unit,
        values=values,
        chosen=asked.who.chosen,
        asked={name: asked.words[name] for name in names if name in asked.words},
        key=arguments.key,
    )
    return run


def _show_rehearsal(draft: Run, rehearsal: Rehearsal, refusal: Refused | None, arguments: argparse.Namespace) -> None:
    if arguments.json:
        cannot = None if refusal is None else {"code": refusal.code, "message": refusal.message}
        print_json({**describe_run(draft), "rehearsal": {**describe_rehearsal(rehearsal), "refusal": cannot}})
        return
    print_rehearsal(rehearsal, refusal)
    say_how_to_start(draft)
