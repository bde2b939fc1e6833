"""``makegood payments settle-refund``: a refund that is unknown comes to an end by a person."""

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
from makegood.cli.output import money_of, print_text
from makegood.cli.payment_refunds import say_refund
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.payments.models import RefundTransfer
from makegood.payments.selectors_refunds import get_refund, list_transfers
from makegood.payments.services.settle_transfer import find_why_not_by_hand, settle_transfer
from makegood.providers.models import Provider


def add_refund_ending_action(actions: Actions) -> None:
    """The action."""
    settle = actions.add_parser(
        "settle-refund", help="settle a refund or pay-out of which the processor does not say what became"
    )
    settle.add_argument("number", metavar="REFUND", type=int)
    what = settle.add_mutually_exclusive_group(required=True)
    what.add_argument("--given-back", action="store_true", help="the processor has given it back")
    what.add_argument("--not-given-back", action="store_true", help="the processor has not given it back")
    settle.add_argument("--payment", metavar="PAYMENT", type=int, help="of which payment, where several are unknown")
    settle.add_argument("--reference", metavar="TEXT", default="", help="what the processor calls the refund")
    settle.add_argument("--reason", metavar="TEXT", required=True)
    settle.add_argument("--yes", action="store_true", help="do not ask")
    settle.set_defaults(run=run_settle_refund)
    add_person(settle)
    add_provider(settle)
    add_json(settle)


def run_settle_refund(arguments: argparse.Namespace) -> int:
    if not arguments.yes:
        require_somebody_to_ask(arguments)
    provider = provider_of(arguments)
    transfer = _find(provider, arguments)
    how = "given back" if arguments.given_back else "not given back"
    amount = money_of(provider, transfer.amount_minor)
    if not arguments.yes and not confirm(f"Settle {amount} of refund {transfer.refund_id} as {how}?"):
        print_text("Nothing is changed.")
        return 0
    settle_transfer(
        membership=member_of(provider, arguments),
        transfer=transfer,
        given_back=arguments.given_back,
        reason=arguments.reason,
        reference=arguments.reference,
    )
    return say_refund(provider, get_refund(provider, arguments.number), arguments)


def _find(provider: Provider, arguments: argparse.Namespace) -> RefundTransfer:
    """The part that is meant: the one that can be settled, or the one of the payment that was named."""
    transfers = list(list_transfers(get_refund(provider, arguments.number)).filter(gateway__isnull=False))
    if arguments.payment is not None:
        transfers = [each for each in transfers if each.payment_id == arguments.payment]
    at = now()
    stuck = [each for each in transfers if find_why_not_by_hand(each, at, given_back=arguments.given_back) is None]
    found = stuck or transfers
    if not found:
        raise Refused("refund_part_unknown", f"Refund {arguments.number} has no such part.", "refund")
    if len(found) > 1:
        numbers = ", ".join(str(each.payment_id) for each in found)
        raise Refused("refund_parts", f"Say of which payment: {numbers}.", "payment")
    return found[0]
