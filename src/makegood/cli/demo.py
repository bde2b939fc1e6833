"""``makegood demo``: an invented provider to try things on."""

import argparse
import shlex
import sys
from pathlib import Path

from django.conf import settings

from makegood.cli.arguments import Actions, add_json
from makegood.cli.output import plural, print_json, print_table, print_text
from makegood.customers.selectors import list_customers
from makegood.days.models import ProviderDay
from makegood.demo.names import STORM_AREA
from makegood.demo.play import play_demo
from makegood.demo.services import LOG_INS, fill_demo
from makegood.kit.refusal import Refused
from makegood.orders.models import Order
from makegood.providers.models import Provider
from makegood.providers.selectors import get_provider


def add_parser(subparsers: Actions) -> None:
    demo = subparsers.add_parser("demo", help="an invented provider to try things on").add_subparsers(metavar="ACTION")
    fill = demo.add_parser("fill", help="make the demo provider, or what is missing of it")
    fill.set_defaults(run=run_fill)
    play = demo.add_parser("play", help="play the last three months of the demo provider, or the days missing of them")
    play.set_defaults(run=run_play)
    show = demo.add_parser("show", help="print the demo log-ins and a command to try")
    show.add_argument("--command", metavar="PATH", help="how the makegood command is called here")
    show.set_defaults(run=run_show)
    for parser in (fill, play, show):
        parser.add_argument("--provider-slug", metavar="SLUG", default="demo")
        add_json(parser)


def run_fill(arguments: argparse.Namespace) -> int:
    provider = fill_demo(slug=arguments.provider_slug)
    customers = list_customers(provider).count()
    orders = Order.objects.filter(provider=provider).count()
    if arguments.json:
        print_json({"provider": provider.slug, "customers": customers, "orders": orders})
    else:
        print_text(f"{provider.name} is ready: {plural(customers, 'customer')}, {plural(orders, 'order')}.")
    return 0


def run_play(arguments: argparse.Namespace) -> int:
    provider = fill_demo(slug=arguments.provider_slug)
    days: list[ProviderDay] = []
    done = play_demo(provider=provider, on_day=days.append)
    finished = sum(day.is_finished for day in days)
    if arguments.json:
        print_json({"provider": provider.slug, "days": finished, "busy": not done})
    elif not done:
        print_text(f"{provider.name}: somebody else works the days at this moment.")
    else:
        print_text(f"{provider.name} has lived through {plural(finished, 'day')}.")
    return 0 if finished == len(days) else 1


def run_show(arguments: argparse.Namespace) -> int:
    provider = get_provider(arguments.provider_slug)
    if not provider.is_demo:
        raise Refused("provider_not_demo", f"{provider.name} is not a demo provider.", "provider_slug")
    command = _credit_command(provider, arguments.command or _own_path())
    log_ins = [{"role": known.role, "email": known.email, "password": known.password} for known in LOG_INS]
    if arguments.json:
        print_json({"provider": provider.slug, "log_ins": log_ins, "credit_command": command})
        return 0
    print_text(f"Log-ins of the demo provider {provider.name}:")
    print_table(["role", "e-mail", "password"], [tuple(log_in.values()) for log_in in log_ins])
    print_text(f"\nTo credit the customers in {STORM_AREA} after a storm (it shows who, and asks before it books):")
    print_text(command)
    return 0


def _credit_command(provider: Provider, path: str) -> str:
    """The line to type in a shell, with the data folder if one is set here."""
    billing = next(known.email for known in LOG_INS if known.role == "billing")
    words = [path, "credit", "--provider", provider.slug, "--as", billing]
    words += ["--filter", f"area={STORM_AREA}", "--template", "Storm outage"]
    data = settings.GIVEN_DATA_FOLDER
    prefix = f"MAKEGOOD_DATA={shlex.quote(data)} " if data else ""
    return prefix + shlex.join(words)


def _own_path() -> str:
    """This command as it can be called from where the person is."""
    own = Path(sys.argv[0])
    if own.name != "makegood":
        return "makegood"
    absolute = own.absolute()
    return str(absolute.relative_to(Path.cwd())) if absolute.is_relative_to(Path.cwd()) else str(absolute)
