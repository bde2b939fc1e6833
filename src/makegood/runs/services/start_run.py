"""Starting, cancelling, stopping and resuming a run, giving up its rest, and retrying what failed.

A membership of None is the provider's day, which does so with its own runs.
"""

from django.db import transaction
from django.db.models import Count

from makegood.audit.services import record
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.kit.sql import count_changed, load_sql, run_sql
from makegood.kit.transactions import demand_transaction
from makegood.providers.models import Membership
from makegood.providers.selectors import require_right
from makegood.runs.kinds import discard_draft, find_rest, get_kind, right_to_give_up
from makegood.runs.models import Run, RunRow
from makegood.runs.outcomes import WAITING_AGAIN, Category, list_outcomes
from makegood.runs.rules import AT_WORK, State
from makegood.runs.selectors import find_recent_run_like, has_live_lease
from makegood.runs.services.end_run import finish, stop
from makegood.runs.services.enqueue import enqueue


def start_run(*, run: Run, membership: Membership | None, only_once: bool = False) -> Run:
    """Queues a draft; a run that was started before is returned as it is. Opens a transaction.

    only_once: also refused if the same request was started within seven days; of several such starts at the same moment
    one wins. Refused for a draft that was cancelled or is still being prepared, and where the kind of run refuses.
    """
    with transaction.atomic():
        run = _lock_run(run, membership)
        if only_once and run.state == State.DRAFT:
            _require_only_once(run)
        if run.state in (State.PREPARING, State.CANCELLED):
            raise Refused("run_not_startable", f"Run {run.pk} is {run.state} and cannot be started.", "run")
        if run.state == State.DRAFT:
            _require_startable(run, membership)
            _queue(run, membership, "run.started")
    return run


def _require_only_once(run: Run) -> None:
    run_sql("SELECT pg_advisory_xact_lock(hashtextextended(%(request)s, 0))", {"request": run.request_hash})
    earlier = find_recent_run_like(run)
    if earlier is not None:
        raise Refused(
            "same_request",
            f"Run {earlier.pk} made the same request within the last 7 days. Nothing was booked. "
            "If this is meant once more, give it a --key of its own, or confirm it without --yes.",
            "yes",
        )


def cancel_run(*, run: Run, membership: Membership | None) -> Run:
    """Gives up a draft; nothing of it is ever booked. Opens a transaction.

    Refused for a run that was started, and for who neither asked for it nor may run its kind.
    """
    with transaction.atomic():
        run = _lock_run(run, membership)
        _require_may_give_up(run, membership, "cancel")
        if run.state not in (State.DRAFT, State.PREPARING, State.CANCELLED):
            rests = run.state in (State.STOPPED, State.PARKED) and find_rest(run.kind) is not None
            instead = "give up the rest" if rests else "stop it"
            what = f"Run {run.pk} was started and cannot be cancelled; {instead} instead."
            raise Refused("run_started", what, "run")
        if run.state != State.CANCELLED:
            run.state = State.CANCELLED
            run.save(update_fields=["state"])
            discard_draft(run)
            _record(run, membership, "run.cancelled")
    return run


def stop_run(*, run: Run, membership: Membership | None) -> Run:
    """Asks a run to stop after the chunk in hand; at once if nobody works it. Opens a transaction.

    Refused for a run that is not under way, and for who neither asked for it nor may run its kind.
    """
    with transaction.atomic():
        run = _lock_run(run, membership)
        _require_may_give_up(run, membership, "stop")
        if run.state not in (State.QUEUED, State.RUNNING, State.STOPPING):
            raise Refused("run_not_under_way", f"Run {run.pk} is {run.state}; there is nothing to stop.", "run")
        if run.state == State.RUNNING:
            run.state = State.STOPPING
            run.save(update_fields=["state"])
            _record(run, membership, "run.stop_asked")
        if run.lease_until is None or run.lease_until < now():
            stop(run)
    return run


def resume_run(*, run: Run, membership: Membership | None) -> Run:
    """Queues a stopped or parked run again; what is done stays done. Opens a transaction. Refused for others.

    A run that is under way and that nobody works is returned as it is, for whoever asks to work it.
    """
    with transaction.atomic():
        run = _lock_run(run, membership)
        if run.state in AT_WORK and not has_live_lease(run):
            return run
        if run.state not in (State.STOPPED, State.PARKED):
            raise Refused("run_not_resumable", f"Run {run.pk} is {run.state}; only a stopped or parked run resumes.")
        _require_startable(run, membership)
        _queue(run, membership, "run.resumed")
    return run


