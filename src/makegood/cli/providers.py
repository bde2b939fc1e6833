"""``makegood provider`` and ``makegood staff``."""

import argparse
from typing import Any

from django.db import transaction

from makegood.cli.arguments import Actions, add_json, add_provider, provider_of, read_password
from makegood.cli.output import decimal_of, print_json, print_table, print_text
from makegood.kit.money import parse_amount
from makegood.kit.refusal import Refused
from makegood.ledger.services import make_gl_codes_of_a_new_provider
from makegood.providers import services
from makegood.providers.models import Membership, Provider
from makegood.providers.selectors import get_provider, list_providers, list_staff

LIMITS = {
    "agent_limit": "agent_credit_limit_minor",
    "billing_limit": "billing_credit_limit_minor",
    "manager_limit": "manager_credit_limit_minor",
    "run_limit": "run_limit_minor",
    "person_day_limit": "person_day_limit_minor",
    "provider_day_limit": "provider_day_limit_minor",
    "largest_funds": "largest_funds_minor",
}
NO_LIMIT = "none"


def add_parser(subparsers: Actions) -> None:
    provider = subparsers.add_parser("provider", help="service providers").add_subparsers(metavar="ACTION")
    add = provider.add_parser("add", help="add a service provider with its GL codes")
    add.add_argument("slug", metavar="SLUG")
    add.add_argument("--name", required=True)
    add.add_argument("--currency", required=True, help="ISO 4217, such as USD")
    add.add_argument("--timezone", required=True, help="such as America/Los_Angeles")
    add_json(add)
    add.set_defaults(run=run_provider_add)
    show_all = provider.add_parser("list", help="list the service providers")
    add_json(show_all)
    show_all.set_defaults(run=run_provider_list)
    change = provider.add_parser("set", help="switch End Customer Billing, change limits")
    change.add_argument("slug", metavar="SLUG")
    change.add_argument("--billing", choices=["on", "off"])
    for name in LIMITS:
        change.add_argument(
            f"--{name.replace('_', '-')}", metavar="AMOUNT", help="or none, where there need be no limit"
        )
    add_json(change)
    change.set_defaults(run=run_provider_set)
    _add_staff_parser(subparsers)


def _add_staff_parser(subparsers: Actions) -> None:
    staff = subparsers.add_parser("staff", help="staff and their roles").add_subparsers(metavar="ACTION")
    add = staff.add_parser("add", help="add a person to a provider's staff")
    add.add_argument("email", metavar="EMAIL")
    add_provider(add)
    add.add_argument("--role", required=True, help="viewer, agent, billing, manager or admin")
    add.add_argument("--name", default="")
    add.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    add_json(add)
    add.set_defaults(run=run_staff_add)
    show_all = staff.add_parser("list", help="list a provider's staff")
    add_provider(show_all)
    add_json(show_all)
    show_all.set_defaults(run=run_staff_list)
    change = staff.add_parser("set", help="change a person's role, deactivate or reactivate")
    change.add_argument("email", metavar="EMAIL")
    add_provider(change)
    change.add_argument("--role")
    change.add_argument("--active", choices=["yes", "no"])
    change.add_argument("--password-stdin", action="store_true", help="read a new password from standard input")
    add_json(change)
    change.set_defaults(run=run_staff_set)


def run_provider_add(arguments: argparse.Namespace) -> int:
    with transaction.atomic():
        provider = services.add_provider(
            slug=arguments.slug, name=arguments.name, currency=arguments.currency, timezone=arguments.timezone
        )
        make_gl_codes_of_a_new_provider(provider=provider)
    if arguments.json:
        print_json(_describe(provider))
    else:
        print_text(
            f"Added {provider.name}, with its GL codes. Next: makegood staff add EMAIL --provider {provider.slug}"
        )
    return 0


def run_provider_list(arguments: argparse.Namespace) -> int:
    providers = [_describe(provider) for provider in list_providers()]
    if arguments.json:
        print_json(providers)
    else:
        columns = ["slug", "name", "currency", "timezone", "billing"]
        print_table(columns, [[provider[column] for column in columns] for provider in providers])
    return 0


def run_provider_set(arguments: argparse.Namespace) -> int:
    provider = get_provider(arguments.slug)
    given = {field: getattr(arguments, name) for name, field in LIMITS.items() if getattr(arguments, name) is not None}
    limits: dict[str, Any] = {field: _read_limit(provider, field, text) for field, text in given.items()}
    if limits:
        services.set_limits(provider=provider, staff_id=None, **limits)
    if arguments.billing:
        services.set_end_customer_billing(provider=provider, on=arguments.billing == "on", staff_id=None)
    if arguments.json:
        print_json(_describe(provider))
    else:
        print_text(f"{provider.name} is up to date.")
    return 0


def _read_limit(provider: Provider, field: str, text: str) -> int | None:
    """Minor units, or None for *none*; what is no limit, or too small for one, is refused."""
    if text.strip().lower() == NO_LIMIT:
        return None
    return parse_amount(text, provider.currency_digits, field, zero_allowed=True)


def run_staff_add(arguments: argparse.Namespace) -> int:
    membership = services.add_staff(
        provider=provider_of(arguments),
        email=arguments.email,
        role=arguments.role,
        name=arguments.name,
        password=read_password() if arguments.password_stdin else None,
    )
    _print_member(membership, arguments.json, "Added")
    if not (arguments.password_stdin or arguments.json):
        print_text("No password is set, so the person can act on the command line but not log in.")
    return 0


def run_staff_list(arguments: argparse.Namespace) -> int:
    members = [_describe_member(membership) for membership in list_staff(provider_of(arguments))]
    if arguments.json:
        print_json(members)
    else:
        columns = ["email", "name", "role", "active"]
        print_table(columns, [[member[column] for column in columns] for member in members])
    return 0


def run_staff_set(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    membership = list_staff(provider).filter(staff__email=arguments.email.strip().lower()).first()
    if membership is None:
        raise Refused("staff_unknown", f"{arguments.email} is not a member of {provider.name}'s staff.", "email")
    active = None if arguments.active is None else arguments.active == "yes"
    password = read_password() if arguments.password_stdin else None
    services.change_membership(membership=membership, role=arguments.role, active=active, password=password)
    _print_member(membership, arguments.json, "Changed")
    return 0


def _describe(provider: Provider) -> dict[str, object]:
    amounts = {name: getattr(provider, field) for name, field in LIMITS.items()}
    limits = {name: None if minor is None else decimal_of(provider, minor) for name, minor in amounts.items()}
    return {
        "slug": provider.slug,
        "name": provider.name,
        "currency": provider.currency,
        "timezone": provider.timezone,
        "billing": "on" if provider.end_customer_billing else "off",
        **limits,
    }


def _describe_member(membership: Membership) -> dict[str, object]:
    return {
        "email": membership.staff.email,
        "name": membership.staff.name,
        "role": membership.role,
        "active": "yes" if membership.active and membership.staff.is_active else "no",
    }


def _print_member(membership: Membership, as_json: bool, verb: str) -> None:
    if as_json:
        print_json(_describe_member(membership))
    else:
        print_text(f"{verb} {membership.staff.email} ({membership.role}).")
