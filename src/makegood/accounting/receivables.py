"""Receivables: their roll-forward by month, and how old what is owed is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from makegood.accounting.roll_forward import (
    AccountByMonth,
    MonthRow,
    Movement,
    RollRow,
    Tie,
    account_by_month,
    roll_months,
    shown_movements,
)
from makegood.accounting.rules import AGE_BANDS, AgeBand, Days
from makegood.kit.sql import Row, load_sql, run_sql
from makegood.kit.transactions import one_snapshot
from makegood.ledger.models import GLCode
from makegood.providers.models import Provider

RECEIVABLE_MOVEMENTS = (
    Movement("issued", "Issued"),
    Movement("used", "Funds used"),
    Movement("returned", "Funds returned"),
    Movement("paid", "Paid"),
    Movement("unpaid", "Refunded or returned"),
    Movement("written_off", "Written off"),
    Movement("voided", "Voided"),
    Movement("to_funds", "To funds"),
)
"""*To funds*: what negative invoices gave to Available Funds."""

MOST_CUSTOMERS_SHOWN = 50


@dataclass(frozen=True)
class ReceivablesRollForward:
    """Receivables over some days, month by month; minor units."""

    days: Days
    months: list[MonthRow]

    @property
    def total(self) -> RollRow:
        total = RollRow(opening_minor=self.months[0].row.opening_minor)
        for month in self.months:
            for type_, amount in month.row.moved.items():
                total.moved[type_] += amount
        return total

    @property
    def movements(self) -> list[Movement]:
        """The columns in which anything stands."""
        return shown_movements(RECEIVABLE_MOVEMENTS, (each.row for each in self.months))

    @property
    def holds(self) -> bool:
        """Whether the journal's account says the same at the beginning and at the end of each month."""
        return all(each.holds for each in self.months)


def get_receivables_roll_forward(
    provider: Provider, days: Days, account: AccountByMonth | None = None
) -> ReceivablesRollForward:
    """The provider's receivables over these days, by the day of booking, from the entries of the invoices.

    account: the journal's account by month, if it is known already.
    """
    parameters = {"provider": provider.pk, "first": days.first, "last": days.last}
    with one_snapshot():
        found = run_sql(load_sql(__package__, "receivables_roll_forward"), parameters)
        account = account_by_month(provider, GLCode.Type.RECEIVABLE, days) if account is None else account
    return ReceivablesRollForward(days, roll_months(days, found, account))


@dataclass(frozen=True)
class AgedCustomer:
    """What one customer owes; minor units. bands: in the order of `AGE_BANDS`."""

    customer_id: int
    number: str
    name: str
    invoices: int
    bands: tuple[int, ...]
    total_minor: int


@dataclass(frozen=True)
class AgedReceivables:
    """What is owed at the end of a day, by how long it is overdue; minor units.

    bands: each with its sum. customers: how many owe something. largest: those who owe most. tie: with the journal.
    """

    day: date
    bands: list[tuple[AgeBand, int]]
    customers: int
    invoices: int
    largest: list[AgedCustomer]
    tie: Tie

    @property
    def total_minor(self) -> int:
        return sum(amount for _, amount in self.bands)


def get_aged_receivables(provider: Provider, day: date) -> AgedReceivables:
    """What the provider's customers owed at the end of that day."""
    with one_snapshot():
        found = _age(provider, day, MOST_CUSTOMERS_SHOWN)
        # What came before the day after is all that was booked up to the day.
        journal = account_by_month(provider, GLCode.Type.RECEIVABLE, Days(day + timedelta(days=1), day))
    sums = found[0] if found else {}
    bands = [(band, int(sums.get(f"all_{band.name}", 0))) for band in AGE_BANDS]
    return AgedReceivables(
        day=day,
        bands=bands,
        customers=sums.get("all_customers", 0),
        invoices=sums.get("all_invoices", 0),
        largest=[_describe(row) for row in found],
        tie=Tie(sum(amount for _, amount in bands), journal.get(None, 0)),
    )


def list_aged_customers(provider: Provider, day: date) -> Iterator[AgedCustomer]:
    """Everybody who owed something at the end of that day, who owed most first."""
    return (_describe(row) for row in _age(provider, day, None))


def _age(provider: Provider, day: date, most: int | None) -> list[Row]:
    parameters = {"provider": provider.pk, "day": day, "most": most}
    return run_sql(load_sql(__package__, "aged_receivables"), parameters)


def _describe(row: Row) -> AgedCustomer:
    bands = tuple(int(row[band.name]) for band in AGE_BANDS)
    return AgedCustomer(row["customer_id"], row["number"], row["name"], int(row["invoices"]), bands, int(row["total"]))
