"""What stands in the tables of the reports."""

from collections.abc import Callable, Sequence

from django.urls import reverse

from makegood.accounting.funds_roll_forward import FUNDS_MOVEMENTS, FundsRollForward
from makegood.accounting.receivables import RECEIVABLE_MOVEMENTS, AgedCustomer, AgedReceivables, ReceivablesRollForward
from makegood.accounting.roll_forward import MonthRow, Movement, RollRow
from makegood.accounting.rules import AGE_BANDS, Days
from makegood.accounting.trial_balance import TrialBalance, TrialRow
from makegood.ledger.models import GLCode
from makegood.web.accounting.report_table import ReportRow, ReportTable

ROLL_ENDS = ("Opening", "Closing")
AGED_TEXT_HEADS = ("Customer", "Name")
AGED_HEADS = (*(band.label for band in AGE_BANDS), "Total")


def trial_table(trial: TrialBalance) -> ReportTable:
    """GL code by GL code, with the sums."""
    rows = [
        ReportRow((row.code, row.description, str(GLCode.Type(row.type).label)), _trial_amounts(row))
        for row in trial.rows
    ]
    below = [ReportRow(("Total", "", ""), _trial_amounts(trial.total), tone="total")]
    heads = ("Opening", "Debit", "Credit", "Closing")
    return ReportTable("GL codes", ("GL code", "Description", "Type"), heads, rows, below)


def _trial_amounts(row: TrialRow) -> tuple[int, ...]:
    return (row.opening_minor, row.debit_minor, row.credit_minor, row.closing_minor)


def funds_table(report: FundsRollForward, *, whole: bool = False) -> ReportTable:
    """By GL code and kind. whole: with the columns in which nothing stands."""
    movements = FUNDS_MOVEMENTS if whole else report.movements
    rows = [
        ReportRow((each.gl_code, each.description, each.kind_label), _roll_amounts(each.row, movements))
        for each in report.rows
    ]
    below = [ReportRow(("Total", "", ""), _roll_amounts(report.total, movements), tone="total")]
    below += _journal_rows(report.months, movements, 3)
    return ReportTable("By GL code and kind", ("GL code", "Description", "Kind"), _roll_heads(movements), rows, below)


def funds_months_table(report: FundsRollForward) -> ReportTable:
    """By month."""
    return _months_table(report.months, report.movements, report.total, say_days)


def receivables_table(report: ReceivablesRollForward, *, whole: bool = False) -> ReportTable:
    """By month. whole: with the columns in which nothing stands."""
    movements = RECEIVABLE_MOVEMENTS if whole else report.movements
    return _months_table(report.months, movements, report.total, str if whole else say_days)


def say_days(days: Days) -> str:
    """``November 2026``, or what is shown of it: ``Nov 1 to Nov 22, 2026``."""
    if days.is_one_month:
        return f"{days.first:%B %Y}"
    last = f"{days.last:%b} {days.last.day}, {days.last.year}"
    return last if days.first == days.last else f"{days.first:%b} {days.first.day} to {last}"


def _months_table(
    months: Sequence[MonthRow], movements: Sequence[Movement], total: RollRow, say: Callable[[Days], str]
) -> ReportTable:
    rows = [ReportRow((say(each.days),), _roll_amounts(each.row, movements)) for each in months]
    below = [ReportRow(("Total",), _roll_amounts(total, movements), tone="total")] if len(rows) > 1 else []
    below += _journal_rows(months, movements, 1)
    return ReportTable("By month", ("Month",), _roll_heads(movements), rows, below)


def _roll_heads(movements: Sequence[Movement]) -> list[str]:
    return [ROLL_ENDS[0], *(each.label for each in movements), ROLL_ENDS[1]]


def _roll_amounts(row: RollRow, movements: Sequence[Movement]) -> list[int | None]:
    return [row.opening_minor, *(row.moved.get(each.type, 0) for each in movements), row.closing_minor]


def _journal_rows(months: Sequence[MonthRow], movements: Sequence[Movement], texts: int) -> list[ReportRow]:
    """The journal's account at both ends, and by what the sub-ledger differs from it."""
    empty: list[int | None] = [None] * len(movements)
    opening, closing = months[0].opening, months[-1].closing
    blank = ("",) * (texts - 1)
    return [
        ReportRow(("Journal", *blank), [opening.journal_minor, *empty, closing.journal_minor]),
        ReportRow(
            ("Difference", *blank),
            [opening.difference_minor, *empty, closing.difference_minor],
            tone="good" if all(each.holds for each in months) else "bad",
        ),
    ]


def aged_table(report: AgedReceivables) -> ReportTable:
    """Who owes most, with the sums of all."""
    rows = [_aged_row(each) for each in report.largest]
    sums = [amount for _, amount in report.bands]
    total = report.total_minor
    empty: list[int | None] = [None] * len(AGE_BANDS)
    below = [
        ReportRow(("All customers", ""), [*sums, total], tone="total"),
        ReportRow(("Journal", ""), [*empty, report.tie.journal_minor]),
        ReportRow(
            ("Difference", ""), [*empty, report.tie.difference_minor], tone="good" if report.tie.holds else "bad"
        ),
    ]
    left = report.customers - len(rows)
    note = f"Those who owe most; {left:,} more are in the file." if left > 0 else ""
    return ReportTable("By customer", AGED_TEXT_HEADS, AGED_HEADS, rows, below, note)


def _aged_row(customer: AgedCustomer) -> ReportRow:
    url = reverse("customer", args=[customer.customer_id])
    return ReportRow((customer.number, customer.name), [*customer.bands, customer.total_minor], url)
