"""Carrying out a run to its end, whatever happens on the way."""

import contextlib
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from makegood.kit.database_errors import Remedy, remedy_for, sqlstate_of
from makegood.kit.transactions import opens_transaction
from makegood.runs.chunk import (
    Pass,
    Position,
    Step,
    carry_out_chunk,
    finish_if_done,
    give_up_on_those_in_use,
)
from makegood.runs.lease import Lease, LeaseLost, take_lease
from makegood.runs.services.end_run import park

log = logging.getLogger(__name__)

PAUSE_BETWEEN_LOOKS_AT_LOCKED = 0.25
LONGEST_PAUSE = 15.0


def carry_out(
    run_id: int, *, after_step: Callable[[], None] | None = None, should_let_go: Callable[[], bool] | None = None
) -> bool:
    """Works a run until it rests. Opens a transaction for each chunk.

    Returns False if there was nothing to take: the run rests already, or somebody else works it.
    after_step: called between chunks, to show progress. should_let_go: asked between chunks; True leaves the rest to
    whoever takes the run next.
    """
    lease = take_lease(run_id)
    if lease is None:
        return False
    worker = _Worker(lease, after_step or (lambda: None), should_let_go or (lambda: False))
    try:
        worker.work()
    except LeaseLost:
        log.info("Run %s is worked by somebody else now.", run_id)
    return True


def growing_pauses(total_seconds: float) -> Iterator[float]:
    """Pauses that double from a quarter of a second up to fifteen, until they add up to the total."""
    pause, spent = 0.25, 0.0
    while spent < total_seconds:
        yield pause
        spent += pause
        pause = min(pause * 2, LONGEST_PAUSE)


@dataclass
class _Worker:
    lease: Lease
    after_step: Callable[[], None]
    should_let_go: Callable[[], bool]
    position: Position = field(default_factory=Position)
    rows: int = field(default_factory=lambda: int(settings.MAKEGOOD_CHUNK_ROWS))
    refuse: bool = False
    give_up_at: float = 0.0
    pauses: Iterator[float] = field(default_factory=lambda: iter(()))

    def work(self) -> None:
        self.pauses = self._fresh_pauses()
        while True:
            try:
                ended = self._step()
            except (DatabaseError, InterfaceError) as error:
                ended = self._after_error(error)
            except LeaseLost:
                raise
            except (KeyboardInterrupt, SystemExit):
                self._let_go()
                raise
            except Exception as error:
                # What went wrong first is what is raised, even if the database is not there to note it.
                with contextlib.suppress(DatabaseError, InterfaceError, LeaseLost):
                    self._park(f"An error in the program stopped the run ({type(error).__name__}); its log says more.")
                raise
            self.after_step()
            if ended:
                return
            if self.should_let_go():
                self._let_go()
                return

    def _let_go(self) -> None:
        # With the database away the lease runs out by itself.
        with contextlib.suppress(DatabaseError, InterfaceError):
            self.lease.give_back()

    def _step(self) -> bool:
        """One chunk, or the change from one pass to the next. True when the run rests."""
        step = carry_out_chunk(self.lease, self.position, self.rows, refuse=self.refuse)
        if step is Step.BOOKED:
            self.pauses = self._fresh_pauses()
            self.refuse = False
            self.rows = min(self.rows * 2, int(settings.MAKEGOOD_CHUNK_ROWS))
        return step is Step.ENDED or (step is Step.PASS_OVER and self._end_of_pass())

    def _end_of_pass(self) -> bool:
        if finish_if_done(self.lease):
            return True
        if self.position.the_pass is Pass.FIRST:
            self.give_up_at = time.monotonic() + settings.MAKEGOOD_LOCK_WAIT_SECONDS
        elif time.monotonic() >= self.give_up_at:
            give_up_on_those_in_use(self.lease)
        else:
            time.sleep(PAUSE_BETWEEN_LOOKS_AT_LOCKED)
            self.lease.renew()
        self.position = Position(Pass.SECOND)
        return False

    def _after_error(self, error: DatabaseError | InterfaceError) -> bool:
        remedy = remedy_for(error)
        log.warning("Run %s: %s (SQLSTATE %s)", self.lease.run_id, error, sqlstate_of(error))
        if remedy is Remedy.FIX_DATA and not self.refuse:
            self.refuse = self.rows == 1
            self.rows = max(1, self.rows // 2)
            return False
        if remedy is Remedy.TRY_AGAIN and (pause := next(self.pauses, None)) is not None:
            # Whether a refusal was committed is unknown now; the next customer must not pay for it.
            self.refuse = False
            time.sleep(pause)
            if not connection.in_atomic_block and not connection.is_usable():
                connection.close()
            return False
        answer = (str(error).strip().splitlines() or [type(error).__name__])[0]
        self._park(f"The database answered: {answer}.")
        return True

    def _park(self, because: str) -> None:
        with opens_transaction():
            park(self.lease.lock_run(), because)

    def _fresh_pauses(self) -> Iterator[float]:
        return growing_pauses(settings.MAKEGOOD_PATIENCE_SECONDS)
