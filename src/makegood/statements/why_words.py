"""How a reason is said. Pure: no database."""

from collections.abc import Callable
from datetime import date

from makegood.statements.why_reasons import Because, Reason

Money = Callable[[int], str]
"""Writes minor units out with their currency."""

LONGEST_NAME = 60
"""Characters of a description that a sentence bears; longer ones are cut."""


def say_reason(reason: Reason, money: Money) -> str:
    """The reason as a part of a sentence: ``Technician visit was charged ($75.00)``."""
    return _WORDS[reason.because](reason, money)


def say_more(amount_minor: int, money: Money) -> str:
    """``$5.00 more``, ``$5.00 less``."""
    return f"{money(abs(amount_minor))} {'more' if amount_minor > 0 else 'less'}"


def say_day(on: date) -> str:
    """``Nov 12``: the year follows from the invoice."""
    return f"{on:%b} {on.day}"


def _name(reason: Reason) -> str:
    name = reason.name if len(reason.name) <= LONGEST_NAME else reason.name[: LONGEST_NAME - 1].rstrip() + "…"
    return name if reason.times == 1 else f"{name} ({reason.times:,} orders)"


def _days(days: int | None) -> str:
    return "a whole month" if days is None else "1 day" if days == 1 else f"{days:,} days"


def _charged(reason: Reason, money: Money) -> str:
    return f"{_name(_once(reason))} was charged{_times(reason)} ({money(abs(reason.amount_minor))})"


def _charged_before(reason: Reason, money: Money) -> str:
    return f"{_name(_once(reason))} was charged{_times(reason)} last time only ({money(abs(reason.amount_minor))})"


def _times(reason: Reason) -> str:
    return f" {reason.times:,} times" if reason.times > 1 else ""


def _once(reason: Reason) -> Reason:
    return Reason(reason.because, reason.name, reason.amount_minor)


def _began(reason: Reason, money: Money) -> str:
    on = f" on {say_day(reason.on)}" if reason.on else ""
    days = "" if reason.days is None else f"{_days(reason.days)}, "
    return f"{_name(reason)} began{on} ({days}{money(reason.amount_minor)})"


def _item(reason: Reason, money: Money) -> str:
    name, times = _name(_once(reason)), f"{reason.times:,} times, " if reason.times > 1 else ""
    if reason.amount_minor < 0:
        return f"{money(-reason.amount_minor)} off by {name}" + (f" ({times[:-2]})" if times else "")
    days = "" if reason.days is None else f"{_days(reason.days)}, "
    return f"{name} ({times}{days}{money(reason.amount_minor)})"


def _ended(reason: Reason, money: Money) -> str:
    on = f" on {say_day(reason.on)}" if reason.on else ""
    return f"{_name(reason)} ended{on} ({say_more(reason.amount_minor, money)})"


def _priced(reason: Reason, money: Money) -> str:
    way = "rose" if reason.new_minor > reason.old_minor else "fell"
    total = "" if reason.times == 1 else f" ({say_more(reason.amount_minor, money)})"
    return f"the price of {_name(reason)} {way} from {money(reason.old_minor)} to {money(reason.new_minor)}{total}"


def _days_billed(reason: Reason, money: Money) -> str:
    instead = f"{_days(reason.days)} instead of {_days(reason.days_before)}"
    return f"{_name(reason)} is billed for {instead} ({say_more(reason.amount_minor, money)})"


def _made_up(reason: Reason, money: Money) -> str:
    if reason.amount_minor > 0:
        return f"an earlier price change of {_name(reason)} added {money(reason.amount_minor)}"
    return f"an earlier price change of {_name(reason)} gave {money(-reason.amount_minor)} back"


def _unused(reason: Reason, money: Money) -> str:
    if reason.amount_minor > 0:
        return f"unused time of {_name(reason)} ({money(reason.amount_minor)})"
    return f"{money(-reason.amount_minor)} of unused time of {_name(reason)} was given back"


def _with_more(words: str) -> Callable[[Reason, Money], str]:
    """Words with a place for the name, and how much it is in brackets."""
    return lambda reason, money: f"{words.format(_name(reason))} ({say_more(reason.amount_minor, money)})"


_WORDS: dict[Because, Callable[[Reason, Money], str]] = {
    Because.CHARGED: _charged,
    Because.CHARGED_BEFORE: _charged_before,
    Because.CHARGED_OTHERWISE: lambda reason, money: f"{_name(reason)} is {say_more(reason.amount_minor, money)}",
    Because.BEGAN: _began,
    Because.BILLED: _with_more("{} is billed this time"),
    Because.ENDED: _ended,
    Because.NOT_BILLED: _with_more("{} is not billed this time"),
    Because.PRICED: _priced,
    Because.DAYS: _days_billed,
    Because.COSTS: lambda reason, money: f"{_name(reason)} costs {say_more(reason.amount_minor, money)}",
    Because.MADE_UP: _made_up,
    Because.MADE_UP_BEFORE: _with_more("an earlier price change of {} was settled last time"),
    Because.UNUSED: _unused,
    Because.UNUSED_BEFORE: _with_more("unused time of {} was given back last time"),
    Because.STARTED: _with_more("{} began"),
    Because.APPLIES_AGAIN: _with_more("{} applies again"),
    Because.RAN_OUT: _with_more("{} ended"),
    Because.NOT_APPLIED: _with_more("{} does not apply this time"),
    Because.APPLIED_OTHERWISE: _with_more("{} changed"),
    Because.ITEM: _item,
}
