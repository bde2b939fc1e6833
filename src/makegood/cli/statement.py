"""``makegood statement``: what a customer was billed, given and paid, with the balance after each."""

import argparse
import csv
import sys
from pathlib import Path

from makegood.cli.arguments import Actions, add_json, add_provider, provider_of
from makegood.cli.output import money_of, print_json, print_table, print_text
from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.kit.refusal import Refused
from makegood.providers.calendar import today_of
from makegood.statements.explain import with_reasons
from makegood.statements.pdf import make_statement_pdf
from makegood.statements.range import read_range
from makegood.statements.record import describe_statement, head_of_file, list_rows_of_file
from makegood.statements.selectors import get_statement
from makegood.statements.statement import Balance, Statement
from makegood.statements.words import say_day, say_row


def add_parser(subparsers: Actions) -> None:
    parser = subparsers.add_parser(
        "statement",
        help="what a customer was billed, given and paid",
        description="Everything that changed what a customer owes or has as Available Funds, with the balance.",
    )
    parser.add_argument("customer", metavar="CUSTOMER", help="the customer's number")
    add_provider(parser)
    parser.add_argument("--from", dest="from_day", metavar="DATE", help="the first day; three months before the last")
    parser.add_argument("--to", dest="upto_day", metavar="DATE", help="the last day; today if left out")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--pdf", metavar="FILE", help="write a PDF for the customer to this file")
    shape.add_argument("--csv", action="store_true", help="print comma-separated values")
    add_json(shape)  # type: ignore[arg-type]  # a group takes arguments as a parser does
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    customer = get_customer(provider, arguments.customer)
    days = read_range(arguments.from_day, arguments.upto_day, today_of(provider))
    statement = get_statement(customer, days)
    if arguments.pdf:
        _write(Path(arguments.pdf), make_statement_pdf(customer, statement))
        print_text(f"Wrote {arguments.pdf}.")
    elif arguments.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(head_of_file(customer))
        writer.writerows(list_rows_of_file(customer, statement))
    elif arguments.json:
        print_json(describe_statement(customer, with_reasons(customer, statement)))
    else:
        _print(customer, with_reasons(customer, statement))
    return 0


def _write(path: Path, document: bytes) -> None:
    try:
        path.write_bytes(document)
    except OSError as problem:
        raise Refused("file_not_written", f"{path} cannot be written: {problem.strerror}.", "pdf") from None


def _print(customer: Customer, statement: Statement) -> None:
    provider = customer.provider
    print_text(f"{customer.number}  {customer.name}")
    print_text(f"Statement from {say_day(statement.from_on)} to {say_day(statement.upto_on)}")
    print_text("")
    rows = [
        ("", "Opening balance", "", "", *_balance(customer, statement.opening)),
        *(
            (
                row.booked_on.isoformat(),
                row.what.words,
                say_row(row, provider),
                money_of(provider, row.change_minor or row.moved_minor) + ("" if row.change_minor else " moved"),
                *_balance(customer, row.after),
            )
            for row in statement.rows
        ),
        ("", "Closing balance", "", "", *_balance(customer, statement.closing)),
    ]
    figures = ("Change", "Owed", "Available Funds", "Balance")
    print_table(["Date", "What", "About", *figures], rows, right=figures)
    for row in statement.rows:
        if row.why:
            print_text("")
            print_text(f"Invoice {row.invoice_number}: {row.why}")


def _balance(customer: Customer, balance: Balance) -> tuple[str, str, str]:
    owed, funds, both = balance.owed_minor, balance.funds_minor, balance.balance_minor
    return money_of(customer.provider, owed), money_of(customer.provider, funds), money_of(customer.provider, both)
