"""``makegood collect``: charges what autopay collects, and asks processors for what is under way."""

import argparse
from typing import Any

from makegood.cli.arguments import Actions, add_json
from makegood.cli.output import decimal_of, money_of, plural, print_json, print_pairs, print_text
from makegood.days.services.collect import Collected, collect_due
from makegood.payments.collecting import Sum
from makegood.providers.models import Provider
from makegood.providers.selectors import get_provider, list_providers


def add_parser(subparsers: Actions) -> None:
    collect = subparsers.add_parser("collect", help="charge what autopay collects now, and ask for what is under way")
    collect.add_argument("--provider", metavar="SLUG", help="only this service provider")
    add_json(collect)
    collect.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    providers = [get_provider(arguments.provider)] if arguments.provider else list(list_providers())
    done = [(provider, collect_due(provider=provider)) for provider in providers]
    if arguments.json:
        print_json({"providers": [_as_data(*each) for each in done]})
        return 0
    shown = [each for each in done if each[1].has_gateway or each[1].under_way.payments or len(done) == 1]
    for position, (provider, collected) in enumerate(shown):
        if position:
            print_text("")
        _print(provider, collected)
    if not shown:
        print_text("No service provider has a payment gateway.")
    return 0


def _print(provider: Provider, collected: Collected) -> None:
    if not collected.has_gateway and not collected.under_way.payments:
        print_text(f"{provider.name} has no payment gateway, so nothing is charged.")
        return
    charged = f"{plural(collected.charged.customers, 'customer')}, {money_of(provider, collected.charged.amount_minor)}"
    if collected.day is None:
        charged = "the day has not come to it yet"
    print_pairs(
        [
            ("Provider", provider.name),
            ("Day", collected.day.isoformat() if collected.day else "none"),
            ("Newly ordered", charged),
            ("Received", _say(provider, collected.received)),
            ("Failed", _say(provider, collected.failed)),
            ("Still under way", _say(provider, collected.under_way)),
        ]
    )


def _say(provider: Provider, total: Sum) -> str:
    return f"{plural(total.payments, 'payment')}, {money_of(provider, total.amount_minor)}"


def _as_data(provider: Provider, collected: Collected) -> dict[str, Any]:
    def as_sum(total: Sum) -> dict[str, Any]:
        return {"payments": total.payments, "amount": decimal_of(provider, total.amount_minor)}

    charged = collected.charged
    return {
        "provider": provider.slug,
        "day": collected.day,
        "has_gateway": collected.has_gateway,
        "charged": {"customers": charged.customers, "amount": decimal_of(provider, charged.amount_minor)},
        "received": as_sum(collected.received),
        "failed": as_sum(collected.failed),
        "under_way": as_sum(collected.under_way),
    }
