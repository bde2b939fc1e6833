"""Working a run to its rest: stopped, resumed, let go, parked; and who is told."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import Count
from pytest_django import Settings

from makegood.credits import credit_run_kind
from makegood.credits.models import Credit
from makegood.kit.clock import frozen_clock, now
from makegood.providers.models import Membership
from makegood.runs.carry_out import carry_out, growing_pauses
from makegood.runs.lease import LeaseLost, take_lease
from makegood.runs.models import Run
from makegood.runs.selectors import has_live_lease, list_runs_without_worker
from makegood.runs.services import create_run
from makegood.runs.services.start_run import resume_run, stop_run
from makegood.runs.tasks import wake_runs_without_worker
from tests.support import records
from tests.support.answers import Verified
from tests.support.ownership import break_booking, mend_booking

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


def queued(membership: Membership) -> Run:
    return records.start(records.draft_credit(membership), membership)


def once(act: Callable[[], object]) -> Callable[[], None]:
    """Does it after the first chunk only."""
    done: list[object] = []

    def after_step() -> None:
        if not done:
            done.append(act())

    return after_step


def assert_each_has_one_credit(run: Run) -> None:
    counted = Credit.objects.filter(run_row__run=run).values("customer").annotate(credits=Count("id"))
    assert [row["credits"] for row in counted] == [1] * run.rows_done


def test_a_run_is_worked_chunk_by_chunk(clerk: Membership, assert_verified: Verified) -> None:
    run = queued(clerk)
    seen: list[int] = []
    records.finish(run, after_step=lambda: seen.append(records.reload(run).rows_done))
    assert seen[:5] == [2, 4, 6, 8, 10]
    assert_verified()


def test_a_run_that_nobody_has_taken_is_stopped_at_once(clerk: Membership, assert_verified: Verified) -> None:
    run = stop_run(run=queued(clerk), membership=clerk)
    assert (run.state, run.rows_waiting) == ("stopped", 10)
    assert carry_out(run.pk) is False
    assert records.audit_of(run) == ["run.started", "run.stopped"]
    assert_verified()


def test_a_run_stops_after_the_chunk_in_hand_and_goes_on_where_it_was(
    clerk: Membership, assert_verified: Verified
) -> None:
    run = queued(clerk)
    stopped = records.finish(run, after_step=once(lambda: stop_run(run=run, membership=clerk)))
    assert (stopped.state, stopped.rows_done, stopped.rows_waiting) == ("stopped", 2, 8)
    assert list(records.outcomes(stopped).values()) == ["credited"] * 2 + ["waiting"] * 8
    assert records.messages(clerk)[-1].title == f"Credit run {run.pk} stopped"
    assert records.messages(clerk)[-1].body == "8 are still waiting. Resume the run to go on."
    assert_verified()

    finished = records.finish(resume_run(run=stopped, membership=clerk))
    assert (finished.state, finished.rows_done, finished.booked_minor) == ("finished", 10, 10_000)
    assert_each_has_one_credit(finished)
    assert records.audit_of(run) == ["run.started", "run.stop_asked", "run.stopped", "run.resumed", "run.finished"]
    assert_verified()


def test_asking_twice_to_stop_is_asking_once(clerk: Membership, assert_verified: Verified) -> None:
    run = queued(clerk)

    def stop_twice() -> None:
        stop_run(run=run, membership=clerk)
        assert stop_run(run=run, membership=clerk).state == "stopping"

    assert records.finish(run, after_step=once(stop_twice)).state == "stopped"
    assert records.audit_of(run).count("run.stop_asked") == 1
    assert_verified()


def test_a_worker_that_is_asked_to_end_leaves_the_rest_to_the_next(
    clerk: Membership, assert_verified: Verified
) -> None:
    run = queued(clerk)
    assert carry_out(run.pk, should_let_go=lambda: True) is True
    left = records.reload(run)
    assert (left.state, left.rows_done, left.lease_token) == ("running", 2, None)
    assert list(list_runs_without_worker()) == [left]
    assert_verified()
    assert records.finish(run).rows_done == 10
    assert_each_has_one_credit(records.reload(run))
    assert_verified()


def test_stopping_a_run_that_was_let_go_takes_effect_at_once(clerk: Membership, assert_verified: Verified) -> None:
    run = queued(clerk)
    carry_out(run.pk, should_let_go=lambda: True)
    assert stop_run(run=run, membership=clerk).state == "stopped"
    assert_verified()


def test_only_who_holds_the_lease_works_a_run(clerk: Membership, assert_verified: Verified) -> None:
    run = queued(clerk)
    first = take_lease(run.pk)
    assert first is not None
    assert has_live_lease(records.reload(run))
    assert take_lease(run.pk) is None
    assert carry_out(run.pk) is False
    with frozen_clock(now() + timedelta(minutes=5)):
        second = take_lease(run.pk)
        assert second is not None
        assert second.lock_run() == run
        with pytest.raises(LeaseLost):
            first.lock_run()
        with pytest.raises(LeaseLost):
            first.renew()
        first.give_back()
        assert has_live_lease(records.reload(run)), "nobody gives back what is not his any more"
    assert_verified()


def test_whose_lease_was_taken_over_books_nothing_more(clerk: Membership, assert_verified: Verified) -> None:
    run = queued(clerk)

    def lose_it() -> None:
        with frozen_clock(now() + timedelta(minutes=5)):
            assert take_lease(run.pk) is not None

    left = records.finish(run, after_step=once(lose_it))
    assert (left.state, left.rows_done) == ("running", 2)
    assert_verified()


def test_a_run_that_rests_is_not_taken(clerk: Membership) -> None:
    assert take_lease(records.draft_credit(clerk).pk) is None
    assert take_lease(records.credit(clerk).pk) is None
    assert take_lease(0) is None


@pytest.mark.parametrize("sqlstate", ["40001", "55P03", "53100"])
def test_a_run_is_parked_when_the_database_keeps_failing_and_resumed_when_it_is_well(
    sqlstate: str, clerk: Membership, assert_verified: Verified, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    settings.MAKEGOOD_PATIENCE_SECONDS = 5
    manager = records.add_person(clerk.provider, "manager")
    run = queued(clerk)
    break_booking([row.customer for row in run.rows.select_related("customer")[4:5]], sqlstate)

    parked = records.finish(run)
    assert parked.state == "parked"
    assert parked.parked_because == "The database answered: broken by a test."
    assert parked.rows_done < 10
    assert pauses == list(growing_pauses(5))
    for person in (clerk, manager):
        [message] = records.messages(person)
        assert (message.level, message.title) == ("error", f"Credit run {run.pk} is parked")
        assert "The database answered: broken by a test." in message.body
        assert "Resume the run to go on." in message.body
    assert_verified()

    mend_booking()
    finished = records.finish(resume_run(run=parked, membership=clerk))
    assert (finished.state, finished.rows_done, finished.parked_because) == ("finished", 10, "")
    assert_each_has_one_credit(finished)
    assert records.audit_of(run) == ["run.started", "run.parked", "run.resumed", "run.finished"]
    assert_verified()


def test_a_failure_that_passes_is_waited_out(
    clerk: Membership, assert_verified: Verified, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = queued(clerk)
    break_booking([row.customer for row in run.rows.select_related("customer")], "40P01")
    monkeypatch.setattr(time, "sleep", lambda seconds: mend_booking())
    assert records.finish(run).rows_done == 10
    assert_verified()


def test_an_error_that_no_waiting_helps_parks_at_once(
    clerk: Membership, assert_verified: Verified, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: pytest.fail("there is nothing to wait for"))
    run = queued(clerk)
    break_booking([row.customer for row in run.rows.select_related("customer")], "42501")
    assert records.finish(run).state == "parked"
    assert_verified()


def test_pauses_grow_and_end() -> None:
    pauses = list(growing_pauses(60))
    assert pauses[:7] == [0.25, 0.5, 1, 2, 4, 8, 15]
    assert max(pauses) == 15
    assert 60 <= sum(pauses) < 75


def test_a_manager_resumes_what_a_clerk_who_left_has_started(clerk: Membership, assert_verified: Verified) -> None:
    manager = records.add_person(clerk.provider, "manager")
    run = stop_run(run=queued(clerk), membership=clerk)
    clerk.active = False
    clerk.save()
    run = records.finish(resume_run(run=run, membership=manager))
    assert (run.rows_done, run.rows_skipped) == (10, 0)
    assert set(Credit.objects.values_list("created_by", flat=True)) == {manager.staff_id}
    assert_verified()


def test_starting_twice_queues_once(clerk: Membership, assert_verified: Verified) -> None:
    run = queued(clerk)
    assert records.start(run, clerk).state == "queued"
    assert records.count_jobs(run) == 1
    assert records.finish(run).rows_done == 10
    assert records.start(run, clerk).state == "finished"
    assert records.audit_of(run) == ["run.started", "run.finished"]
    assert_verified()


def test_runs_without_a_worker_are_woken_and_no_others(
    clerk: Membership, assert_verified: Verified, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting, resting = queued(clerk), records.credit(clerk)
    draft, worked = records.draft_credit(clerk), queued(clerk)
    take_lease(worked.pk)
    monkeypatch.setattr(create_run, "LARGEST_LIST_FROZEN_AT_ONCE", 9)
    preparing = records.draft_credit(clerk)
    everybody = (waiting, preparing, resting, draft, worked)
    before = [records.count_jobs(run) for run in everybody]
    wake_runs_without_worker(timestamp=0)
    added = [records.count_jobs(run) - jobs for run, jobs in zip(everybody, before, strict=True)]
    assert added == [1, 1, 0, 0, 0]
    with frozen_clock(now() + timedelta(minutes=5)):
        assert worked in list_runs_without_worker()
    assert_verified()


def test_an_error_in_the_program_parks_the_run_and_books_nothing_of_the_chunk(
    clerk: Membership, monkeypatch: pytest.MonkeyPatch, assert_verified: Verified
) -> None:
    run = queued(clerk)

    def fail(*arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(credit_run_kind, "_book_credits", fail)
    with pytest.raises(ZeroDivisionError):
        carry_out(run.pk)
    parked = records.reload(run)
    assert (parked.state, parked.rows_waiting) == ("parked", 10)
    assert "ZeroDivisionError" in parked.parked_because
    monkeypatch.undo()
    assert records.finish(resume_run(run=parked, membership=clerk)).rows_done == 10
    assert_verified()
