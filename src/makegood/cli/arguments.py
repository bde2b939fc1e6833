"""Arguments that several commands share, and what they stand for."""

import argparse
import sys
from collections import defaultdict
from typing import TYPE_CHECKING

from makegood.kit.refusal import Refused
from makegood.providers.models import Membership, Provider
from makegood.providers.selectors import get_membership, get_provider, list_providers

if TYPE_CHECKING:
    Actions = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Actions = argparse._SubParsersAction


def add_provider(parser: argparse.ArgumentParser) -> None:
    """``--provider``: needed where the installation has more than one."""
    parser.add_argument("--provider", metavar="SLUG", help="the service provider; may be left out if there is only one")


def add_person(parser: argparse.ArgumentParser) -> None:
    """``--as``: the staff member who acts."""
    parser.add_argument("--as", dest="person", metavar="EMAIL", required=True, help="the staff member who acts")


def add_json(parser: argparse.ArgumentParser) -> None:
    """``--json``: one object for programs instead of text for people."""
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def provider_of(arguments: argparse.Namespace) -> Provider:
    """The named provider, or the only one there is."""
    if arguments.provider:
        return get_provider(arguments.provider)
    providers = list(list_providers()[:2])
    if len(providers) == 1:
        return providers[0]
    if not providers:
        raise Refused("provider_missing", "There is no provider yet; add one with `makegood provider add`.", "provider")
    raise Refused("provider_missing", "There are several providers; name one with --provider.", "provider")


def member_of(provider: Provider, arguments: argparse.Namespace) -> Membership:
    """The membership of the person who acts."""
    return get_membership(provider, arguments.person)


def read_filters(texts: list[str]) -> dict[str, list[str]]:
    """The filters of ``NAME=VALUE`` arguments, the same whatever their order. Refused for what is not of that form."""
    filters: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise Refused("filter_malformed", f"“{text}” is not a filter; write NAME=VALUE.", "filter")
        filters[name.strip()].append(value.strip())
    return {name: sorted(set(values)) for name, values in sorted(filters.items())}


def read_password() -> str:
    """The first line of standard input."""
    return sys.stdin.readline().rstrip("\r\n")


def require_somebody_to_ask(arguments: argparse.Namespace) -> None:
    """Refused where a question could not be answered; asked before anything is written."""
    if arguments.json:
        raise Refused("not_confirmed", "With --json nobody is asked. Add --yes to go on.", "yes")
    if not sys.stdin.isatty():
        raise Refused(
            "not_confirmed",
            "Nobody is there to answer. Add --yes to go on without being asked.",
            "yes",
        )


def confirm(question: str) -> bool:
    """Asks on the terminal; anything but yes is no. `require_somebody_to_ask` comes first."""
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
