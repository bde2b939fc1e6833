"""What commands that make runs over a selection have in common: for whom, going on, and what became of it."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

from makegood.cli.arguments import confirm, read_filters, require_somebody_to_ask
from makegood.cli.follow import follow
from makegood.cli.output import print_json, print_text
from makegood.cli.run_report import describe_run, exit_status, print_run
from makegood.customers.models import Customer
from makegood.kit.refusal import Refused
from makegood.orders.models import Order
from makegood.providers.models import Membership, Provider
from makegood.runs.models import Run, Selection
from makegood.runs.rules import State
from makegood.runs.selectors import find_recent_run_like
from makegood.runs.services.select import select_listed, select_matching
from makegood.runs.services.start_run import cancel_run, start_run


def add_who(parser: argparse.ArgumentParser, what: str) -> None:
    """Arguments that say for whom a run is. what: what each gets, such as ``credit``."""
    who = parser.add_argument_group("who")
    who.add_argument("--customer", action="append", default=[], metavar="NUMBER", help="a customer; may be repeated")
    who.add_argument(
        "--filter", action="append", default=[], metavar="NAME=VALUE", help="such as area=Springfield; may be repeated"
    )
    who.add_argument("--all", action="store_true", help="everybody on the list")
    who.add_argument("--orders", action="store_true", help="select on the Order List instead of the Customer List")
    who.add_argument("--per", choices=["customer", "order"], help=f"one {what} per customer (default) or one per order")


def add_how(parser: argparse.ArgumentParser) -> None:
    """Arguments that say how far to go without being asked."""
    how = parser.add_argument_group("how")
    how.add_argument("--key", metavar="KEY", help="the same key never books twice")
    how.add_argument("--rehearse", action="store_true", help="show what would happen and book nothing")
    how.add_argument("--yes", action="store_true", help="do not ask")


@dataclass(frozen=True)
class Who:
    """For whom a run is, in the words of the command line. numbers: of customers, or where `of_orders`, of orders."""

    list_name: str
    unit: str
    numbers: list[str]
    filters: dict[str, list[str]]
    of_orders: bool = False

    @property
    def chosen(self) -> list[str] | dict[str, list[str]]:
        """What decides whether two requests are the same."""
        return self.numbers or self.filters


def read_who(arguments: argparse.Namespace, what: str) -> Who:
    """For whom; refused without a word about it, and with several. what: what each gets, such as ``credit``."""
    if not (arguments.yes or arguments.rehearse):
        require_somebody_to_ask(arguments)
    orders: Sequence[str] = getattr(arguments, "order", ())
    unit = arguments.per or (Run.Unit.ORDER if orders else Run.Unit.CUSTOMER)
    if unit == Run.Unit.ORDER and not (arguments.orders or orders):
        raise Refused("per_order_needs_orders", f"One {what} per order needs the Order List: add --orders.", "per")
    ways = [bool(arguments.customer), bool(orders), bool(arguments.filter), arguments.all]
    if sum(ways) != 1:
        named = "--customer, or --order, or --filter" if hasattr(arguments, "order") else "--customer, or --filter"
        raise Refused(
            "selection_missing" if not any(ways) else "selection_twice",
            f"Say who: either {named}, or --all.",
            "selection",
        )
    on_orders = arguments.orders or bool(orders)
    return Who(
        list_name=Selection.List.ORDERS if on_orders else Selection.List.CUSTOMERS,
        unit=unit,
        numbers=sorted(set(orders or arguments.customer)),
        filters=read_filters(arguments.filter),
        of_orders=bool(orders),
    )


def select(membership: Membership, who: Who) -> Selection:
    """The selection that is meant. Refused for numbers that nobody has, and for unknown filters."""
    if not who.numbers:
        return select_matching(membership=membership, list_name=who.list_name, values=who.filters)
    ids = _ids_of(membership.provider, who)
    return select_listed(membership=membership, list_name=who.list_name, record_ids=ids)


def _ids_of(provider: Provider, who: Who) -> list[int]:
    if who.of_orders:
        orders = Order.objects.filter(provider=provider, number__in=who.numbers)
        return _all_found(provider, "order", who.numbers, dict(orders.values_list("number", "pk")))
    customers = Customer.objects.filter(provider=provider, number__in=who.numbers)
    found = _all_found(provider, "customer", who.numbers, dict(customers.values_list("number", "pk")))
    if who.list_name == Selection.List.ORDERS:
        orders = Order.objects.filter(provider=provider, customer_id__in=found)
        return list(orders.values_list("pk", flat=True))
    return found


def _all_found(provider: Provider, what: str, numbers: list[str], found: dict[str, int]) -> list[int]:
    if missing := [number for number in numbers if number not in found]:
        named = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        raise Refused(f"{what}_unknown", f"{provider.name} has no {what} {named}.", what)
    return list(found.values())


def start_if_agreed(draft: Run, membership: Membership, arguments: argparse.Namespace, question: str) -> int:
    """Asks, unless told not to; then starts the draft and follows it to its rest. Returns the exit status."""
    if not _may_start(draft, membership, arguments, question):
        return 0
    only_once = arguments.yes and not arguments.key
    try:
        started = start_run(run=draft, membership=membership, only_once=only_once)
    except Refused:
        if only_once:
            cancel_run(run=draft, membership=membership)
        raise
    return finish(started, arguments)


def _may_start(draft: Run, membership: Membership, arguments: argparse.Namespace, question: str) -> bool:
    if arguments.yes:
        return True
    if not arguments.key and (earlier := find_recent_run_like(draft)):
        print_text(f"Careful: run {earlier.pk} made the same request within the last 7 days.")
    agreed = confirm(question)
    if not agreed:
        cancel_run(run=draft, membership=membership)
        print_text(f"Nothing was booked. Draft {draft.pk} is cancelled.")
    return agreed


def refuse_but_keep(draft: Run, refusal: Refused) -> Refused:
    """The refusal to start, with where the draft is kept for somebody who may."""
    kept = f"It is kept as draft {draft.pk}: makegood runs start {draft.pk} --as EMAIL."
    return Refused(refusal.code, f"{refusal.message} {kept}")


def say_how_to_start(draft: Run) -> None:
    """Says what can be done with a draft that was rehearsed only."""
    print_text(
        f"Start it with: makegood runs start {draft.pk} --as EMAIL. Give it up with: makegood runs cancel {draft.pk}."
    )


def show_known(run: Run, arguments: argparse.Namespace) -> int:
    """Follows a run that was started before with the same key, and says what became of it."""
    if run.state == State.CANCELLED:
        raise Refused("run_cancelled", f"Run {run.pk} was cancelled; use a new key to ask again.", "key")
    if not arguments.json:
        asked = f"{run.created_at:%Y-%m-%d %H:%M} UTC"
        print_text(f"This key was used on {asked} for the same request: run {run.pk}. Nothing is booked again.")
    return finish(run, arguments)


def finish(run: Run, arguments: argparse.Namespace) -> int:
    """Follows a run to its rest and says what became of it. Returns the exit status."""
    rested = follow(run, quiet=arguments.json)
    if arguments.json:
        print_json(describe_run(rested))
    else:
        print_run(rested)
    return exit_status(rested)
