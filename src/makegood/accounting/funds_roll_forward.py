"""The roll-forward of Available Funds: by month, and by GL code and kind of the credits."""

from collections import defaultdict
from dataclasses import dataclass

from makegood.accounting.roll_forward import (
    AccountByMonth,
    MonthRow,
    Movement,
    RollRow,
    account_by_month,
    roll_months,
    shown_movements,
    total_of,
)
from makegood.accounting.rules import Days
from makegood.credits.models import Kind
from makegood.kit.sql import load_sql, run_sql
from makegood.kit.transactions import one_snapshot
from makegood.ledger.models import GLCode
from makegood.providers.models import Provider

FUNDS_MOVEMENTS = (
    Movement("issued", "Issued"),
    Movement("adjusted", "Adjusted"),
    Movement("used", "Used"),
    Movement("returned", "Returned"),
    Movement("refunded", "Refunded"),
    Movement("unrefunded", "Refund failed"),
    Movement("expired", "Expired"),
    Movement("taken_back", "Taken back"),
    Movement("moved", "Moved"),
)
"""*Moved*: to another GL code, because that of the credit was changed; the column adds up to nothing."""


@dataclass(frozen=True)
class CodeRow:
    """The credits of one kind on one GL code."""

    gl_code: str
    description: str
    kind: str
    row: RollRow

    @property
    def kind_label(self) -> str:
        return str(Kind(self.kind).label)


@dataclass(frozen=True)
class FundsRollForward:
    """Available Funds over some days; minor units. rows: by GL code and kind. months: the same by month."""

    days: Days
    rows: list[CodeRow]
    months: list[MonthRow]

    @property
    def total(self) -> RollRow:
        return total_of(each.row for each in self.rows)

    @property
    def movements(self) -> list[Movement]:
        """The columns in which anything stands."""
        return shown_movements(FUNDS_MOVEMENTS, (each.row for each in self.rows))

    @property
    def holds(self) -> bool:
        """Whether the journal's account says the same at the beginning and at the end of each month."""
        return all(each.holds for each in self.months)


def get_funds_roll_forward(provider: Provider, days: Days, account: AccountByMonth | None = None) -> FundsRollForward:
    """The provider's Available Funds over these days, by the day of booking, from the entries of the credits.

    account: the journal's account by month, if it is known already.
    """
    parameters = {"provider": provider.pk, "first": days.first, "last": days.last}
    with one_snapshot():
        found = run_sql(load_sql(__package__, "funds_roll_forward"), parameters)
        if account is None:
            account = account_by_month(provider, GLCode.Type.AVAILABLE_FUNDS, days, sign=-1)
    rows: dict[tuple[str, str, str], RollRow] = defaultdict(RollRow)
    for each in found:
        key = (each["gl_code"], each["description"], each["kind"])
        rows[key].add(each["month"], each["type"], each["amount_minor"])
    kept = [CodeRow(*key, row) for key, row in rows.items() if not row.is_empty]
    return FundsRollForward(days, kept, roll_months(days, found, account))
