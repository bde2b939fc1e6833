"""Bills that tests of the sentence start from, without a database."""

from datetime import date
from typing import Any

from makegood.kit.money import format_money
from makegood.statements.bills import Bill, BillLine, LineKind
from makegood.statements.why import explain, say_why

JANUARY = date(2026, 1, 1)
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))
DECEMBER = (date(2026, 12, 1), date(2026, 12, 31))


def service(
    name: str,
    amount_minor: int,
    days: tuple[date, date] = NOVEMBER,
    *,
    order: int = 1,
    began_on: date = JANUARY,
    ended_on: date | None = None,
    kind: str = LineKind.SERVICE,
) -> BillLine:
    """A line of an order: its price, unless another kind is given."""
    return BillLine(kind, amount_minor, name, order, *days, began_on, ended_on)


def charge(name: str, amount_minor: int) -> BillLine:
    return BillLine(LineKind.CHARGE, amount_minor, name)


def adjustment(
    name: str, amount_minor: int, *, number: int = 1, began_on: date = JANUARY, ended_on: date | None = None
) -> BillLine:
    """A discount (negative) or a surcharge on an order."""
    return BillLine(LineKind.ADJUSTMENT, amount_minor, name, number, None, None, began_on, ended_on)


def bill(*lines: BillLine, days: tuple[date, date] = NOVEMBER, tax_minor: int = 0, **fields: Any) -> Bill:
    """A period's bill of these lines; tax_minor stands below them."""
    total = sum(line.amount_minor for line in lines) + tax_minor
    fields.setdefault("kind", "period")
    return Bill(total_minor=total, period_from=days[0], period_to=days[1], lines=lines, **fields)


def sentence(now: Bill, before: Bill | None) -> str:
    """What is said of a bill, in dollars."""
    return say_why(explain(now, before), lambda minor: format_money(minor, "USD", 2))
