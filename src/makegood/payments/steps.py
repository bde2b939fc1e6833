"""Amounts that a processor does not take, as it moves a currency in larger steps than the currency has."""

from collections.abc import Iterable
from typing import Protocol

from makegood.credits.limits import money_of
from makegood.gateways.models import Gateway
from makegood.gateways.registry import find_smallest_step
from makegood.kit.refusal import Refused
from makegood.payments.models import Payment
from makegood.payments.rules import Way
from makegood.providers.models import Provider


def say_steps(provider: Provider, gateway: Gateway) -> str:
    """A sentence about the steps in which the gateway moves the provider's currency; empty if it takes every amount."""
    step = find_smallest_step(gateway.kind, provider.currency, provider.currency_digits)
    if step == 1:
        return ""
    return f"{gateway.get_kind_display()} moves {provider.currency} only in steps of {money_of(provider, step)}."


def find_refusal_to_charge(provider: Provider, gateway: Gateway, amount_minor: int) -> Refused | None:
    """Why the amount, in minor units, cannot be charged through the gateway; None if it can."""
    over = _beyond_steps(provider, gateway, amount_minor)
    if not over:
        return None
    return Refused(
        "amount_not_in_steps",
        f"{say_steps(provider, gateway)} {money_of(provider, amount_minor)} cannot be charged: credit "
        f"{money_of(provider, over)} of it first, or have it paid in another way.",
        "invoice",
    )


class Part(Protocol):
    """A part of a refund or a pay-out, in minor units."""

    @property
    def payment(self) -> Payment | None: ...

    @property
    def way(self) -> Way: ...

    @property
    def amount_minor(self) -> int: ...


def find_refusal_to_give_back(provider: Provider, parts: Iterable[Part]) -> Refused | None:
    """Why one of the parts cannot go back through its gateway as it is; None if all can."""
    for part in parts:
        gateway = part.payment.gateway if part.payment and part.way == Way.GATEWAY else None
        over = _beyond_steps(provider, gateway, part.amount_minor) if gateway else 0
        if gateway and over:
            return Refused(
                "amount_not_in_steps",
                f"{say_steps(provider, gateway)} {money_of(provider, part.amount_minor)} cannot go back to a payment "
                f"method: choose {money_of(provider, over)} less, and give the rest in another way.",
                "amount",
            )
    return None


def _beyond_steps(provider: Provider, gateway: Gateway, amount_minor: int) -> int:
    return amount_minor % find_smallest_step(gateway.kind, provider.currency, provider.currency_digits)
