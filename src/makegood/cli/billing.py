"""``makegood billing``: how the provider bills, and on which day a customer."""

import argparse
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction

from makegood.cli.arguments import Actions, add_json, add_person, add_provider, member_of, provider_of
from makegood.cli.invoices import read_day
from makegood.cli.output import decimal_of, print_json, print_pairs, print_text
from makegood.customers.selectors import get_customer
from makegood.invoices.models import BillingAccount
from makegood.invoices.selectors import get_billing_settings, get_next_number
from makegood.invoices.services.billing_cycle import set_billing_cycle
from makegood.invoices.services.settings import change_billing_settings
from makegood.kit.money import parse_amount
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import get_gl_code
from makegood.payments.services.collection_settings import change_collection_settings, get_collection_settings
from makegood.providers.models import Provider

NONE = "none"
"""What takes a setting away that need not be there."""

Reader = Callable[[Provider, str, str], Any]


def _read_day(provider: Provider, text: str, field: str) -> Any:
    return None if text == NONE else read_day(text, field)


def _read_switch(provider: Provider, text: str, field: str) -> Any:
    if text not in ("yes", "no"):
        raise Refused("yes_or_no", "Write yes or no.", field)
    return text == "yes"


def _read_number(provider: Provider, text: str, field: str) -> Any:
    if text == NONE and field in ("suspend_after_days", "charges_per_hour"):
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise Refused("number_malformed", f"“{text}” is not a whole number.", field)
    return int(text)


def _read_numbers(provider: Provider, text: str, field: str) -> Any:
    return [] if text == NONE else [_read_number(provider, each.strip(), field) for each in text.split(",")]


def _read_percent(provider: Provider, text: str, field: str) -> Any:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise Refused("percent_malformed", f"“{text}” is not a percentage; write it like 8.25.", field) from None


def _read_amount(provider: Provider, text: str, field: str) -> Any:
    return parse_amount(text, provider.currency_digits, field)


def _read_limit(provider: Provider, text: str, field: str) -> Any:
    return None if text == NONE else _read_amount(provider, text, field)


def _read_gl_code(provider: Provider, text: str, field: str) -> Any:
    return None if text == NONE else get_gl_code(provider, text)


def _read_word(provider: Provider, text: str, field: str) -> Any:
    return text


OPTIONS: dict[str, tuple[str, Reader, str, str]] = {
    "invoices_from": ("--invoices-from", _read_day, "DATE", "the first day that invoices are made for"),
    "review_drafts": ("--review-drafts", _read_switch, "YES_OR_NO", "a person issues the invoices of each day"),
    "prices_include_tax": ("--prices-include-tax", _read_switch, "YES_OR_NO", "fixed by the first invoice"),
    "due_days": ("--due-days", _read_number, "DAYS", "from the issue to the due date"),
    "autopay_days": ("--autopay-days", _read_number, "DAYS", "from the issue to the autopay date"),
    "charge_tax_rate": ("--charge-tax-rate", _read_percent, "PERCENT", "of charges that name none"),
    "late_fee": ("--late-fee", _read_word, "KIND", "none, fixed or percent"),
    "late_fee_minor": ("--late-fee-amount", _read_amount, "AMOUNT", "of a fixed late fee"),
    "late_fee_percent": ("--late-fee-percent", _read_percent, "PERCENT", "of what is left to pay"),
    "late_fee_grace_days": ("--late-fee-grace-days", _read_number, "DAYS", "from the due date to the late fee"),
    "reminder_days": ("--reminder-days", _read_numbers, "DAYS", "after the due date, such as 3,10; or none"),
    "suspend_after_days": ("--suspend-after-days", _read_number, "DAYS", "after the due date; or none"),
    "tax_gl_code": ("--tax-gl-code", _read_gl_code, "CODE", "of type tax; or none for the first one"),
    "late_fee_gl_code": ("--late-fee-gl-code", _read_gl_code, "CODE", "of type fee or service; or none"),
    "charge_gl_code": ("--charge-gl-code", _read_gl_code, "CODE", "of charges that name none; or none"),
    "write_off_gl_code": ("--write-off-gl-code", _read_gl_code, "CODE", "of type write-off; or none"),
    "next_number": ("--next-number", _read_number, "NUMBER", "of the first invoice, before it is issued"),
}
"""Each setting's option, how its text is read, and what it is."""

