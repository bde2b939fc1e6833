"""``makegood payments refund`` and ``pay-out``: money that goes back to customers."""

import argparse
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
    require_somebody_to_ask,
)
from makegood.cli.output import money_of, print_json, print_text
from makegood.cli.refund_previews import (
    describe_pay_out_preview,
    describe_refund_preview,
    find_settling_code,
    say_pay_out_preview,
    say_refund_preview,
)
from makegood.cli.refund_views import describe_refund
from makegood.customers.selectors import get_customer
from makegood.invoices.selectors import get_invoice
from makegood.kit.money import parse_amount
from makegood.kit.refusal import Refused
from makegood.ledger.models import GLCode
from makegood.ledger.selectors import get_credit_gl_code, get_gl_code
from makegood.payments.models import Refund
from makegood.payments.paying_out import preview_pay_out
from makegood.payments.refunding import preview_refund
from makegood.payments.rules import BY_HAND, Follow, RefundPurpose, Way
from makegood.payments.selectors_refunds import find_refund_by_key, list_refunds, with_parts
from makegood.payments.services.pay_out import pay_out
from makegood.payments.services.refund_invoice import refund_invoice
from makegood.payments.ways import ByHand
from makegood.providers.models import Provider


def add_refund_actions(actions: Actions) -> None:
    refund = actions.add_parser("refund", help="give back what has paid an invoice, all of it or a part")
    refund.add_argument("invoice", metavar="INVOICE", type=int, help="the invoice's number")
    refund.add_argument("--amount", metavar="AMOUNT", help="all that can go back if left out")
    refund.add_argument(
        "--follow",
        metavar="WHAT",
        default=str(Follow.SETTLE),
        choices=[str(each) for each in Follow],
        help="settle with a credit (settle), or leave open (leave_open); settle if left out",
    )
    refund.add_argument(
        "--gl-code", metavar="CODE", help="of the credit that settles; the setting's default if left out"
    )
    refund.add_argument("--by-hand", metavar="WAY", choices=BY_HAND, help="for money whose method takes nothing back")
    refund.set_defaults(run=run_refund)
    out = actions.add_parser("pay-out", help="pay out prepaid and overpaid Available Funds")
    out.add_argument("customer", metavar="CUSTOMER", help="the customer's number")
    out.add_argument("--amount", metavar="AMOUNT", help="all that can be paid out so if left out")
    out.add_argument(
        "--way",
        metavar="WAY",
        default=str(Way.GATEWAY),
        choices=[str(each) for each in Way],
        help="gateway (to payment methods; if left out), cash or bank_transfer",
    )
    out.set_defaults(run=run_pay_out)
    for parser in (refund, out):
        _add_common(parser)


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cash-code", metavar="CODE", help="the GL code of what goes back by hand, of type cash")
    parser.add_argument("--reference", metavar="TEXT", default="", help="what the bank or the receipt says")
    parser.add_argument("--reason", metavar="TEXT", default="", help="needed, but for --preview; kept with it")
    parser.add_argument("--key", metavar="KEY", help="the same key never gives back twice")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--preview", action="store_true", help="only look: show what it would do, and do nothing")
    how.add_argument("--yes", action="store_true", help="do not ask")
    add_person(parser)
    add_provider(parser)
    add_json(parser)


def run_refund(arguments: argparse.Namespace) -> int:
    provider = _require_answer(arguments)
    membership = member_of(provider, arguments)
    invoice = get_invoice(provider, arguments.invoice)
    cash_code = _read_cash_code(provider, arguments)
    by_hand = ByHand(arguments.by_hand, cash_code, arguments.reference) if arguments.by_hand else None
    gl_code = get_credit_gl_code(provider, arguments.gl_code) if arguments.gl_code else None
    amount_minor, seen = _read_amount(provider, arguments), None
    if arguments.preview or not _is_known(provider, arguments):
        preview = preview_refund(membership=membership, invoice=invoice, amount_minor=amount_minor, by_hand=by_hand)
        if preview.refusal is not None:
            raise preview.refusal
        amount_minor, seen = preview.amount_minor, preview.fingerprint
        settling = find_settling_code(provider, preview, arguments.follow, gl_code)
        lines = say_refund_preview(provider, preview, settling)
        if arguments.preview:
            return _look(arguments, lines, describe_refund_preview(provider, preview, arguments.follow, settling))
        if not _agreed(arguments, lines):
            return 0
    refund = refund_invoice(
        membership=membership,
        invoice=invoice,
        amount_minor=amount_minor or 0,
        follow=arguments.follow,
        gl_code=gl_code,
        reason=arguments.reason,
        key=_key(arguments),
        by_hand=by_hand,
        seen=seen,
    )
    return say_refund(provider, refund, arguments)


