"""A roll-forward: what a balance was, what moved it, and what it became; held against the journal."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from makegood.accounting.rules import Days, month_of
from makegood.kit.sql import load_sql, run_sql
from makegood.ledger.models import GLCode
from makegood.ledger.selectors import get_control_gl_code_id
from makegood.providers.models import Provider

AccountByMonth = Mapping[date | None, int]
"""By what an account of the journal moved in each month; under None what it stood at before. Minor units."""


@dataclass(frozen=True)
class Movement:
    """A column of a roll-forward. It shows what the balance changed by, so that each row adds up."""

    type: str
    label: str


@dataclass
class RollRow:
    """One line: opening + movements = closing, in minor units. `moved` holds what each type changed the balance by."""

    opening_minor: int = 0
    moved: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def closing_minor(self) -> int:
        return self.opening_minor + sum(self.moved.values())

    @property
    def is_empty(self) -> bool:
        return not self.opening_minor and not any(self.moved.values())

    def add(self, month: date | None, type: str | None, amount_minor: int) -> None:
        """Adds a movement; one without a month came before all months."""
        if month is None or type is None:
            self.opening_minor += amount_minor
        else:
            self.moved[type] += amount_minor

    def follow(self, before: "RollRow") -> None:
        """Opens where the row of the time before closed."""
        self.opening_minor = before.closing_minor


@dataclass(frozen=True)
class Tie:
    """A balance of the sub-ledger beside that of the journal's account; minor units."""

    entries_minor: int
    journal_minor: int

    @property
    def difference_minor(self) -> int:
        return self.entries_minor - self.journal_minor

    @property
    def holds(self) -> bool:
        return self.difference_minor == 0


@dataclass(frozen=True)
class MonthRow:
    """A month (or the part of it that was asked for), with the journal's account at its beginning and its end."""

    days: Days
    row: RollRow
    opening: Tie
    closing: Tie

    @property
    def holds(self) -> bool:
        return self.opening.holds and self.closing.holds


def total_of(rows: Iterable[RollRow]) -> RollRow:
    """The rows added up."""
    total = RollRow()
    for row in rows:
        total.opening_minor += row.opening_minor
        for type_, amount in row.moved.items():
            total.moved[type_] += amount
    return total


def shown_movements(movements: Sequence[Movement], rows: Iterable[RollRow]) -> list[Movement]:
    """The columns in which anything stands."""
    rows = list(rows)
    return [each for each in movements if any(row.moved.get(each.type) for row in rows)]


def roll_months(days: Days, found: Iterable[Mapping[str, object]], journal: AccountByMonth) -> list[MonthRow]:
    """The months of the range one after the other, each opening where the one before closed.

    found: movements with ``month`` (None for what came before), ``type`` and ``amount_minor``. journal: the account by
    month, as `account_by_month` gives it.
    """
    by_month: dict[date, RollRow] = defaultdict(RollRow)
    before = RollRow()
    for each in found:
        month, type_, amount = each["month"], each["type"], each["amount_minor"]
        assert isinstance(amount, int)
        if isinstance(month, date):
            by_month[month].add(month, str(type_), amount)
        else:
            before.opening_minor += amount
    rows, account = [], journal.get(None, 0)
    for part in days.months():
        row = by_month[month_of(part.first)]
        row.follow(before)
        opening = Tie(row.opening_minor, account)
        account += journal.get(month_of(part.first), 0)
        rows.append(MonthRow(part, row, opening, Tie(row.closing_minor, account)))
        before = row
    return rows


def account_by_month(provider: Provider, type: GLCode.Type, days: Days, *, sign: int = 1) -> AccountByMonth:
    """A control account of the journal.

    sign: 1 for debits less credits, -1 for an account that stands in credit.
    """
    gl_code_id = get_control_gl_code_id(provider.pk, type)
    parameters = {"provider": provider.pk, "gl_code": gl_code_id, "first": days.first, "last": days.last}
    found = run_sql(load_sql(__package__, "account_by_month"), parameters)
    return {row["month"]: sign * int(row["amount_minor"]) for row in found}
