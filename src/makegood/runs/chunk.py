"""One chunk of a run in one transaction: lock, check again, book, count."""

from dataclasses import dataclass
from datetime import date
from enum import Enum, auto

from makegood.kit.sql import count_changed, load_sql, run_sql
from makegood.kit.transactions import opens_transaction
from makegood.ledger.locks import hold_books
from makegood.runs.kinds import Booked, Chunk, Tally, get_kind
from makegood.runs.lease import Lease, end_of_lease
from makegood.runs.models import Run
from makegood.runs.outcomes import ACCOUNT_IN_USE, CLAIMED, REFUSED_BY_DATABASE, WAITING_AGAIN, Outcome
from makegood.runs.rules import State
from makegood.runs.services.end_run import finish, stop
from makegood.runs.settle import settle_chunk

LAST_CUSTOMER = 2**62
"""Beyond every customer."""


class Pass(Enum):
    """The first pass goes over all customers and leaves those that are in use to the second."""

    FIRST = auto()
    SECOND = auto()


class Step(Enum):
    """How a step ended."""

    BOOKED = auto()
    PASS_OVER = auto()
    ENDED = auto()


@dataclass
class Position:
    """Where a worker is in a run; only the first pass's cursor is also stored, with the chunk."""

    the_pass: Pass = Pass.FIRST
    after: int = 0


def carry_out_chunk(lease: Lease, position: Position, rows: int, *, refuse: bool = False) -> Step:
    """Books the next customers, about `rows` rows, and moves the position. Opens a transaction.

    refuse: instead of booking, fails the customers with *refused by database*.
    Returns how the step ended. Raises LeaseLost, or the database's error, with nothing written.
    """
    with opens_transaction():
        booked_on = hold_books(lease.provider())
        run = lease.lock_run()
        if run.state == State.STOPPING:
            stop(run)
            return Step.ENDED
        chunk = _next_chunk(run, position, rows, booked_on)
        if chunk is None:
            return Step.PASS_OVER
        if refuse:
            booked = _failed(chunk, REFUSED_BY_DATABASE)
        elif chunk.rows:
            booked = get_kind(run.kind).book(run, chunk)
        else:
            booked = Booked(Tally(), Tally(), Tally())
        if position.the_pass is Pass.SECOND:
            count_changed(load_sql(__package__, "settle_claimed"), chunk.parameters())
        else:
            run.cursor_customer_id = chunk.upto
        _count(run, booked)
        if not run.rows_waiting:
            finish(run)
            return Step.ENDED
    position.after = chunk.upto
    return Step.BOOKED


def finish_if_done(lease: Lease) -> bool:
    """Finishes the run if nothing waits any more, and says whether it did. Opens a transaction."""
    with opens_transaction():
        run = lease.lock_run()
        if run.rows_waiting:
            return False
        finish(run)
    return True


def give_up_on_those_in_use(lease: Lease) -> None:
    """Fails whatever still waits for the second pass, unless the run is asked to stop. Opens a transaction."""
    with opens_transaction():
        booked_on = hold_books(lease.provider())
        run = lease.lock_run()
        if run.state == State.STOPPING:
            return
        everybody = Chunk(
            run_id=run.pk,
            provider_id=run.provider_id,
            after=0,
            upto=LAST_CUSTOMER,
            claim=WAITING_AGAIN.code,
            rows=run.rows_waiting,
            booked_on=booked_on,
        )
        _count(run, _failed(everybody, ACCOUNT_IN_USE))


def _next_chunk(run: Run, position: Position, rows: int, booked_on: date) -> Chunk | None:
    first = position.the_pass is Pass.FIRST
    after = run.cursor_customer_id if first else position.after
    statement = load_sql(__package__, "next_chunk" if first else "next_waiting_again")
    ahead = run_sql(statement, {"run": run.pk, "after": after, "rows": rows})[0]
    if ahead["upto"] is None:
        return None
    chunk = Chunk(
        run_id=run.pk,
        provider_id=run.provider_id,
        after=after,
        upto=ahead["upto"],
        claim=None if first else CLAIMED,
        rows=ahead["waiting"],
        booked_on=booked_on,
    )
    if not first:
        count_changed(load_sql(__package__, "claim_waiting_again"), chunk.parameters())
    return chunk


def _failed(chunk: Chunk, outcome: Outcome) -> Booked:
    return Booked(Tally(), Tally(), settle_chunk(chunk, outcome))


def _count(run: Run, booked: Booked) -> None:
    run.rows_done += booked.done.rows
    run.customers_done += booked.done.customers
    run.booked_minor += booked.done.amount_minor
    run.rows_skipped += booked.skipped.rows
    run.customers_skipped += booked.skipped.customers
    run.rows_failed += booked.failed.rows
    run.customers_failed += booked.failed.customers
    run.lease_until = end_of_lease()
    run.save(
        update_fields=[
            "rows_done", "customers_done", "booked_minor", "rows_skipped", "customers_skipped", "rows_failed",
            "customers_failed", "lease_until", "cursor_customer_id",
        ]
    )  # fmt: skip
