"""What becomes of a charge or a refund at the sandbox, and when. Pure: no database; the present moment is given."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from makegood.gateways.rules import DisputeState, EventAbout, MovementKind, Standing
from makegood.gateways.sandbox.outcomes import FEE_PER_MILLE, OUTCOME_OF, Outcome


@dataclass(frozen=True)
class Happening:
    """One thing that happens by itself.

    moves: what it moves of the balance, as a multiple of the amount: 1, -1 or 0. told: whether an event is sent of it.
    """

    at: datetime
    type: str
    about: EventAbout
    kind: MovementKind | None = None
    moves: int = 0
    told: bool = True


@dataclass(frozen=True)
class Course:
    """The life of a charge or a refund, from when on it is known, when it is decided, and how."""

    begins_at: datetime
    known_at: datetime
    settles_at: datetime
    failure: str
    happenings: tuple[Happening, ...]
    disputed_at: datetime | None = None
    decided_at: datetime | None = None

    def standing_at(self, moment: datetime) -> Standing:
        """Where it stands then."""
        if moment < self.settles_at:
            return Standing.PROCESSING
        return Standing.FAILED if self.failure else Standing.SUCCEEDED

    def next_event_at(self, told: int) -> datetime | None:
        """When the next event is due, once so many were sent."""
        coming = list(self.events())[told:]
        return coming[0].at if coming else None

    def events(self) -> Iterator[Happening]:
        """What an event is sent of, in order: all that happens after the first answer."""
        return (happening for happening in self.happenings if happening.told)


def course_of_charge(outcome_code: str, failure: str, created_at: datetime) -> Course:
    """The life of a charge. failure: with what it fails, once it is decided."""
    outcome = OUTCOME_OF[outcome_code]
    known_at = created_at + timedelta(days=outcome.found_after)
    settles_at = known_at + timedelta(days=outcome.settles_after)
    late = settles_at > created_at
    if failure:
        failed = Happening(settles_at, "charge.failed", EventAbout.CHARGE, told=late)
        return Course(created_at, known_at, settles_at, failure, (failed,))
    happenings = [Happening(settles_at, "charge.succeeded", EventAbout.CHARGE, MovementKind.CHARGE, 1, told=late)]
    if outcome.disputed_after is None:
        return Course(created_at, known_at, settles_at, "", tuple(happenings))
    disputed_at = settles_at + timedelta(days=outcome.disputed_after)
    decided_at = disputed_at + timedelta(days=outcome.decided_after)
    happenings += _dispute(outcome, disputed_at, decided_at)
    return Course(created_at, known_at, settles_at, "", tuple(happenings), disputed_at, decided_at)


def _dispute(outcome: Outcome, disputed_at: datetime, decided_at: datetime) -> list[Happening]:
    opened = Happening(disputed_at, "dispute.opened", EventAbout.DISPUTE, MovementKind.DISPUTE, -1)
    if outcome.decided == DisputeState.WON:
        return [opened, Happening(decided_at, "dispute.won", EventAbout.DISPUTE, MovementKind.DISPUTE, 1)]
    return [opened, Happening(decided_at, "dispute.lost", EventAbout.DISPUTE)] if outcome.decided_after else [opened]


def dispute_state_at(outcome_code: str, course: Course, moment: datetime) -> DisputeState | None:
    """Where the dispute of a charge stands then; None before there is one."""
    if course.disputed_at is None or moment < course.disputed_at:
        return None
    decided = OUTCOME_OF[outcome_code].decided
    is_decided = course.decided_at is not None and moment >= course.decided_at
    return decided if decided and is_decided else DisputeState.OPEN


def course_of_refund(outcome_code: str, failure: str, created_at: datetime) -> Course:
    """The life of a refund of a charge with that outcome. failure: with what it was refused at once."""
    outcome = OUTCOME_OF[outcome_code]
    settles_at = created_at + timedelta(days=outcome.refund_settles_after)
    late = settles_at > created_at
    if failure:
        failed = Happening(settles_at, "refund.failed", EventAbout.REFUND, told=late)
        return Course(created_at, created_at, settles_at, failure, (failed,))
    done = Happening(settles_at, "refund.succeeded", EventAbout.REFUND, MovementKind.REFUND, -1, told=late)
    if outcome.refund_bounces_after is None:
        return Course(created_at, created_at, settles_at, "", (done,))
    bounces_at = settles_at + timedelta(days=outcome.refund_bounces_after)
    bounced = Happening(bounces_at, "refund.failed", EventAbout.REFUND, MovementKind.REFUND, 1)
    return Course(created_at, created_at, settles_at, "", (done, bounced), disputed_at=bounces_at)


def fee_of(outcome_code: str, amount_minor: int) -> int:
    """What the sandbox keeps of a charge, in minor units, rounded down."""
    return amount_minor * FEE_PER_MILLE[OUTCOME_OF[outcome_code].kind] // 1000


def within(happenings: Iterable[Happening], since: datetime, until: datetime) -> Iterator[tuple[int, Happening]]:
    """What of it moves the balance from `since` on and before `until`, each with its place."""
    for place, happening in enumerate(happenings):
        if happening.moves and since <= happening.at < until:
            yield place, happening
