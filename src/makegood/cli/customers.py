"""``makegood customers``: records of customers, and what stands on one customer's account."""

import argparse
from typing import Any

from makegood.cli.arguments import Actions, add_json, add_provider, provider_of, read_filters
from makegood.cli.output import decimal_of, money_of, print_json, print_table, print_text
from makegood.cli.records import describe_order
from makegood.credits.models import Credit, CreditEntry
from makegood.credits.selectors import list_credits_of, list_entries_of
from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.customers.services import add_customer
from makegood.ledger.selectors import get_balance
from makegood.orders.filters import filter_records
from makegood.orders.selectors import list_orders_of, with_list_columns
from makegood.orders.services.close_customer import close_customer
from makegood.providers.models import Provider


def add_parser(subparsers: Actions) -> None:
    actions = subparsers.add_parser("customers", help="customers and their accounts").add_subparsers(metavar="ACTION")
    add = _action(actions, "add", "add a customer", run_add)
    add.add_argument("number", metavar="NUMBER")
    add.add_argument("--name", required=True)
    add.add_argument("--email", default="")
    add.add_argument("--type", default="residential", help="residential or business")
    listed = _action(actions, "list", "list customers", run_list)
    listed.add_argument("--filter", action="append", default=[], metavar="NAME=VALUE", help="may be repeated")
    listed.add_argument("--limit", type=int, default=100, metavar="N")
    show = _action(actions, "show", "show a customer: orders, credits, Available Funds, entries", run_show)
    show.add_argument("number", metavar="NUMBER")
    close = _action(actions, "close", "close a customer and terminate the orders", run_close)
    close.add_argument("number", metavar="NUMBER")


def _action(actions: Actions, name: str, text: str, run: object) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=text)
    add_provider(parser)
    add_json(parser)
    parser.set_defaults(run=run)
    return parser


def run_add(arguments: argparse.Namespace) -> int:
    customer = add_customer(
        provider=provider_of(arguments),
        number=arguments.number,
        name=arguments.name,
        email=arguments.email,
        customer_type=arguments.type,
        staff_id=None,
    )
    return _say(arguments, customer, f"Added customer {customer.number}.")


def run_close(arguments: argparse.Namespace) -> int:
    customer = get_customer(provider_of(arguments), arguments.number)
    close_customer(customer=customer, staff_id=None)
    return _say(arguments, customer, f"Customer {customer.number} is closed.")


def run_list(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    matching = filter_records(provider, "customers", read_filters(arguments.filter))
    customers = with_list_columns(matching).order_by("number")[: max(arguments.limit, 0)]
    if arguments.json:
        print_json([_describe(provider, customer) for customer in customers])
        return 0
    print_table(
        ["Number", "Name", "Area", "Status", "Orders", "Monthly price", "Available Funds"],
        [
            (
                customer.number, customer.name, customer.areas, customer.status, customer.figures.active_orders,
                money_of(provider, customer.figures.monthly_price_minor),
                money_of(provider, customer.balance.funds_minor),
            )
            for customer in customers
        ],
        right=("Orders", "Monthly price", "Available Funds"),
    )  # fmt: skip
    print_text(f"{len(customers)} of {matching.count():,} customers that match.")
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    customer = get_customer(provider, arguments.number)
    orders = [describe_order(provider, order) for order in list_orders_of(customer)]
    credits = list(list_credits_of(customer))
    entries = list(list_entries_of(customer))
    balance = get_balance(provider.pk, customer.pk)
    if arguments.json:
        print_json(
            {
                "number": customer.number,
                "name": customer.name,
                "status": customer.status,
                "available_funds": decimal_of(provider, balance.funds_minor),
                "amount_due": decimal_of(provider, balance.receivable_minor),
                "currency": provider.currency,
                "orders": orders,
                "credits": [_describe_credit(provider, credit) for credit in credits],
                "entries": [_describe_entry(provider, entry) for entry in entries],
            }
        )
        return 0
    print_text(f"{customer.number}  {customer.name}  ({customer.status})")
    print_text(f"Available Funds: {money_of(provider, balance.funds_minor)}")
    _print_records("Orders", orders, right=("price",))
    _print_records("Credits", [_describe_credit(provider, credit) for credit in credits], right=("amount", "remaining"))
    _print_records("Entries", [_describe_entry(provider, entry) for entry in entries], right=("amount", "funds_after"))
    return 0


def _print_records(title: str, records: list[dict[str, Any]], right: tuple[str, ...]) -> None:
    print_text("")
    if not records:
        print_text(f"{title}: none")
        return
    print_text(title)
    print_table(list(records[0]), [list(record.values()) for record in records], right=right)


def _describe(provider: Provider, customer: Customer) -> dict[str, Any]:
    return {
        "number": customer.number,
        "name": customer.name,
        "status": customer.status,
        "active_orders": customer.figures.active_orders,
        "monthly_price": decimal_of(provider, customer.figures.monthly_price_minor),
        "available_funds": decimal_of(provider, customer.balance.funds_minor),
        "amount_due": decimal_of(provider, customer.balance.receivable_minor),
    }


def _describe_credit(provider: Provider, credit: Credit) -> dict[str, Any]:
    return {
        "credit": credit.pk,
        "issued_on": credit.issued_on,
        "amount": decimal_of(provider, credit.issued_minor),
        "remaining": decimal_of(provider, credit.remaining_minor),
        "kind": credit.kind,
        "description": credit.description,
        "gl_code": credit.gl_code.code,
        "given_by": credit.created_by.email if credit.created_by else None,
        "run": credit.run_row.run_id if credit.run_row else None,
    }


def _describe_entry(provider: Provider, entry: CreditEntry) -> dict[str, Any]:
    return {
        "booked_on": entry.booked_on,
        "credit": entry.credit_id,
        "type": entry.type,
        "amount": _signed(provider, entry.amount_minor),
        "funds_after": decimal_of(provider, entry.funds_after_minor),
    }


def _signed(provider: Provider, minor: int) -> str:
    return decimal_of(provider, minor)


def _say(arguments: argparse.Namespace, customer: Customer, text: str) -> int:
    if arguments.json:
        print_json({"number": customer.number, "name": customer.name, "status": customer.status})
    else:
        print_text(text)
    return 0
