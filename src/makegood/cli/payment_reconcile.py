"""``makegood payments reconcile``: the clearing account beside what the processor says."""

import argparse
from typing import Any

from makegood.accounting.rules import month_of, read_day
from makegood.cli.arguments import Actions, add_json, add_provider, provider_of
from makegood.cli.output import decimal_of, money_of, print_json, print_pairs, print_table, print_text
from makegood.gateways.interface import GatewayError
from makegood.gateways.selectors import list_gateways
from makegood.gateways.services.balance import look_at_balance
from makegood.payments.reconciling import KINDS, Compared, Match, Reconciliation, reconcile
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider


def add_reconcile_action(actions: Actions) -> None:
    """Adds ``reconcile`` to the actions of ``makegood payments``."""
    parser = actions.add_parser("reconcile", help="compare the clearing account with the processor's balance")
    parser.add_argument("--from", dest="first", metavar="DATE", help="the first day; that of this month if left out")
    parser.add_argument("--to", dest="last", metavar="DATE", help="the last day; today if left out")
    add_provider(parser)
    add_json(parser)
    parser.set_defaults(run=run_reconcile)


def run_reconcile(arguments: argparse.Namespace) -> int:
    """Fetches what is new, then compares. Exit status 1 where something differs that should agree by now."""
    provider = provider_of(arguments)
    today = today_of(provider)
    last = today if arguments.last is None else read_day(arguments.last, "to")
    first = month_of(last) if arguments.first is None else read_day(arguments.first, "from")
    not_fetched = _fetch(provider)
    found = reconcile(provider, first, last)
    if arguments.json:
        print_json({**_describe(provider, found), "not_fetched": not_fetched})
    else:
        _print(provider, found)
        for said in not_fetched:
            print_text(f"What is new could not be fetched: {said}")
    return 0 if found.holds else 1


def _fetch(provider: Provider) -> list[str]:
    """Why the movements of a gateway could not be fetched; nothing where all were. Managers are told of differences."""
    said = []
    for gateway in list_gateways(provider).select_related("provider"):
        try:
            look_at_balance(gateway=gateway)
        except GatewayError as error:
            said.append(f"{gateway.get_kind_display()}: {error}")
    return said


def _describe(provider: Provider, found: Reconciliation) -> dict[str, Any]:
    totals = found.totals
    return {
        "from": found.first,
        "to": found.last,
        "agrees": found.holds,
        "looked_at": totals.looked_at,
        "counts": {match.value: count for match, count in found.counts.items()},
        "kinds": [
            {
                "kind": kind,
                "booked": decimal_of(provider, totals.booked[kind]),
                "at_processor": decimal_of(provider, totals.moved[kind]),
            }
            for kind in KINDS
        ],
        "clearing": {
            "moved": decimal_of(provider, totals.clearing_moved_minor),
            "other": decimal_of(provider, totals.other_booked_minor),
            "stood": decimal_of(provider, totals.clearing_stood_minor),
        },
        "processor": {
            "fees": decimal_of(provider, totals.fee_minor),
            "transfers_to_bank": decimal_of(provider, totals.pay_out_minor),
            "other": decimal_of(provider, totals.other_moved_minor),
            "stood": decimal_of(provider, totals.processor_stood_minor),
        },
        "differences": [_describe_one(provider, each) for each in found.differences],
        "open": [_describe_one(provider, each) for each in found.list_of(Match.UNDER_WAY, Match.NOT_LOOKED_AT)],
    }


def _describe_one(provider: Provider, each: Compared) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "reference": each.reference,
        "payment": each.payment_id,
        "booked": None if each.booked_minor is None else decimal_of(provider, each.booked_minor),
        "at_processor": None if each.moved_minor is None else decimal_of(provider, each.moved_minor),
        "stands": each.match.value,
        "to_do": each.to_do,
    }


def _print(provider: Provider, found: Reconciliation) -> None:
    totals = found.totals
    print_text(f"From {found.first} to {found.last}")
    rows = [(kind.capitalize(), totals.booked[kind], totals.moved[kind]) for kind in KINDS]
    print_table(
        ["Kind", "Booked", "At the processor", "Difference"],
        [
            (kind, *(money_of(provider, minor) for minor in (booked, moved, booked - moved)))
            for kind, booked, moved in rows
        ],
        right=("Booked", "At the processor", "Difference"),
    )
    print_pairs(
        [
            ("Fees, not booked here", money_of(provider, totals.fee_minor)),
            ("Transfers to your bank, not booked here", money_of(provider, totals.pay_out_minor)),
            ("Something else, not booked here", money_of(provider, totals.other_moved_minor)),
            ("Clearing account after it", money_of(provider, totals.clearing_stood_minor)),
            ("Processor's balance after it", money_of(provider, totals.processor_stood_minor)),
            *((match.words, f"{count:,}") for match, count in found.counts.items() if count),
        ]
    )
    if found.differences:
        print_table(
            ["Kind", "Reference", "Payment", "Booked", "At the processor", "How it stands"],
            [
                (
                    each.kind, each.reference, each.payment_id or "", _shown(provider, each.booked_minor),
                    _shown(provider, each.moved_minor), each.match.words,
                )
                for each in found.differences
            ],
            right=("Booked", "At the processor"),
        )  # fmt: skip
        for to_do in dict.fromkeys(each.to_do for each in found.differences):
            print_text(to_do)
    print_text(_conclude(found))


def _conclude(found: Reconciliation) -> str:
    if not found.holds:
        return "Something differs; look at each line above."
    if found.totals.looked_at is None:
        return "The processor's balance is not known yet, so nothing is compared."
    return "Everything agrees."


def _shown(provider: Provider, minor: int | None) -> str:
    return "" if minor is None else money_of(provider, minor)
