"""How the invented customers pay: the same customer always in the same way. Pure: no database, no clock."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Habit(StrEnum):
    """When somebody pays."""

    AHEAD = "ahead"
    PROMPT = "prompt"
    TARDY = "tardy"
    FORGETFUL = "forgetful"
    NEVER = "never"


MONTHS_AHEAD = 4
"""For how many months who pays ahead pays; what is over becomes Available Funds."""
_SHARES = {Habit.AHEAD: 50, Habit.PROMPT: 20, Habit.TARDY: 12, Habit.FORGETFUL: 10, Habit.NEVER: 8}
_AFTER_ISSUE = {Habit.AHEAD: (2, 11), Habit.PROMPT: (3, 13)}
_AFTER_DUE = {Habit.TARDY: (2, 9), Habit.FORGETFUL: (24, 30)}


@dataclass(frozen=True)
class Owed:
    """An invoice as its customer looks at it. Amounts in minor units."""

    customer_number: str
    issued_on: date
    due_on: date
    due_minor: int


def habit_of(customer_number: str) -> Habit:
    """How the customer of that number pays."""
    chance = random.Random(f"habit of {customer_number}")
    return chance.choices(list(_SHARES), weights=list(_SHARES.values()))[0]


def pays_on(owed: Owed) -> date | None:
    """The day on which the customer pays the invoice; None for never."""
    habit = habit_of(owed.customer_number)
    chance = random.Random(f"{owed.customer_number} pays what is due on {owed.due_on:%m-%d}")
    if habit in _AFTER_ISSUE:
        return owed.issued_on + timedelta(days=chance.randint(*_AFTER_ISSUE[habit]))
    if habit in _AFTER_DUE:
        return owed.due_on + timedelta(days=chance.randint(*_AFTER_DUE[habit]))
    return None


def pays_minor(owed: Owed) -> int:
    """How much is paid, in minor units."""
    ahead = habit_of(owed.customer_number) is Habit.AHEAD
    return owed.due_minor * MONTHS_AHEAD if ahead else owed.due_minor
