"""``makegood payments withdraw|settle``: payments that wait or are unknown come to an end by a person."""

import argparse

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
from makegood.cli.payment_views import describe_payment
from makegood.payments.models import Payment
from makegood.payments.selectors import get_payment
from makegood.payments.services.settle_by_hand import settle_by_hand
from makegood.payments.services.withdraw import withdraw_payment
from makegood.providers.models import Provider


def add_ending_actions(actions: Actions) -> None:
    """The two actions."""
    withdraw = actions.add_parser("withdraw", help="withdraw a payment that waits to be submitted")
    withdraw.set_defaults(run=run_withdraw)
    settle = actions.add_parser("settle", help="settle a payment of which the processor does not say what became")
    what = settle.add_mutually_exclusive_group(required=True)
    what.add_argument("--charged", action="store_true", help="the processor has charged it")
    what.add_argument("--not-charged", action="store_true", help="the processor has not charged it")
    settle.add_argument("--reference", metavar="TEXT", default="", help="what the processor calls the charge")
    settle.set_defaults(run=run_settle)
    for parser in (withdraw, settle):
        parser.add_argument("number", metavar="PAYMENT", type=int)
        parser.add_argument("--reason", metavar="TEXT", required=True)
        parser.add_argument("--yes", action="store_true", help="do not ask")
        add_person(parser)
        add_provider(parser)
        add_json(parser)


def run_withdraw(arguments: argparse.Namespace) -> int:
    provider, payment = _find(arguments)
    amount = money_of(provider, payment.amount_minor)
    if not _agreed(arguments, f"Withdraw payment {payment.pk} of {amount} before it is submitted?"):
        return 0
    withdraw_payment(membership=member_of(provider, arguments), payment=payment, reason=arguments.reason)
    return _say(provider, payment, arguments, "is withdrawn; nothing was charged")


def run_settle(arguments: argparse.Namespace) -> int:
    provider, payment = _find(arguments)
    how = "charged" if arguments.charged else "not charged"
    if not _agreed(arguments, f"Settle payment {payment.pk} of {money_of(provider, payment.amount_minor)} as {how}?"):
        return 0
    settle_by_hand(
        membership=member_of(provider, arguments),
        payment=payment,
        charged=arguments.charged,
        reason=arguments.reason,
        reference=arguments.reference,
    )
    return _say(provider, payment, arguments, f"is settled as {how}")


def _find(arguments: argparse.Namespace) -> tuple[Provider, Payment]:
    if not arguments.yes:
        require_somebody_to_ask(arguments)
    provider = provider_of(arguments)
    return provider, get_payment(provider, arguments.number)


def _agreed(arguments: argparse.Namespace, question: str) -> bool:
    if arguments.yes or confirm(question):
        return True
    print_text("Nothing is changed.")
    return False


def _say(provider: Provider, payment: Payment, arguments: argparse.Namespace, became: str) -> int:
    if arguments.json:
        print_json(describe_payment(provider, get_payment(provider, payment.pk)))
    else:
        print_text(f"Payment {payment.pk} of {money_of(provider, payment.amount_minor)} {became}.")
    return 0