def run_pay_out(arguments: argparse.Namespace) -> int:
    provider = _require_answer(arguments)
    membership = member_of(provider, arguments)
    customer = get_customer(provider, arguments.customer)
    amount_minor, seen = _read_amount(provider, arguments), None
    cash_code = _read_cash_code(provider, arguments)
    if arguments.preview or not _is_known(provider, arguments):
        preview = preview_pay_out(
            membership=membership, customer=customer, amount_minor=amount_minor, way=arguments.way
        )
        if preview.refusal is not None:
            raise preview.refusal
        amount_minor, seen = preview.amount_minor, preview.fingerprint
        lines = say_pay_out_preview(provider, preview)
        if arguments.preview:
            return _look(arguments, lines, describe_pay_out_preview(provider, preview))
        if not _agreed(arguments, lines):
            return 0
    refund = pay_out(
        membership=membership,
        customer=customer,
        amount_minor=amount_minor or 0,
        way=arguments.way,
        gl_code=cash_code,
        reference=arguments.reference,
        reason=arguments.reason,
        key=_key(arguments),
        seen=seen,
    )
    return say_refund(provider, refund, arguments)


def _require_answer(arguments: argparse.Namespace) -> Provider:
    if not arguments.preview:
        if not arguments.reason.strip():
            raise Refused("reason_missing", "Write the reason with --reason; it is kept.", "reason")
        if not arguments.yes:
            require_somebody_to_ask(arguments)
    return provider_of(arguments)


def _read_amount(provider: Provider, arguments: argparse.Namespace) -> int | None:
    """What was typed; of a key that was used before what was asked for then, if nothing was."""
    if arguments.amount is not None:
        return parse_amount(arguments.amount, provider.currency_digits)
    known = find_refund_by_key(provider, arguments.key) if arguments.key is not None else None
    return known.amount_minor if known is not None else None


def _read_cash_code(provider: Provider, arguments: argparse.Namespace) -> GLCode | None:
    return get_gl_code(provider, arguments.cash_code) if arguments.cash_code else None


def _is_known(provider: Provider, arguments: argparse.Namespace) -> bool:
    """Whether the key was used before: then the first answer is given, and nobody is asked again."""
    return arguments.key is not None and find_refund_by_key(provider, arguments.key) is not None


def _key(arguments: argparse.Namespace) -> str:
    return uuid4().hex if arguments.key is None else str(arguments.key)


def _agreed(arguments: argparse.Namespace, lines: list[str]) -> bool:
    if not arguments.json:
        _print(lines)
    if arguments.yes or confirm("Give it back?"):
        return True
    print_text("Nothing is booked.")
    return False


def _look(arguments: argparse.Namespace, lines: list[str], described: dict[str, Any]) -> int:
    """Only says what would be done."""
    if arguments.json:
        print_json(described)
    else:
        _print([*lines, "Nothing is booked: this is a preview."])
    return 0


def _print(lines: list[str]) -> None:
    for line in lines:
        print_text(line)


def say_refund(provider: Provider, refund: Refund, arguments: argparse.Namespace) -> int:
    """How it stands, after it was asked for or came to an end."""
    if arguments.json:
        print_json(describe_refund(provider, with_parts(list_refunds(provider)).get(pk=refund.pk)))
    else:
        what = f"{money_of(provider, refund.amount_minor)}: {refund.get_state_display().lower()}"
        name = "Refund" if refund.purpose == RefundPurpose.REFUND else "Pay-out"
        print_text(f"{name} {refund.pk} of {what}.")
    return 0
