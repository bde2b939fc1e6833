"""``makegood payments methods``: what customers pay with."""

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
    require_somebody_to_ask,
)
from makegood.cli.output import print_json, print_table, print_text
from makegood.customers.selectors import get_customer
from makegood.payments.method_rules import clean_reference, expiry_of
from makegood.payments.models import PaymentMethod
from makegood.payments.selectors_held import find_why_held, with_why
from makegood.payments.selectors_methods import get_method, list_methods
from makegood.payments.services.hold_method import release_method
from makegood.payments.services.methods import add_method_by_reference, make_default, remove_method
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider


def add_method_actions(actions: Actions) -> None:
    """The commands below ``makegood payments methods``."""
    methods = actions.add_parser("methods", help="payment methods of customers").add_subparsers(metavar="ACTION")
    listed = methods.add_parser("list", help="list a customer's payment methods")
    listed.add_argument("customer", metavar="CUSTOMER", help="the customer's number")
    listed.add_argument("--all", action="store_true", help="with those that were removed")
    listed.set_defaults(run=run_list)
    add = methods.add_parser("add", help="add what the processor knows by a reference; never the number of a card")
    add.add_argument("customer", metavar="CUSTOMER", help="the customer's number")
    # Several words are taken as one: whoever types a number with spaces is told, and the number is not repeated.
    add.add_argument("reference", metavar="REFERENCE", nargs="+", help="such as pm_1Abc; of the sandbox card_succeeds")
    add.add_argument("--default", action="store_true", help="make it the default")
    add.set_defaults(run=run_add)
    default = methods.add_parser("default", help="make a payment method the one that autopay charges")
    default.add_argument("method", metavar="METHOD", type=int, help="its number in the list")
    default.set_defaults(run=run_default)
    remove = methods.add_parser("remove", help="remove a payment method, here and at the processor")
    remove.add_argument("method", metavar="METHOD", type=int, help="its number in the list")
    remove.add_argument("--yes", action="store_true", help="do not ask")
    remove.set_defaults(run=run_remove)
    again = methods.add_parser("use-again", help="have autopay charge one again that is held after a dispute")
    again.add_argument("method", metavar="METHOD", type=int, help="its number in the list")
    again.add_argument("--reason", metavar="TEXT", required=True)
    again.set_defaults(run=run_use_again)
    for parser in (add, default, remove, again):
        add_person(parser)
    for parser in (listed, add, default, remove, again):
        add_provider(parser)
        add_json(parser)


def run_list(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    found = with_why(list_methods(get_customer(provider, arguments.customer)))
    described = [_describe(provider, method) for method in found if arguments.all or method.removed_at is None]
    if arguments.json:
        print_json(described)
        return 0
    names = ("method", "kind", "brand", "last_four", "expires_on", "expiry", "default", "held", "gateway", "removed")
    rows = [[_cell(name, each) for name in names] for each in described]
    said = [f"{each['method']}: {each['held']}" for each in described if each["held"]]
    print_table(
        [name.replace("_", " ").capitalize() for name in names], [[_shown(cell) for cell in row] for row in rows]
    )
    for line in said:
        print_text(line)
    return 0


def _cell(name: str, described: dict[str, Any]) -> Any:
    if name == "removed":
        return described["removed_at"] is not None
    return bool(described["held"]) if name == "held" else described[name]


def run_add(arguments: argparse.Namespace) -> int:
    reference = clean_reference(" ".join(arguments.reference))
    provider = provider_of(arguments)
    membership = member_of(provider, arguments)
    method = add_method_by_reference(
        membership=membership,
        customer=get_customer(provider, arguments.customer),
        reference=reference,
        as_default=arguments.default,
    )
    return _say(provider, method, arguments, "is the default" if method.is_default else "is added")


def run_default(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    membership = member_of(provider, arguments)
    method = make_default(membership=membership, method=get_method(provider, arguments.method))
    return _say(provider, method, arguments, "is the default")


def run_remove(arguments: argparse.Namespace) -> int:
    if not arguments.yes:
        require_somebody_to_ask(arguments)
    provider = provider_of(arguments)
    membership = member_of(provider, arguments)
    method = get_method(provider, arguments.method)
    if not arguments.yes and not confirm(f"Remove {method} of {method.customer.number}?"):
        print_text("Nothing is removed.")
        return 0
    is_told = remove_method(membership=membership, method=method)
    name = method.gateway.get_kind_display()
    return _say(
        provider,
        get_method(provider, method.pk),
        arguments,
        "is removed" if is_told else f"is removed; {name} does not answer and will be told again",
    )


def run_use_again(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    membership = member_of(provider, arguments)
    method = get_method(provider, arguments.method)
    method = release_method(membership=membership, method=method, reason=arguments.reason)
    return _say(provider, method, arguments, "is used again")


def _say(provider: Provider, method: PaymentMethod, arguments: argparse.Namespace, done: str) -> int:
    if arguments.json:
        print_json(_describe(provider, method))
    else:
        print_text(f"{method}, payment method {method.pk} of customer {method.customer.number}, {done}.")
    return 0


def _describe(provider: Provider, method: PaymentMethod) -> dict[str, Any]:
    return {
        "method": method.pk,
        "kind": method.kind,
        "brand": method.brand,
        "last_four": method.last_four,
        "expires_on": method.expires_on,
        "expiry": expiry_of(method.expires_on, today_of(provider)).value,
        "default": method.is_default,
        "held": find_why_held(method),
        "held_at": method.held_at,
        "held_for": method.held_for_id,
        "gateway": method.gateway.kind,
        "reference": method.reference,
        "added_at": method.created_at,
        "added_by": method.created_by.email if method.created_by else None,
        "removed_at": method.removed_at,
        "removed_by": method.removed_by.email if method.removed_by else None,
        "detached_at": method.detached_at,
    }


def _shown(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else value
