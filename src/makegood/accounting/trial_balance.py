"""The trial balance: what each GL code stood at, what moved, and that debits and credits are the same."""

from dataclasses import dataclass

from makegood.accounting.roll_forward import AccountByMonth
from makegood.accounting.rules import Days, month_of
from makegood.kit.sql import load_sql, run_sql
from makegood.ledger.models import GLCode
from makegood.providers.models import Provider


@dataclass(frozen=True)
class TrialRow:
    """A GL code in minor units. opening, closing: debits less credits; a credit balance is negative."""

    code: str
    description: str
    type: str
    opening_minor: int
    debit_minor: int
    credit_minor: int

    @property
    def closing_minor(self) -> int:
        return self.opening_minor + self.debit_minor - self.credit_minor


@dataclass(frozen=True)
class TrialBalance:
    """The GL codes that anything was ever booked on, by code. It holds where opening and closing add up to nothing."""

    days: Days
    rows: list[TrialRow]

    @property
    def total(self) -> TrialRow:
        sums = [
            sum(getattr(row, name) for row in self.rows) for name in ("opening_minor", "debit_minor", "credit_minor")
        ]
        return TrialRow("", "Total", "", *sums)

    def account(self, type: GLCode.Type, *, sign: int = 1) -> AccountByMonth:
        """A control account over the days, which are one month. sign: -1 for an account that stands in credit."""
        rows = [row for row in self.rows if row.type == type]
        opening = sum(row.opening_minor for row in rows)
        closing = sum(row.closing_minor for row in rows)
        return {None: sign * opening, month_of(self.days.first): sign * (closing - opening)}

    @property
    def holds(self) -> bool:
        total = self.total
        return total.opening_minor == 0 and total.debit_minor == total.credit_minor


def get_trial_balance(provider: Provider, days: Days) -> TrialBalance:
    """The provider's trial balance of these days, by the day of booking."""
    parameters = {"provider": provider.pk, "first": days.first, "last": days.last}
    found = run_sql(load_sql(__package__, "trial_balance"), parameters)
    amounts = ("opening_minor", "debit_minor", "credit_minor")
    return TrialBalance(
        days,
        [
            TrialRow(row["code"], row["description"], row["type"], *(int(row[name]) for name in amounts))
            for row in found
        ],
    )
