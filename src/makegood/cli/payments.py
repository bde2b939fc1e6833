"""``makegood payments``: all actions; here those on money that came in cash or by bank transfer."""

import argparse
from datetime import date
from uuid import uuid4

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
from makegood.cli.output import money_of, print_json, print_text
from makegood.cli.payment_endings import add_ending_actions
from makegood.cli.payment_methods import add_method_actions
from makegood.cli.payment_reconcile import add_reconcile_action
from makegood.cli.payment_refunds import add_refund_actions
from makegood.cli.payment_views import add_view_actions, describe_payment
from makegood.cli.refund_endings import add_refund_ending_action
from makegood.cli.refund_views import add_refund_view_action
from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.invoices.models import Invoice
from makegood.invoices.selectors import get_invoice
from makegood.kit.money import parse_amount
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import get_gl_code
from makegood.payments.models import Payment
from makegood.payments.recording import PaymentPreview, preview_payment
from makegood.payments.reversing import ReversalPlan, preview_reversal
from makegood.payments.rules import BY_HAND
from makegood.payments.selectors import (
    find_payment_by_key,
    find_reversal_by_key,
    get_payment,
)
from makegood.payments.services.record_payment import record_payment
from makegood.payments.services.reverse_payment import reverse_payment
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider


def add_parser(subparsers: Actions) -> None:
    actions = subparsers.add_parser("payments", help="payments of customers").add_subparsers(metavar="ACTION")
    add_method_actions(actions)
    add_ending_actions(actions)
    add_reconcile_action(actions)
    add_refund_actions(actions)
    add_refund_ending_action(actions)
    add_refund_view_action(actions)
    add_view_actions(actions)
    record = actions.add_parser("record", help="record a payment; without --invoice it pays the oldest due first")
    record.add_argument("customer", metavar="CUSTOMER", help="the customer's number")
    record.add_argument("--amount", metavar="AMOUNT", required=True)
    record.add_argument("--method", metavar="METHOD", required=True, help=" or ".join(BY_HAND))
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
        add_provider(parser)
        add_json(parser)


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
        print_json(describe_payment(provider, payment))
    else:
        print_text(f"Payment {payment.pk} of {money_of(provider, payment.amount_minor)} is {done}.")
    return 0
