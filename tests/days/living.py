"""A provider that lives through its days."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from makegood.days.models import ProviderDay
from makegood.days.services.work_day import work_days
from makegood.kit.clock import frozen_clock
from makegood.providers.models import Provider
from tests.support.billing import add_billed_customer, add_billing_provider, on_day

NEW_YEAR = date(2026, 1, 1)


def add_north(*, customers: int = 2, **settings: Any) -> Provider:
    """Bills from January 1; a late fee of 7.00, reminders after 3 and 10 days, suspension after 30; C1 and C2."""
    usual: dict[str, Any] = {
        "late_fee": "fixed",
        "late_fee_minor": 700,
        "reminder_days": [3, 10],
        "suspend_after_days": 30,
    }
    provider = add_billing_provider(**usual | settings)
    for number in range(1, customers + 1):
        add_billed_customer(provider, f"C{number}")
    return provider


def work(provider: Provider, today: date) -> list[ProviderDay]:
    """What is worked at noon (UTC) of that day."""
    worked: list[ProviderDay] = []
    with on_day(today):
        work_days(provider=provider, on_day=worked.append)
    return worked


def work_at(provider: Provider, moment: datetime) -> list[date]:
    """The days that are worked at that moment."""
    worked: list[ProviderDay] = []
    with frozen_clock(moment):
        work_days(provider=provider, on_day=worked.append)
    return [day.day for day in worked]


def live(provider: Provider, first: date, last: date) -> list[ProviderDay]:
    """The days from the first to the last, each worked when it came."""
    worked: list[ProviderDay] = []
    day = first
    while day <= last:
        worked += work(provider, day)
        day += timedelta(days=1)
    return worked


def local(timezone: str, year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment as the clocks of a time zone show it."""
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(timezone)).astimezone(UTC)
