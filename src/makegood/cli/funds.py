"""``makegood funds``: using a customer's Available Funds before their day."""

import argparse

from makegood.cli.arguments import Actions, add_json, add_person, add_provider, member_of, provider_of
from makegood.cli.output import decimal_of, money_of, print_json, print_text
from makegood.credits.services.apply_funds import apply_now
from makegood.customers.selectors import get_customer
from makegood.invoices.selectors import get_invoice
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import get_balance


def add_parser(subparsers: Actions) -> None:
    actions = subparsers.add_parser("funds", help="Available Funds of customers").add_subparsers(metavar="ACTION")
    apply = actions.add_parser("apply", help="use a customer's Available Funds at once")
    apply.add_argument("customer", metavar="CUSTOMER")
    apply.add_argument("--invoice", type=int, metavar="NUMBER", help="only for this invoice")
    add_provider(apply)
    add_person(apply)
    add_json(apply)
    apply.set_defaults(run=run_apply)


def run_apply(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    customer = get_customer(provider, arguments.customer)
    invoice = get_invoice(provider, arguments.invoice) if arguments.invoice is not None else None
    if invoice is not None and invoice.customer_id != customer.pk:
        raise Refused("invoice_unknown", f"Customer {customer.number} has no invoice {invoice.number}.", "invoice")
    used = apply_now(membership=member_of(provider, arguments), customer=customer, invoice=invoice)
    balance = get_balance(provider.pk, customer.pk)
    if arguments.json:
        print_json(
            {
                "customer": customer.number,
                "used": decimal_of(provider, used.amount_minor),
                "invoices_paid": used.invoices_paid,
                "available_funds": decimal_of(provider, balance.funds_minor),
                "amount_due": decimal_of(provider, balance.receivable_minor),
            }
        )
        return 0
    left = f"{money_of(provider, balance.receivable_minor)} left to pay"
    print_text(
        f"{money_of(provider, used.amount_minor)} of Available Funds used, {left}, "
        f"{money_of(provider, balance.funds_minor)} of Available Funds remain."
    )
    return 0
