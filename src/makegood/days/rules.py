"""What a provider's day consists of, and which days are to be worked. Pure: no database, no clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import TextChoices

MORNING = time(6)
"""When the day's work is imagined to begin where it is played; no clock is ever put forward or back at this hour."""


class Step(TextChoices):
    """The steps of a day, in their order."""

    BEGIN = "begin", "Begin the day"
    ISSUE = "issue", "Issue invoices"
    USE_FUNDS = "use_funds", "Use Available Funds"
    CHARGE = "charge", "Charge autopay"
    LATE = "late", "Mark what is late"
    LATE_FEES = "late_fees", "Charge late fees"
    REMIND = "remind", "Remind"
    SUSPEND = "suspend", "Suspend and resume"
    EXPIRE = "expire", "Expire credits"


STEPS: tuple[Step, ...] = tuple(Step)
FIRST_STEP = STEPS[0]


def step_after(step: str) -> str:
    """The next step of the day; empty after the last one."""
    place = STEPS.index(Step(step))
    return STEPS[place + 1].value if place + 1 < len(STEPS) else ""


def next_day(last: date | None, today: date, until: date | None = None) -> date | None:
    """The day to begin after the last one that was finished; None while it has not come.

    Without a last one, today: nothing is made up for from before the provider was there.
    """
    day = today if last is None else last + timedelta(days=1)
    return day if day <= (today if until is None else min(today, until)) else None


def morning_of(day: date, timezone: str) -> datetime:
    """The moment at which the day's work begins, in the provider's time zone."""
    return datetime.combine(day, MORNING, ZoneInfo(timezone)).astimezone(UTC)


NAMES: dict[str, str] = {
    "orders": "orders changed",
    "drafted": "invoices drafted",
    "issued": "invoices issued",
    "not_billed": "customers due and not billed",
    "resting": "drafts that nobody goes on with",
    "funds_used": "customers whose Available Funds were used",
    "charged": "customers charged by autopay",
    "no_method": "customers with autopay and nothing to charge",
    "late": "customers late",
    "late_fees": "customers with a late fee",
    "reminded": "customers reminded",
    "resumed": "customers resumed",
    "suspended": "customers suspended",
    "expired": "customers with an expired credit",
}
"""What a day has done, by the name under which it is kept."""
