"""What follows from the issue of invoices in the same transaction, above invoices: who makes it happen registers it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from makegood.providers.models import Provider


@dataclass(frozen=True)
class Issued:
    """Invoices that were just issued, in the transaction that issued them.

    They are those of the run's rows with customers from `after` (exclusive) to `upto` (inclusive) that carry
    `issued_at`. effective_on: the day that they concern, if that is another than booked_on.
    """

    provider: Provider
    run_id: int
    after: int
    upto: int
    issued_at: datetime
    booked_on: date
    effective_on: date | None
    created_by_id: int | None


_effects: list[Callable[[Issued], None]] = []


def register_effect(effect: Callable[[Issued], None]) -> None:
    """Adds something that follows from an issue; called when the application starts."""
    if effect not in _effects:
        _effects.append(effect)


def carry_out_effects(issued: Issued) -> None:
    """Lets everything happen that follows. Demands the transaction of the issue, with the customers locked."""
    for effect in _effects:
        effect(issued)
