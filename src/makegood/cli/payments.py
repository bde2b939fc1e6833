"""``makegood payments``: money that came in cash or by bank transfer."""

import argparse
from datetime import date
from typing import Any
from uuid import uuid4

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
from makegood.cli.output import decimal_of, money_of, print_json, print_pairs, print_table, print_text
from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.invoices.models import Invoice
from makegood.invoices.selectors import get_invoice
from makegood.kit.money import parse_amount
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import get_gl_code
from makegood.payments.filters import list_matching_payments
from makegood.payments.models import Payment
from makegood.payments.recording import PaymentPreview, preview_payment
from makegood.payments.reversing import ReversalPlan, preview_reversal
from makegood.payments.rules import Method
from makegood.payments.selectors import (
    find_payment_by_key,
    find_reversal_by_key,
    get_payment,
    list_allocations,
    list_payments,
)
from makegood.payments.services.record_payment import record_payment
from makegood.payments.services.reverse_payment import reverse_payment
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider


def add_parser(subparsers: Actions) -> None:
    actions = subparsers.add_parser("payments", help="payments of customers").add_subparsers(metavar="ACTION")
    listed = actions.add_parser("list", help="list payments, newest first")
    listed.add_argument("--filter", action="append", default=[], metavar="NAME=VALUE", help="may be repeated")
    listed.add_argument("--limit", type=int, default=50, metavar="N")
    listed.set_defaults(run=run_list)
    show = actions.add_parser("show", help="show a payment and what it paid")
    show.add_argument("number", metavar="PAYMENT", type=int)
    show.set_defaults(run=run_show)
    record = actions.add_parser("record", help="record a payment; without --invoice it pays the oldest due first")
    record.add_argument("customer", metavar="CUSTOMER", help="the customer's number")
    record.add_argument("--amount", metavar="AMOUNT", required=True)
    record.add_argument("--method", metavar="METHOD", required=True, help=" or ".join(Method.values))
    record.add_argument("--received", metavar="DATE", help="the day it came, such as 2026-12-31; today if left out")
    record.add_argument("--reference", metavar="TEXT", default="", help="what the bank or the receipt says")
    record.add_argument("--note", metavar="TEXT", default="", help="for staff")
    record.add_argument("--gl-code", metavar="CODE", help="of type cash; the first one if left out")
    what = record.add_mutually_exclusive_group()
    what.add_argument(
        "--invoice", action="append", metavar="NUMBER=AMOUNT", help="what an invoice gets; may be repeated"
    )
    what.add_argument("--to-funds", action="store_true", help="all of it becomes Available Funds")
    record.set_defaults(run=run_record)
    reverse = actions.add_parser("reverse", help="reverse a payment that bounced or was recorded wrongly")
    reverse.add_argument("number", metavar="PAYMENT", type=int)
    reverse.add_argument("--reason", metavar="TEXT", required=True)
    reverse.set_defaults(run=run_reverse)
    for parser in (record, reverse):
        add_person(parser)
        parser.add_argument("--key", metavar="KEY", help="the same key never books twice")
        parser.add_argument("--yes", action="store_true", help="do not ask")
    for parser in (listed, show, record, reverse):
        add_provider(parser)
        add_json(parser)


