"""``makegood credit``: the main job from the command line."""

import argparse
from dataclasses import dataclass
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
from makegood.cli.follow import follow, prepare_here
from makegood.cli.output import print_json, print_text
from makegood.cli.run_report import describe_rehearsal, describe_run, exit_status, print_rehearsal, print_run
from makegood.credits.selectors import Rehearsal, get_rehearsal
from makegood.credits.services.give_credit import (
    describe_request,
    fill_values,
    find_refusal_to_start,
    prepare_credit_run,
)
from makegood.customers.models import Customer
from makegood.kit.money import parse_amount
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import get_credit_gl_code
from makegood.orders.models import Order
from makegood.providers.models import Membership, Provider
from makegood.runs.models import Run, Selection
from makegood.runs.rules import State
from makegood.runs.selectors import find_recent_run_like
from makegood.runs.services.create_run import find_run_of_request
from makegood.runs.services.select import select_listed, select_matching
from makegood.runs.services.start_run import cancel_run, start_run
from makegood.transaction_templates.selectors import get_credit_template


def add_parser(subparsers: Actions) -> None:
    parser = subparsers.add_parser(
        "credit",
        help="give one, several or all matching customers a credit",
        description="Shows what would happen, asks, credits in the background and prints what became of everybody.",
    )
    add_provider(parser)
    add_person(parser)
    who = parser.add_argument_group("who")
    who.add_argument("--customer", action="append", default=[], metavar="NUMBER", help="a customer; may be repeated")
    who.add_argument(
        "--filter", action="append", default=[], metavar="NAME=VALUE", help="such as area=Springfield; may be repeated"
    )
    who.add_argument("--all", action="store_true", help="everybody on the list")
    who.add_argument("--orders", action="store_true", help="select on the Order List instead of the Customer List")
    who.add_argument("--per", choices=["customer", "order"], help="one credit per customer (default) or one per order")
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
    how = parser.add_argument_group("how")
    how.add_argument("--key", metavar="KEY", help="the same key never books twice")
    how.add_argument("--rehearse", action="store_true", help="show what would happen and book nothing")
    how.add_argument("--yes", action="store_true", help="do not ask")
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    membership = member_of(provider, arguments)
    asked = _read_request(provider, arguments)
    known = find_run_of_request(provider, arguments.key, asked.words)
    draft = prepare_here(known or _prepare(provider, membership, arguments, asked))
    if draft.state != State.DRAFT:
        return _show_known(draft, arguments)
    rehearsal = get_rehearsal(draft)
    refusal = find_refusal_to_start(draft, membership)
    if arguments.rehearse:
        _show_rehearsal(draft, rehearsal, refusal, arguments)
        return 0
    if not arguments.json:
        print_rehearsal(rehearsal, refusal)
    if refusal is not None:
        kept = f"It is kept as draft {draft.pk}: makegood runs start {draft.pk} --as EMAIL."
        raise Refused(refusal.code, f"{refusal.message} {kept}")
    if not _may_start(draft, membership, arguments):
        return 0
    only_once = arguments.yes and not arguments.key
    try:
        started = start_run(run=draft, membership=membership, only_once=only_once)
    except Refused:
        if only_once:
            cancel_run(run=draft, membership=membership)
        raise
    return _finish(started, arguments)


@dataclass(frozen=True)
class _Asked:
    """What the command line says, before templates and settings fill it."""

    list_name: str
    unit: str
    numbers: list[str]
    filters: dict[str, list[str]]
    amount_minor: int | None
    words: dict[str, Any]


def _read_request(provider: Provider, arguments: argparse.Namespace) -> _Asked:
    """Reads the words; what they name is looked up later, and only for a request that is new."""
    if not (arguments.yes or arguments.rehearse):
        require_somebody_to_ask(arguments)
    unit = arguments.per or Run.Unit.CUSTOMER
    if unit == Run.Unit.ORDER and not arguments.orders:
        raise Refused("per_order_needs_orders", "One credit per order needs the Order List: add --orders.", "per")
    ways = [bool(arguments.customer), bool(arguments.filter), arguments.all]
    if sum(ways) != 1:
        raise Refused(
            "selection_missing" if not any(ways) else "selection_twice",
            "Say who: either --customer, or --filter, or --all.",
            "selection",
        )
    list_name = Selection.List.ORDERS if arguments.orders else Selection.List.CUSTOMERS
    numbers, filters = sorted(set(arguments.customer)), read_filters(arguments.filter)
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
    words = describe_request(list_name=list_name, unit=unit, chosen=numbers or filters, asked=asked)
    return _Asked(list_name, unit, numbers, filters, amount_minor, words)


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
    if asked.numbers:
        ids = _ids_of(provider, asked.numbers, arguments.orders)
        selection = select_listed(membership=membership, list_name=asked.list_name, record_ids=ids)
    else:
        selection = select_matching(membership=membership, list_name=asked.list_name, values=asked.filters)
    names = ("amount_minor", "description", "gl_code", "template", "notify")
    run, _ = prepare_credit_run(
        membership=membership,
        selection=selection,
        unit=asked.unit,
        values=values,
        chosen=asked.numbers or asked.filters,
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
    print_text(
        f"Start it with: makegood runs start {draft.pk} --as EMAIL. Give it up with: makegood runs cancel {draft.pk}."
    )


def _ids_of(provider: Provider, numbers: list[str], of_orders: bool) -> list[int]:
    found = dict(Customer.objects.filter(provider=provider, number__in=numbers).values_list("number", "pk"))
    if missing := [number for number in numbers if number not in found]:
        named = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        raise Refused("customer_unknown", f"{provider.name} has no customer {named}.", "customer")
    if of_orders:
        orders = Order.objects.filter(provider=provider, customer_id__in=found.values())
        return list(orders.values_list("pk", flat=True))
    return list(found.values())


def _may_start(draft: Run, membership: Membership, arguments: argparse.Namespace) -> bool:
    if arguments.yes:
        return True
    if not arguments.key and (earlier := find_recent_run_like(draft)):
        print_text(f"Careful: run {earlier.pk} made the same request within the last 7 days.")
    agreed = confirm("Add these credits?")
    if not agreed:
        cancel_run(run=draft, membership=membership)
        print_text(f"Nothing was booked. Draft {draft.pk} is cancelled.")
    return agreed


def _show_known(run: Run, arguments: argparse.Namespace) -> int:
    """Follows a run that was started before with the same key, and says what became of it."""
    if run.state == State.CANCELLED:
        raise Refused("run_cancelled", f"Run {run.pk} was cancelled; use a new key to ask again.", "key")
    if not arguments.json:
        asked = f"{run.created_at:%Y-%m-%d %H:%M} UTC"
        print_text(f"This key was used on {asked} for the same request: run {run.pk}. Nothing is booked again.")
    return _finish(run, arguments)


def _finish(run: Run, arguments: argparse.Namespace) -> int:
    rested = follow(run, quiet=arguments.json)
    if arguments.json:
        print_json(describe_run(rested))
    else:
        print_run(rested)
    return exit_status(rested)
