"""``makegood payments refunds``: which refunds and pay-outs there were, by whom, why, and what became of them."""

import argparse
from typing import Any

from makegood.cli.arguments import Actions, add_json, add_provider, provider_of, read_filters
from makegood.cli.output import decimal_of, moment_of, money_of, print_json, print_table, print_text
from makegood.payments.models import Refund
from makegood.payments.refund_filters import list_matching_refunds
from makegood.payments.refund_words import (
    has_bounced,
    list_settling,
    name_way,
    name_ways,
    say_what_followed,
    sum_given,
)
from makegood.payments.selectors_refunds import list_refunds, with_parts
from makegood.providers.models import Provider


def add_refund_view_action(actions: Actions) -> None:
    """The action that only looks."""
    listed = actions.add_parser("refunds", help="list refunds and pay-outs, newest first")
    listed.add_argument("--filter", action="append", default=[], metavar="NAME=VALUE", help="may be repeated")
    listed.add_argument("--limit", type=int, default=50, metavar="N")
    listed.set_defaults(run=run_list)
    add_provider(listed)
    add_json(listed)


def run_list(arguments: argparse.Namespace) -> int:
    provider = provider_of(arguments)
    matching = list_matching_refunds(provider, read_filters(arguments.filter))
    shown = with_parts(list_refunds(provider).filter(pk__in=matching.values("pk")))[: max(arguments.limit, 0)]
    if arguments.json:
        print_json([describe_refund(provider, refund) for refund in shown])
        return 0
    heads = ["Refund", f"Asked for ({provider.timezone})", "Customer", "Name", "Of", "Amount", "Where it went"]
    print_table(
        [*heads, "State", "What followed", "Reason", "By"],
        [
            (
                refund.pk, moment_of(provider, refund.created_at), refund.customer.number, refund.customer.name,
                f"invoice {refund.invoice.number}" if refund.invoice else "Available Funds",
                money_of(provider, refund.amount_minor), ", ".join(name_ways(refund)),
                f"{refund.state}, bounced" if has_bounced(refund) else refund.state,
                say_what_followed(refund), refund.reason, refund.created_by.email if refund.created_by else "",
            )
            for refund in shown
        ],
        right=("Refund", "Amount"),
    )  # fmt: skip
    print_text(f"{len(shown)} of {matching.count():,} refunds and pay-outs that match.")
    return 0


def describe_refund(provider: Provider, refund: Refund) -> dict[str, Any]:
    """A refund or a pay-out with its parts for programs; amounts are decimal strings."""
    return {
        "refund": refund.pk,
        "purpose": str(refund.purpose),
        "customer": refund.customer.number,
        "invoice": refund.invoice.number if refund.invoice else None,
        "state": str(refund.state),
        "amount": decimal_of(provider, refund.amount_minor),
        "to_methods": decimal_of(provider, refund.to_methods_minor),
        "funds": decimal_of(provider, refund.funds_minor),
        "given_back": decimal_of(provider, sum_given(refund)),
        "currency": provider.currency,
        "follow": str(refund.follow) or None,
        "settled_with": list_settling(refund),
        "reason": refund.reason,
        "by": refund.created_by.email if refund.created_by else None,
        "at": refund.created_at,
        "ended_at": refund.settled_at,
        "parts": [
            {
                "payment": part.payment_id,
                "way": str(part.way),
                "method": name_way(part.way, part.payment),
                "amount": decimal_of(provider, part.amount_minor),
                "state": str(part.state),
                "reference": part.reference,
                "failure": part.failure or None,
                "bounced": part.bounced_at is not None,
            }
            for part in refund.transfers.all()
        ],
    }
