"""What stands against closing a month: each domain that has work registers a function that names what is unfinished."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from makegood.providers.models import Provider


@dataclass(frozen=True)
class Pending:
    """Work of a month that is not done.

    sentence: what it is and what to do about it. subject_type, subject_id: the record, as causes are named.
    can_stay: nothing of it happens until a person asks for it, so whoever says so can close the month over it; what
    becomes of it later is booked then.
    """

    sentence: str
    subject_type: str = ""
    subject_id: int | None = None
    can_stay: bool = False


FindPending = Callable[[Provider, date], list[Pending]]
"""From the provider and a month's first day to the unfinished work of that month and of those before it."""

_finders: list[FindPending] = []


def register_pending(find: FindPending) -> None:
    """Adds a function that finds unfinished work; called when the application starts."""
    if find not in _finders:
        _finders.append(find)


def list_pending(provider: Provider, month: date) -> list[Pending]:
    """All unfinished work of the month and of those before it, in the order of registration."""
    return [pending for find in _finders for pending in find(provider, month)]
