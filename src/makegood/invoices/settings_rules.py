"""What billing settings can be. Pure: no database."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from makegood.kit.money import LARGEST_AMOUNT_MINOR
from makegood.kit.refusal import Refused

LONGEST_DAYS = 365
MOST_REMINDERS = 10
LARGEST_NUMBER = 10**12
FIRST_YEAR = 2000

GL_CODE_TYPES = {
    "tax_gl_code": ("tax",),
    "late_fee_gl_code": ("fee", "service"),
    "charge_gl_code": ("fee", "service"),
    "write_off_gl_code": ("write_off",),
}
"""The types that the GL code of a setting can be of."""


def check_values(values: Mapping[str, Any]) -> None:
    """Refused, beside the field, for the first value that cannot be; `values` are all settings as they will be."""
    for name in ("due_days", "autopay_days", "late_fee_grace_days"):
        _require_days(values[name], name, smallest=0)
    if values["autopay_days"] > values["due_days"]:
        message = "The autopay date cannot be after the due date. Write at most as many days as until the due date."
        raise Refused("autopay_after_due", message, "autopay_days")
    if values["suspend_after_days"] is not None:
        _require_days(values["suspend_after_days"], "suspend_after_days", smallest=1)
    _check_reminders(values["reminder_days"])
    _check_rate(values["charge_tax_rate"])
    _check_late_fee(values)
    _check_first_day(values["invoices_from"])


def check_next_number(number: int) -> None:
    """Refused for what cannot be the first invoice number."""
    if not 1 <= number <= LARGEST_NUMBER:
        raise Refused("number_range", f"Write a number from 1 to {LARGEST_NUMBER:,}.", "next_number")


def _require_days(days: int, name: str, *, smallest: int) -> None:
    if not smallest <= days <= LONGEST_DAYS:
        raise Refused("days_range", f"Write a number of days from {smallest} to {LONGEST_DAYS}.", name)


def _check_reminders(days: Sequence[int]) -> None:
    if len(days) > MOST_REMINDERS:
        raise Refused("too_many_reminders", f"At most {MOST_REMINDERS} reminders can be sent.", "reminder_days")
    for each in days:
        _require_days(each, "reminder_days", smallest=0)
    if list(days) != sorted(set(days)):
        message = "Write the days in ascending order, each of them once, such as 3, 10."
        raise Refused("reminders_order", message, "reminder_days")


def _check_rate(rate: Decimal) -> None:
    if not (rate.is_finite() and 0 <= rate <= 100):
        raise Refused("tax_rate", "The tax rate is a percentage from 0 to 100.", "charge_tax_rate")
    if rate != round(rate, 3):
        raise Refused("tax_rate", "The tax rate has at most 3 decimals.", "charge_tax_rate")


def _check_late_fee(values: Mapping[str, Any]) -> None:
    if values["late_fee"] not in ("none", "fixed", "percent"):
        raise Refused("late_fee_unknown", "The late fee is none, fixed or percent.", "late_fee")
    amount, percent = values["late_fee_minor"], values["late_fee_percent"]
    if values["late_fee"] == "fixed" and amount is None:
        raise Refused("late_fee_missing", "Write the amount of the late fee.", "late_fee_minor")
    if amount is not None and not 0 < amount <= LARGEST_AMOUNT_MINOR:
        raise Refused("late_fee_range", "A late fee is more than zero.", "late_fee_minor")
    if values["late_fee"] == "percent" and percent is None:
        raise Refused("late_fee_missing", "Write the percentage of the late fee.", "late_fee_percent")
    if percent is not None and not (percent.is_finite() and 0 < percent <= 100 and percent == round(percent, 2)):
        message = "The late fee is a percentage above 0, up to 100, with at most 2 decimals."
        raise Refused("late_fee_range", message, "late_fee_percent")


def _check_first_day(day: date | None) -> None:
    if day is not None and day.year < FIRST_YEAR:
        raise Refused("too_early", f"Invoices can begin in {FIRST_YEAR} at the earliest.", "invoices_from")
