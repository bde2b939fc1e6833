"""Who handles what processors send: each domain that charges through gateways registers for what it knows of."""

from collections.abc import Callable
from dataclasses import dataclass

from makegood.gateways.interface import GatewayClient
from makegood.gateways.models import Gateway, GatewayEvent
from makegood.gateways.rules import EventAbout


@dataclass(frozen=True)
class Done:
    """What was done about an event, in words. ignored: nothing, as it concerns nothing here."""

    words: str
    ignored: bool = False


class NotYet(Exception):
    """The event cannot be handled as long as something else is under way; it says what. It is tried again, for long."""


Handler = Callable[[GatewayEvent, GatewayClient], Done]
"""Asks the processor how the object stands now and books the difference to what is known, so that an event can be
handled any number of times, in any order. Called outside any transaction; may raise `NotYet` and `GatewayError`."""

TellFailed = Callable[[GatewayEvent], None]
"""Told, in the transaction that gives an event up, that a person has to look at it."""

Compare = Callable[[Gateway], object]
"""Compares what moved a processor's balance with what is known here. Called outside any transaction."""

_handlers: dict[str, Handler] = {}
_told: list[TellFailed] = []
_compare: list[Compare] = []


def register_handler(about: EventAbout, handler: Handler) -> None:
    """The handler of all events about this; called when the application starts."""
    _handlers[about] = handler


def find_handler(about: str) -> Handler | None:
    """The handler of events about this; None where nobody wants to know of them."""
    return _handlers.get(about)


def register_failure(tell: TellFailed) -> None:
    """Adds who is told of events that could not be handled; called when the application starts."""
    if tell not in _told:
        _told.append(tell)


def tell_of_failure(event: GatewayEvent) -> None:
    """Tells all who want to know. Demands the transaction that gives the event up."""
    for tell in _told:
        tell(event)


def register_compare(compare: Compare) -> None:
    """Adds what is done each time a processor's balance was fetched; called when the application starts."""
    if compare not in _compare:
        _compare.append(compare)


def compare_balance(gateway: Gateway) -> None:
    """Has all compare what was fetched. No transaction of its own."""
    for compare in _compare:
        compare(gateway)
