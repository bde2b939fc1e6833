"""Stopping and resuming a run that is being worked."""

import contextlib
import random
import time
from collections.abc import Callable
from functools import partial

import pytest

from makegood.credits.credit_run_kind import CreditRunKind
from makegood.kit.refusal import Refused
from makegood.providers.models import Membership
from makegood.runs.carry_out import carry_out
from makegood.runs.models import Run
from makegood.runs.rules import State
from makegood.runs.services.start_run import resume_run, stop_run
from tests.support import records
from tests.support.together import Gate, at_once, held, in_background


@pytest.fixture
def run(manager: Membership) -> Run:
    """A queued run over a thousand customers."""
    records.add_customers(manager.provider, 1000)
    return records.start(records.draft_credit(manager), manager)


def test_stopped_while_a_chunk_is_in_hand(
    run: Run, manager: Membership, monkeypatch: pytest.MonkeyPatch, assert_verified: Callable[[], None]
) -> None:
    gate = Gate()
    monkeypatch.setattr(CreditRunKind, "book", gate.after(CreditRunKind.book))
    stop = partial(stop_run, run=run, membership=manager)
    with in_background(partial(carry_out, run.pk)), held(gate), in_background(stop) as stopping:
        with pytest.raises(TimeoutError):
            stopping.result(0.3)
        gate.open()
        assert stopping.result(60).state == State.STOPPING
    stopped = records.reload(run)
    assert (stopped.state, stopped.lease_token) == (State.STOPPED, None)
    # Whoever waits for the run may be overtaken by its next chunk.
    assert stopped.rows_done in range(50, 1000, 50)
    assert_verified()
    assert carry_out(run.pk) is False, "a stopped run rests"
    done = records.finish(resume_run(run=run, membership=manager))
    assert (done.state, done.rows_done) == (State.FINISHED, 1000)
    assert set(records.funds_of_all(manager.provider).values()) == {1000}
    assert_verified()


def test_stopped_while_nobody_works_it(run: Run, manager: Membership, assert_verified: Callable[[], None]) -> None:
    assert stop_run(run=run, membership=manager).state == State.STOPPED
    assert carry_out(run.pk) is False
    assert records.reload(run).rows_done == 0
    assert_verified()


def test_stopped_and_resumed_and_worked_by_everybody_all_the_time(
    run: Run, manager: Membership, assert_verified: Callable[[], None]
) -> None:
    over = time.monotonic() + 3

    def meddle(service: Callable[..., Run], seed: int) -> None:
        pauses = random.Random(seed)
        while time.monotonic() < over:
            time.sleep(pauses.uniform(0, 0.05))
            with contextlib.suppress(Refused):
                service(run=run, membership=manager)

    def work() -> None:
        while time.monotonic() < over:
            carry_out(run.pk)

    at_once(partial(meddle, stop_run, 1), partial(meddle, resume_run, 2), work, work)
    assert_verified()
    if records.reload(run).state == State.STOPPED:
        resume_run(run=run, membership=manager)
    done = records.finish(run)
    assert (done.state, done.rows_done, done.rows_failed) == (State.FINISHED, 1000, 0)
    assert set(records.funds_of_all(manager.provider).values()) == {1000}
    assert_verified()
