"""How many charges may be submitted within sixty minutes. Pure: no database, no clock."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

HOUR = timedelta(hours=1)


class Room(NamedTuple):
    """What may still be submitted within the hour; amount in minor units; None where there is no limit.

    takes_any: whether the charge whose turn it is goes however large it is, by itself.
    """

    charges: int | None
    amount_minor: int | None
    takes_any: bool = False

    @property
    def is_full(self) -> bool:
        """Whether nothing more can be submitted now."""
        return self.charges == 0 or self.amount_minor == 0

    def takes(self, amount_minor: int) -> bool:
        """Whether a charge of so much can be submitted now."""
        if self.charges == 0:
            return False
        return self.amount_minor is None or amount_minor <= self.amount_minor or self.takes_any

    def without(self, amount_minor: int) -> "Room":
        """What is left beside one more of so much."""
        return Room(
            None if self.charges is None else self.charges - 1,
            None if self.amount_minor is None else max(self.amount_minor - amount_minor, 0),
        )


def room_beside(limit: Room, submitted: int, submitted_minor: int) -> Room:
    """What the limits leave beside what was submitted within the last sixty minutes; amounts in minor units.

    A charge that is larger than the whole limit has an hour of its own: it would wait for ever otherwise.
    """
    charges = None if limit.charges is None else max(limit.charges - submitted, 0)
    if limit.amount_minor is None:
        return Room(charges, None)
    return Room(charges, max(limit.amount_minor - submitted_minor, 0), takes_any=not submitted)


class Sent(NamedTuple):
    """A charge that was submitted; amount in minor units."""

    at: datetime
    amount_minor: int


class Ahead(NamedTuple):
    """How many charges wait before another one, and their sum in minor units."""

    charges: int
    amount_minor: int


def find_turn(limit: Room, sent: Sequence[Sent], ahead: Ahead, amount_minor: int, at: datetime) -> datetime | None:
    """When the limits let a waiting charge go, about; None if they do not keep it now.

    sent: what was submitted within the last sixty minutes, the earliest first. What waits before it goes first; nothing
    else is known to come between.
    """
    room = room_beside(limit, len(sent), sum(each.amount_minor for each in sent))
    turns = []
    if limit.charges and room.charges is not None:
        wanted = ahead.charges + 1 - room.charges
        turns += _when_free([each._replace(amount_minor=1) for each in sent], limit.charges, wanted, at)
    if limit.amount_minor and room.amount_minor is not None:
        wanted = ahead.amount_minor + min(amount_minor, limit.amount_minor) - room.amount_minor
        turns += _when_free(sent, limit.amount_minor, wanted, at)
    return max(turns, default=None)


def _when_free(sent: Sequence[Sent], limit: int, wanted: int, at: datetime) -> list[datetime]:
    """When so much more has become free; nothing if it is free now. What is let go becomes free an hour later again."""
    if wanted <= 0:
        return []
    hours, rest = divmod(wanted - 1, limit)
    free = 0
    for each in sent:
        free += each.amount_minor
        if free > rest:
            return [each.at + HOUR * (hours + 1)]
    return [at + HOUR * (hours + 1)]
