"""``makegood adjustments``: discounts and surcharges on orders."""

import argparse
from datetime import date
from typing import Any

from makegood.cli.arguments import Actions, add_json, add_person, add_provider, member_of, provider_of
from makegood.cli.output import decimal_of, money_of, print_json, print_table, print_text
from makegood.invoices.adjustment_selectors import get_adjustment, list_adjustments, list_standing_adjustments
from makegood.invoices.models import OrderAdjustment
from makegood.invoices.services.adjustments import add_adjustment, end_adjustment, fill_adjustment_values
from makegood.kit.money import parse_amount
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import get_gl_code
from makegood.orders.selectors import get_order, get_order_by_id
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider
from makegood.transaction_templates.selectors import get_active_template

DIRECTIONS = {"discount": "credit", "surcharge": "charge"}


def add_parser(subparsers: Actions) -> None:
    parser = subparsers.add_parser("adjustments", help="discounts and surcharges on orders")
    actions = parser.add_subparsers(metavar="ACTION")
    add = actions.add_parser("add", help="add a monthly discount or surcharge to an order")
    add.add_argument("order", metavar="ORDER")
    add.add_argument("--kind", choices=list(DIRECTIONS), help="as the template says if left out")
    add.add_argument("--amount", metavar="AMOUNT", help="a month, such as 5.00")
    add.add_argument("--template", metavar="NAME", help="a transaction template that fills what is not given")
    add.add_argument("--description", metavar="TEXT", help="customers read it on the invoice; needed")
    add.add_argument("--gl-code", metavar="CODE", help="of type credit for a discount, fee or service for a surcharge")
    add.add_argument("--from", dest="from_on", metavar="DATE", help="such as 2026-01-01; today if left out")
    add.add_argument("--until", dest="until_on", metavar="DATE", help="the last day; no end if left out")
    add.set_defaults(run=run_add)
    end = actions.add_parser("end", help="set the last day of a discount or surcharge")
    end.add_argument("number", metavar="ADJUSTMENT", type=int)
    end.add_argument("--until", dest="until_on", metavar="DATE", required=True, help="the last day")
    end.set_defaults(run=run_end)
    listed = actions.add_parser("list", help="list discounts and surcharges, newest first")
    listed.add_argument("--order", metavar="NUMBER", help="only those of this order")
    listed.add_argument("--ended", action="store_true", help="those that have ended as well")
    listed.add_argument("--limit", type=int, default=50, metavar="N")
    listed.set_defaults(run=run_list)
    for action in (add, end):
        add_person(action)
    for action in (add, end, listed):
        add_provider(action)
        add_json(action)


def run_add(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    membership = member_of(provider, arguments)
    order = get_order_by_id(provider, get_order(provider, arguments.order).pk)
    amount, from_on = arguments.amount, _read_day(arguments.from_on, "from_on")
    values = fill_adjustment_values(
        provider=provider,
        template=get_active_template(provider, arguments.template) if arguments.template else None,
        direction=DIRECTIONS.get(arguments.kind or ""),
        amount_minor=None if amount is None else parse_amount(amount, provider.currency_digits),
        description=arguments.description,
        gl_code=get_gl_code(provider, arguments.gl_code) if arguments.gl_code else None,
        from_on=from_on or max(today_of(provider), order.from_date),
        until_on=_read_day(arguments.until_on, "until_on"),
    )
    added = add_adjustment(membership=membership, order=order, values=values)
    return _say(provider, added, arguments, f"Added {added.get_direction_display().lower()} {added.pk}.")


def run_end(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    until_on = _read_day(arguments.until_on, "until_on")
    assert until_on is not None, "the option is required"
    ended = end_adjustment(
        membership=member_of(provider, arguments),
        adjustment=get_adjustment(provider, arguments.number),
        until_on=until_on,
    )
    return _say(provider, ended, arguments, f"The last day of {ended.pk} is {ended.until_on}.")


def run_list(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    found = list_adjustments(provider) if arguments.ended else list_standing_adjustments(provider)
    if arguments.order:
        found = found.filter(order=get_order(provider, arguments.order))
    shown = found[: max(arguments.limit, 0)]
    if arguments.json:
        print_json([_describe(provider, each) for each in shown])
        return 0
    print_table(
        ["Adjustment", "Order", "Customer", "Kind", "A month", "From", "Until", "GL code", "Description"],
        [
            (
                each.pk, each.order.number, each.customer.number, each.get_direction_display().lower(),
                money_of(provider, each.amount_minor), each.from_on, each.until_on, each.gl_code.code, each.description,
            )
            for each in shown
        ],
        right=("Adjustment", "A month"),
    )  # fmt: skip
    print_text(f"{len(shown)} of {found.count():,} discounts and surcharges.")
    return 0


def _read_day(text: str | None, field: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("date_malformed", f"“{text}” is not a date; write it as 2026-12-31.", field) from None


def _say(provider: Provider, adjustment: OrderAdjustment, arguments: argparse.Namespace, text: str) -> int:
    if arguments.json:
        print_json(_describe(provider, get_adjustment(provider, adjustment.pk)))
    else:
        print_text(text)
    return 0


def _describe(provider: Provider, adjustment: OrderAdjustment) -> dict[str, Any]:
    return {
        "adjustment": adjustment.pk,
        "order": adjustment.order.number,
        "customer": adjustment.customer.number,
        "kind": next(kind for kind, direction in DIRECTIONS.items() if direction == adjustment.direction),
        "amount": decimal_of(provider, adjustment.amount_minor),
        "currency": provider.currency,
        "description": adjustment.description,
        "gl_code": adjustment.gl_code.code,
        "from": adjustment.from_on,
        "until": adjustment.until_on,
        "added_by": adjustment.created_by.email if adjustment.created_by else None,
    }
