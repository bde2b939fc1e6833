"""Runs that stand against closing a month: started in it, or before, and with something left to book."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F, Q

from makegood.ledger.closing import Pending, register_pending
from makegood.providers.models import Provider
from makegood.runs.kinds import find_rest, get_kind
from makegood.runs.models import Run
from makegood.runs.rules import AT_WORK, State


def register_pending_runs() -> None:
    """Called when the application starts."""
    register_pending(find_pending_runs)


def find_pending_runs(provider: Provider, month: date) -> list[Pending]:
    """Runs at work, and stopped or parked ones of which something waits."""
    after = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
    begins = datetime(after.year, after.month, 1, tzinfo=ZoneInfo(provider.timezone))
    waiting = Q(rows_selected__gt=F("rows_done") + F("rows_skipped") + F("rows_failed"))
    runs = Run.objects.filter(
        Q(state__in=AT_WORK) | Q(state__in=(State.STOPPED, State.PARKED)) & waiting,
        provider=provider,
        queued_at__lt=begins,
    )
    return [_describe(run) for run in runs.order_by("pk")]


def _describe(run: Run) -> Pending:
    noun = get_kind(run.kind).noun.capitalize()
    rests = run.state in (State.STOPPED, State.PARKED)
    how = f"is {run.state} and {run.rows_waiting:,} of it are waiting" if rests else "is under way"
    give_up = ", or give up the rest" if find_rest(run.kind) else ""
    what = f"Resume it and let it finish{give_up}." if rests else "Wait until it has finished."
    return Pending(f"{noun} {run.pk} {how}. {what}", "run", run.pk, can_stay=rests)
