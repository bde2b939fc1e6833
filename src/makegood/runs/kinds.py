"""What a kind of run has to say: who may start it, how its list is frozen, and what it does to a chunk."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.runs.outcomes import Outcome

if TYPE_CHECKING:
    from makegood.runs.models import Run


@dataclass(frozen=True)
class Chunk:
    """Some customers of a run, for one transaction.

    The rows meant are those of the run with customers from `after` (exclusive) to `upto` (inclusive) whose outcome
    is `claim`: none in the first pass, *claimed* in the second. There are `rows` of them.
    """

    run_id: int
    provider_id: int
    after: int
    upto: int
    claim: str | None
    rows: int
    booked_on: date

    @property
    def is_dense(self) -> bool:
        """Whether the rows are a good part of all customers in the range, so that reading all of it is best."""
        return self.rows * 10 >= self.upto - self.after

    def parameters(self) -> dict[str, object]:
        """For statements that say ``run``, ``provider``, ``after``, ``upto`` and ``claim``."""
        return {
            "run": self.run_id,
            "provider": self.provider_id,
            "after": self.after,
            "upto": self.upto,
            "claim": self.claim,
        }


@dataclass(frozen=True)
class Tally:
    """How many rows and customers, and how much money in minor units."""

    rows: int = 0
    customers: int = 0
    amount_minor: int = 0


@dataclass(frozen=True)
class Booked:
    """What became of a chunk."""

    done: Tally
    skipped: Tally
    failed: Tally


class KindOfRun(Protocol):
    """The part of a run that `runs` does not know."""

    noun: str
    """What a person calls one, such as *credit run*."""

    done: Outcome
    """The outcome of its done rows, such as *credited*. It is never written to them."""

    def freeze(self, run: "Run", selected_sql: str) -> None:
        """Writes the run's rows, with skip reasons. Demands a transaction.

        selected_sql: a query without parameters that yields ``customer_id, order_id``.
        """

    def require_startable(self, run: "Run", membership: Membership) -> None:
        """Refused, with who could do it, if this person may not start this run now."""

    def book(self, run: "Run", chunk: Chunk) -> Booked:
        """Locks the customers of the chunk, ascending, checks them under the lock and books them, set by set.

        Demands a transaction. Rows of customers whom somebody else holds get the outcome *waiting again*.
        """


Discard = Callable[["Run"], None]
"""Gives up what a kind wrote besides the rows when it froze the list, because the draft is cancelled."""


@dataclass(frozen=True)
class Rest:
    """What becomes of the rest of a stopped or parked run that is given up.

    outcome: that of each row that waits. discard: gives up what the kind wrote besides those rows.
    """

    outcome: Outcome
    discard: Discard


@dataclass(frozen=True)
class _Registered:
    kind: KindOfRun
    right: Right
    discard: Discard | None
    rest: Rest | None


_kinds: dict[str, _Registered] = {}


def register(
    name: str,
    kind: KindOfRun,
    *,
    right: Right = Right.CREDIT_RUN,
    discard: Discard | None = None,
    rest: Rest | None = None,
) -> None:
    """Makes a kind of run known; called when the application starts.

    right: who may cancel or stop such a run of somebody else.
    discard: called in the transaction that cancels a draft, with the run's lock.
    rest: only where what waits of a run holds something up, so that giving it up is more than letting it rest.
    """
    _kinds[name] = _Registered(kind, right, discard, rest)


def get_kind(name: str) -> KindOfRun:
    """The kind of that name; KeyError if none was registered."""
    return _kinds[name].kind


def list_kinds() -> list[tuple[str, str]]:
    """The names of all kinds, each with what a person calls one, in the order in which they were registered."""
    return [(name, registered.kind.noun.capitalize()) for name, registered in _kinds.items()]


def right_to_give_up(name: str) -> Right:
    """The right that it takes to cancel or stop a run of that kind of somebody else, or to give up its rest."""
    return _kinds[name].right


def find_rest(name: str) -> Rest | None:
    """What becomes of the rest of such a run that is given up; None where nothing has to be given up."""
    return _kinds[name].rest


def discard_draft(run: "Run") -> None:
    """Lets the kind give up what it wrote with the run's rows. Demands a transaction that holds the run's lock."""
    if (discard := _kinds[run.kind].discard) is not None:
        discard(run)
