"""Days that stand against closing a month: those of it that are not finished."""

from datetime import date, timedelta

from makegood.days.rules import Step
from makegood.days.selectors import find_last_day
from makegood.ledger.closing import Pending, register_pending
from makegood.providers.models import Provider


def register_pending_days() -> None:
    """Called when the application starts."""
    register_pending(find_pending_days)


def find_pending_days(provider: Provider, month: date) -> list[Pending]:
    """The day that waits, if it belongs to the month or to one before; and that days of it have not begun."""
    last = find_last_day(provider)
    if last is None:
        return []
    ends = (month.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    if last.day > ends or (last.day == ends and last.is_finished):
        return []
    day = last.day + timedelta(days=1) if last.is_finished else last.day
    where = "has not been worked" if last.is_finished else f"waits at “{Step(last.step).label}”"
    return [Pending(f"The day {day:%Y-%m-%d} {where}. Wait until it is finished.", "provider_day", last.pk)]