def run_list(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    matching = list_matching_payments(provider, read_filters(arguments.filter))
    shown = list_payments(provider).filter(pk__in=matching.values("pk"))[: max(arguments.limit, 0)]
    if arguments.json:
        print_json([_describe(provider, payment) for payment in shown])
        return 0
    print_table(
        ["Payment", "Customer", "Name", "Received", "Amount", "On invoices", "Method", "State", "Reference"],
        [
            (
                payment.pk, payment.customer.number, payment.customer.name, payment.received_on,
                money_of(provider, payment.amount_minor), money_of(provider, payment.allocated_minor),
                payment.get_method_display(), payment.state, payment.reference,
            )
            for payment in shown
        ],
        right=("Payment", "Amount", "On invoices"),
    )  # fmt: skip
    print_text(f"{len(shown)} of {matching.count():,} payments that match.")
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    payment = get_payment(provider, arguments.number)
    described = _describe(provider, payment)
    allocations = [
        {"invoice": each.invoice.number, "amount": decimal_of(provider, each.amount_minor)}
        for each in list_allocations(payment)
    ]
    if arguments.json:
        print_json({**described, "allocations": allocations})
        return 0
    print_pairs((name.replace("_", " ").capitalize(), _shown(value)) for name, value in described.items())
    if allocations:
        print_text("")
        print_table(list(allocations[0]), [list(each.values()) for each in allocations], right=("invoice", "amount"))
    return 0


def run_record(arguments: argparse.Namespace) -> int:
    provider = _require_answer(arguments)
    membership = member_of(provider, arguments)
    customer = get_customer(provider, arguments.customer)
    amount_minor = parse_amount(arguments.amount, provider.currency_digits)
    allocations = _read_allocations(provider, arguments)
    if arguments.key is None or find_payment_by_key(provider, arguments.key) is None:
        preview = preview_payment(
            membership=membership, customer=customer, amount_minor=amount_minor, allocations=allocations
        )
        if not arguments.json:
            _print_preview(provider, customer, preview)
        if not _may_go_on(arguments, f"Record {money_of(provider, amount_minor)}?"):
            return 0
    payment = record_payment(
        membership=membership,
        customer=customer,
        method=arguments.method,
        amount_minor=amount_minor,
        received_on=_read_day(arguments.received) or today_of(provider),
        reference=arguments.reference,
        note=arguments.note,
        gl_code=get_gl_code(provider, arguments.gl_code) if arguments.gl_code else None,
        allocations=allocations,
        key=_key(arguments),
    )
    return _say(provider, payment, arguments, "recorded")


def run_reverse(arguments: argparse.Namespace) -> int:
    provider = _require_answer(arguments)
    membership = member_of(provider, arguments)
    payment = get_payment(provider, arguments.number)
    if arguments.key is None or find_reversal_by_key(provider, arguments.key) is None:
        plan = preview_reversal(membership=membership, payment=payment)
        if not arguments.json:
            _print_plan(provider, plan)
        if not _may_go_on(arguments, f"Reverse payment {payment.pk}?"):
            return 0
    payment = reverse_payment(membership=membership, payment=payment, reason=arguments.reason, key=_key(arguments))
    return _say(provider, payment, arguments, "reversed")


def _require_answer(arguments: argparse.Namespace) -> Provider:
    if not arguments.yes:
        require_somebody_to_ask(arguments)
    return provider_of(arguments)


def _may_go_on(arguments: argparse.Namespace, question: str) -> bool:
    if arguments.yes or confirm(question):
        return True
    print_text("Nothing is booked.")
    return False


def _key(arguments: argparse.Namespace) -> str:
    return uuid4().hex if arguments.key is None else str(arguments.key)


def _read_day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("date_malformed", f"“{text}” is not a date; write it as 2026-12-31.", "received") from None


def _read_allocations(provider: Provider, arguments: argparse.Namespace) -> dict[Invoice, int] | None:
    if arguments.to_funds:
        return {}
    if not arguments.invoice:
        return None
    allocations: dict[Invoice, int] = {}
    for text in arguments.invoice:
        number, equals, amount = text.partition("=")
        if not equals or not (number.isascii() and number.isdigit()) or len(number) > 18:
            raise Refused("allocation_malformed", f"“{text}” is not of the form NUMBER=AMOUNT, as 17=20.00.", "invoice")
        invoice = get_invoice(provider, int(number))
        if invoice in allocations:
            raise Refused("allocation_twice", f"Invoice {number} is named twice.", "invoice")
        allocations[invoice] = parse_amount(amount, provider.currency_digits, "invoice")
    return allocations


def _print_preview(provider: Provider, customer: Customer, preview: PaymentPreview) -> None:
    print_text(f"Payment of {customer.number} {customer.name}")
    split = preview.split
    for each in split.allocations:
        left = "" if each.settles else f", {money_of(provider, each.due_after_minor)} left"
        print_text(f"  {each.invoice.name}: {money_of(provider, each.amount_minor)}{left}")
    if split.over_minor:
        print_text(f"  Available Funds: {money_of(provider, split.over_minor)}")


def _print_plan(provider: Provider, plan: ReversalPlan) -> None:
    for each in plan.allocations:
        what = "is written off too" if each.is_written_off else "is due again"
        print_text(f"Invoice {each.invoice.number}: {money_of(provider, each.amount_minor)} {what}.")
    for use, amount_minor in plan.uses:
        print_text(f"Invoice {use.invoice.number}: {money_of(provider, amount_minor)} of what was over is due again.")
    if plan.funds_taken_minor:
        print_text(f"Available Funds lose {money_of(provider, plan.funds_taken_minor)}.")


def _say(provider: Provider, payment: Payment, arguments: argparse.Namespace, done: str) -> int:
    payment = get_payment(provider, payment.pk)
    if arguments.json:
        print_json(_describe(provider, payment))
    else:
        print_text(f"Payment {payment.pk} of {money_of(provider, payment.amount_minor)} is {done}.")
    return 0


def _describe(provider: Provider, payment: Payment) -> dict[str, Any]:
    credit = payment.overpayment_credit
    return {
        "payment": payment.pk,
        "customer": payment.customer.number,
        "state": payment.state,
        "method": payment.method,
        "amount": decimal_of(provider, payment.amount_minor),
        "on_invoices": decimal_of(provider, payment.allocated_minor),
        "to_funds": decimal_of(provider, credit.issued_minor if credit else 0),
        "currency": provider.currency,
        "received_on": payment.received_on,
        "booked_on": payment.booked_on,
        "reference": payment.reference,
        "note": payment.note,
        "gl_code": payment.gl_code.code,
        "credit": credit.pk if credit else None,
        "recorded_by": payment.created_by.email if payment.created_by else None,
        "reversed_on": payment.reversed_on,
        "reversal_reason": payment.reversal_reason,
    }


def _shown(value: Any) -> str:
    return "none" if value in (None, "") else str(value)