def give_up_rest(*, run: Run, membership: Membership | None) -> Run:
    """Finishes a stopped or parked run without what waits of it; what is done stays done. Opens a transaction.

    A run that has finished is returned as it is. Refused for another state, for a kind of run whose rest holds nothing
    up, and for who neither asked for it nor may run its kind.
    """
    with transaction.atomic():
        run = _lock_run(run, membership)
        _require_may_give_up(run, membership, "give up the rest of")
        rest = find_rest(run.kind)
        if rest is None:
            what = f"What waits of {get_kind(run.kind).noun} {run.pk} holds nothing up; leave it as it is."
            raise Refused("nothing_to_give_up", what, "run")
        if run.state == State.FINISHED:
            return run
        if run.state not in (State.STOPPED, State.PARKED):
            what = f"Run {run.pk} is {run.state}; only of a stopped or parked run the rest is given up."
            raise Refused("run_not_at_rest", what, "run")
        settled = {"run": run.pk, "cursor": run.cursor_customer_id, "outcome": rest.outcome.code}
        if count_changed(load_sql(__package__, "settle_rest"), settled) != run.rows_waiting:
            raise RuntimeError(f"Of run {run.pk} something else waits than its figures say.")
        rest.discard(run)
        _record(run, membership, "run.given_up")
        run.rows_skipped += run.rows_waiting
        run.customers_skipped += run.customers_waiting
        run.parked_because = ""
        run.save(update_fields=["rows_skipped", "customers_skipped"])
        finish(run)
    return run


def retry_failed(*, run: Run, membership: Membership | None) -> Run:
    """Queues a finished run again for the rows that failed; never touches the others. Opens a transaction.

    Refused for a run that is not finished, and for one without failures.
    """
    with transaction.atomic():
        run = _lock_run(run, membership)
        if run.state != State.FINISHED:
            raise Refused("run_not_finished", f"Run {run.pk} is {run.state}; only a finished run is retried.", "run")
        if not run.rows_failed:
            raise Refused("nothing_failed", f"Nothing failed in run {run.pk}, so there is nothing to retry.", "run")
        _require_startable(run, membership)
        failed = [outcome.code for outcome in list_outcomes() if outcome.category is Category.FAILED]
        rows = RunRow.objects.filter(run=run, outcome__in=failed)
        counted = rows.aggregate(rows=Count("id"), customers=Count("customer_id", distinct=True))
        rows.update(outcome=WAITING_AGAIN.code)
        run.rows_failed -= counted["rows"]
        run.customers_failed -= counted["customers"]
        _queue(run, membership, "run.retried")
    return run


def _require_startable(run: Run, membership: Membership | None) -> None:
    """Refused where the kind of run refuses the person; the provider's day is asked when it books."""
    if membership is not None:
        get_kind(run.kind).require_startable(run, membership)


def _lock_run(run: Run, membership: Membership | None) -> Run:
    """The run as it is now, locked until the transaction ends. Refused for another provider's run."""
    demand_transaction()
    locked = Run.objects.select_for_update(no_key=True, of=("self",)).select_related("provider", "created_by")
    provider_id = membership.provider_id if membership else run.provider_id
    found = locked.filter(pk=run.pk, provider_id=provider_id).first()
    if found is None:
        raise Refused("run_unknown", f"There is no run {run.pk}.", "run")
    return found


def _require_may_give_up(run: Run, membership: Membership | None, what: str) -> None:
    """Who asked for a run or started it may give it up, and who may run its kind. Refused for others."""
    if membership is not None and membership.staff_id not in (run.created_by_id, run.started_by_id):
        require_right(membership, right_to_give_up(run.kind), f"{what} a run of somebody else")


def _queue(run: Run, membership: Membership | None, action: str) -> None:
    run.state = State.QUEUED
    run.started_by_id = _staff_id(membership)
    run.queued_at = run.queued_at or now()
    run.finished_at = None
    run.parked_because = ""
    run.save()
    enqueue(run)
    _record(run, membership, action)


def _staff_id(membership: Membership | None) -> int | None:
    return membership.staff_id if membership else None


def _record(run: Run, membership: Membership | None, action: str) -> None:
    record(
        provider_id=run.provider_id,
        staff_id=_staff_id(membership),
        action=action,
        subject_type="run",
        subject_id=run.pk,
        detail={"kind": run.kind, "rows": run.rows_selected, "total_minor": run.total_minor},
    )
