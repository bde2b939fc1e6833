"""The ways in which a run comes to rest, and who is told."""

from makegood.audit.services import record
from makegood.kit.clock import now
from makegood.kit.money import format_money
from makegood.kit.transactions import demand_transaction
from makegood.notifications.services import notify
from makegood.providers.selectors import list_managers
from makegood.runs.kinds import get_kind
from makegood.runs.models import Run
from makegood.runs.rules import State


def finish(run: Run) -> None:
    """Everything has an outcome. Demands a transaction that holds the run's lock."""
    _rest(run, State.FINISHED)
    kind = get_kind(run.kind)
    failed = run.rows_failed > 0
    _tell(
        run,
        "warning" if failed else "success",
        f"{kind.noun.capitalize()} {run.pk} finished" + (" with failures" if failed else ""),
        f"{run.rows_done} {kind.done.words}, {run.rows_skipped} skipped, {run.rows_failed} failed. "
        f"Total {format_money(run.booked_minor, run.provider.currency, run.provider.currency_digits)}.",
        managers_too=failed,
    )


def stop(run: Run) -> None:
    """A person asked to stop; what waits can be resumed. Demands a transaction that holds the run's lock."""
    _rest(run, State.STOPPED)
    _tell(
        run,
        "warning",
        f"{get_kind(run.kind).noun.capitalize()} {run.pk} stopped",
        f"{run.rows_waiting} are still waiting. Resume the run to go on.",
    )


def park(run: Run, because: str) -> None:
    """The run cannot go on by itself. Demands a transaction that holds the run's lock."""
    run.parked_because = because[:2000]
    _rest(run, State.PARKED)
    _tell(
        run,
        "error",
        f"{get_kind(run.kind).noun.capitalize()} {run.pk} is parked",
        f"{because} {run.rows_waiting} are still waiting; nothing of them is booked. Resume the run to go on.",
        managers_too=True,
    )


def give_up(run: Run, because: str) -> None:
    """The list of the run cannot be frozen. Demands a transaction that holds the run's lock."""
    _rest(run, State.CANCELLED)
    _tell(
        run,
        "error",
        f"{get_kind(run.kind).noun.capitalize()} {run.pk} is cancelled",
        f"{because} Nothing is booked.",
        managers_too=run.created_by_id is None,
    )


def _rest(run: Run, state: State) -> None:
    demand_transaction()
    run.state = state
    run.lease_token = None
    run.lease_until = None
    run.finished_at = now() if state is State.FINISHED else None
    run.save(update_fields=["state", "lease_token", "lease_until", "finished_at", "parked_because"])
    record(
        provider_id=run.provider_id,
        staff_id=None,
        action=f"run.{state.value}",
        subject_type="run",
        subject_id=run.pk,
        detail={
            "done": run.rows_done,
            "skipped": run.rows_skipped,
            "failed": run.rows_failed,
            "waiting": run.rows_waiting,
            "booked_minor": run.booked_minor,
        },
    )


def _tell(run: Run, level: str, title: str, body: str, *, managers_too: bool = False) -> None:
    """Tells who asked for the run and who started it; of a run of the provider's day nobody but managers is told."""
    people = [staff_id for staff_id in (run.created_by_id, run.started_by_id) if staff_id is not None]
    if managers_too:
        people += list_managers(run.provider_id)
    notify(
        provider_id=run.provider_id,
        staff_ids=people,
        level=level,
        title=title,
        body=body,
        subject_type="run",
        subject_id=run.pk,
    )
