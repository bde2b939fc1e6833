"""``makegood tick``: works the providers' days that have come and, of demo providers, days still to come."""

import argparse
from datetime import date
from typing import Any

from makegood.cli.arguments import Actions, add_json
from makegood.cli.output import decimal_of, money_of, plural, print_json, print_table, print_text
from makegood.days.models import ProviderDay
from makegood.days.rules import NAMES, Step
from makegood.days.services.play import play_days
from makegood.days.services.work_day import OnDay, work_days
from makegood.kit.clock import today_in
from makegood.kit.refusal import Refused
from makegood.providers.models import Provider
from makegood.providers.selectors import get_provider, list_providers


def add_parser(subparsers: Actions) -> None:
    tick = subparsers.add_parser("tick", help="work the days that have come")
    tick.add_argument("--provider", metavar="SLUG", help="only this service provider")
    tick.add_argument(
        "--until", metavar="DATE", help="up to this day, as 2026-03-31; of a demo provider also a day to come"
    )
    add_json(tick)
    tick.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    until = _read_day(arguments.until)
    providers = [get_provider(arguments.provider)] if arguments.provider else list(list_providers())
    if arguments.provider and until is not None:
        _require_playable(providers[0], until)
    # Once for all: a day may end while they are worked.
    cut_short = [provider for provider in providers if until is not None and not _can_reach(provider, until)]
    days: list[tuple[Provider, ProviderDay]] = []
    busy: list[Provider] = []
    for provider in providers:

        def keep(day: ProviderDay, provider: Provider = provider) -> None:
            days.append((provider, day))

        if not _work(provider, until, keep):
            busy.append(provider)
    if arguments.json:
        print_json(
            {
                "days": [_as_data(*each) for each in days],
                "busy": [provider.slug for provider in busy],
                "up_to_today": [provider.slug for provider in cut_short],
            }
        )
    else:
        _print(days, busy)
        if until is not None and cut_short:
            names = ", ".join(provider.name for provider in cut_short)
            print_text(f"{until:%Y-%m-%d} has not come yet; only demo providers go further. Up to today: {names}.")
    return 0 if all(day.is_finished for _, day in days) else 1


def _work(provider: Provider, until: date | None, on_day: OnDay) -> bool:
    today = today_in(provider.timezone)
    if not provider.is_demo or until is None or until <= today:
        return work_days(provider=provider, until=until, on_day=on_day)
    done = work_days(provider=provider, on_day=on_day)
    return done and play_days(provider=provider, first=today, until=until, on_day=on_day)


def _can_reach(provider: Provider, until: date) -> bool:
    return provider.is_demo or until <= today_in(provider.timezone)


def _require_playable(provider: Provider, until: date) -> None:
    if not _can_reach(provider, until):
        raise Refused(
            "day_to_come", f"{until:%Y-%m-%d} has not come yet; only a demo provider can be ahead of its time.", "until"
        )


def _read_day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("date_malformed", f"“{text}” is not a day; write it as 2026-03-31.", "until") from None


def _print(days: list[tuple[Provider, ProviderDay]], busy: list[Provider]) -> None:
    for provider in busy:
        print_text(f"{provider.name}: somebody else works the days at this moment.")
    if not days:
        print_text("There was nothing to do.")
        return
    rows = [(provider.slug, day.day.isoformat(), _describe(provider, day)) for provider, day in days]
    print_table(["provider", "day", "done"], rows)
    print_text(f"{plural(sum(day.is_finished for _, day in days), 'day')} finished.")


def _describe(provider: Provider, day: ProviderDay) -> str:
    if not day.is_finished:
        return f"Waits at “{Step(day.step).label}”: {day.failure or 'it was interrupted.'}"
    if not day.billing:
        return "passed: End Customer Billing was off"
    done = [_tell(provider, NAMES[name], day.did[name]) for name in NAMES if name in day.did]
    return "; ".join(done) or "nothing was due"


def _tell(provider: Provider, words: str, figures: dict[str, int]) -> str:
    amount = f" ({money_of(provider, figures['amount_minor'])})" if figures["amount_minor"] else ""
    things, _, what = words.partition(" ")
    return f"{plural(figures['customers'], things.removesuffix('s'))} {what}{amount}"


def _as_data(provider: Provider, day: ProviderDay) -> dict[str, Any]:
    return {
        "provider": provider.slug,
        "day": day.day,
        "finished": day.is_finished,
        "billing": day.billing,
        "waits_at": day.step or None,
        "failure": day.failure if not day.is_finished else None,
        "done": {
            name: {"customers": did["customers"], "amount": decimal_of(provider, did["amount_minor"])}
            for name, did in day.did.items()
        },
    }