COLLECTION: dict[str, tuple[str, Reader, str, str]] = {
    "retry_days": ("--retry-days", _read_numbers, "DAYS", "after each failed charge, such as 3,5,7; or none"),
    "charges_per_hour": ("--charges-per-hour", _read_number, "NUMBER", "submitted at most; or none for no limit"),
    "amount_per_hour_minor": ("--amount-per-hour", _read_limit, "AMOUNT", "submitted at most; or none for no limit"),
    "at_once": ("--charges-at-once", _read_number, "NUMBER", "under way at the processor at the same time"),
}
"""The same of how is collected."""


def add_parser(subparsers: Actions) -> None:
    actions = subparsers.add_parser("billing", help="how customers are billed").add_subparsers(metavar="ACTION")
    show = actions.add_parser("show", help="show the billing settings")
    change = actions.add_parser("set", help="change billing settings; what is not named stays")
    for name, (option, _, metavar, text) in (OPTIONS | COLLECTION).items():
        change.add_argument(option, dest=name, metavar=metavar, help=text)
    cycle = actions.add_parser("cycle", help="bill a customer on the 1st of the month or on the day of activation")
    cycle.add_argument("number", metavar="CUSTOMER")
    cycle.add_argument("cycle", metavar="CYCLE", choices=BillingAccount.Cycle.values, help="monthly or anniversary")
    for parser, function in ((show, run_show), (change, run_set), (cycle, run_cycle)):
        add_provider(parser)
        if parser is not show:
            add_person(parser)
        add_json(parser)
        parser.set_defaults(run=function)


def run_show(arguments: argparse.Namespace) -> int:
    return _show(provider_of(arguments), arguments)


def run_set(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    membership = member_of(provider, arguments)
    changes, collection = (_read(provider, arguments, options) for options in (OPTIONS, COLLECTION))
    if not changes and not collection:
        raise Refused("nothing_to_change", "Name at least one setting to be changed.")
    # All of it or nothing.
    with transaction.atomic():
        if changes:
            change_billing_settings(membership=membership, **changes)
        if collection:
            change_collection_settings(membership=membership, **collection)
    return _show(provider, arguments)


def _read(
    provider: Provider, arguments: argparse.Namespace, options: dict[str, tuple[str, Reader, str, str]]
) -> dict[str, Any]:
    return {
        name: read(provider, text, name)
        for name, (_, read, _, _) in options.items()
        if (text := getattr(arguments, name)) is not None
    }


def run_cycle(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    membership = member_of(provider, arguments)
    customer = get_customer(provider, arguments.number)
    account = set_billing_cycle(membership=membership, customer=customer, cycle=arguments.cycle)
    if arguments.json:
        next_on = account.next_period_on
        described = {"customer": customer.number, "cycle": account.cycle, "billing_day": account.billing_day}
        print_json(described | {"next_period_on": None if next_on is None else str(next_on)})
    else:
        on = "the day of activation" if account.billing_day is None else f"day {account.billing_day} of the month"
        print_text(f"Customer {customer.number} is billed on {on}.")
    return 0


def _show(provider: Provider, arguments: argparse.Namespace) -> int:
    settings = get_billing_settings(provider)
    described: dict[str, Any] = {}
    for name in OPTIONS:
        value = get_next_number(provider) if name == "next_number" else getattr(settings, name)
        if name == "late_fee_minor":
            described["late_fee_amount"] = None if value is None else decimal_of(provider, value)
        else:
            plain = value is None or isinstance(value, bool | int | list)
            described[name] = value if plain else getattr(value, "code", str(value))
    collection = get_collection_settings(provider)
    limit_minor = collection.amount_per_hour_minor
    described |= {name: getattr(collection, name) for name in COLLECTION if name != "amount_per_hour_minor"}
    described["amount_per_hour"] = None if limit_minor is None else decimal_of(provider, limit_minor)
    if arguments.json:
        print_json(described)
    else:
        print_pairs([(name.replace("_", " ").capitalize(), _in_words(value)) for name, value in described.items()])
    return 0


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or NONE
    return NONE if value is None else str(value)
