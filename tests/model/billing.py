"""What a customer is billed, day by day: each day of an order is billed once, at the price that it has.

Knows nothing of the program. Amounts in minor units, rates in percent.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from tests.model.cycles import ONE_DAY, cycle_of, days_between, rounded

PASSED = None
"""What stands in place of a price for days that were let pass: they are neither made up for nor given back."""


@dataclass(eq=False)
class Sold:
    """An order. prices: in the order in which they were agreed, each with the day from which it holds.

    billed: the price that each day was billed at. worth: what the lines of bills came to for each day, corrections
    included. line_of: the line of service that billed the day.
    """

    from_day: date
    rate: Fraction
    prices: list[tuple[date, int]]
    last_day: date | None = None
    billed: dict[date, int | None] = field(default_factory=dict)
    worth: dict[date, Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    line_of: dict[date, "Line"] = field(default_factory=dict)

    @property
    def goes_on(self) -> bool:
        return self.last_day is None

    def price_on(self, day: date) -> int:
        """The price agreed last of those that begin last; before all of them the first one."""
        held = self.prices[0]
        for begins, price in self.prices:
            if held[0] <= begins <= day:
                held = (begins, price)
        return held[1]

    def unbilled(self, until: date) -> list[date]:
        until = until if self.last_day is None else self.last_day + ONE_DAY
        return [day for day in days_between(self.from_day, until) if day not in self.billed]

    def pass_over(self, until: date) -> None:
        """Nothing before that day is billed, made up for or given back any more."""
        self.billed.update(dict.fromkeys(days_between(self.from_day, until), PASSED))

    def unused(self) -> list[date]:
        """Days that were billed and lie behind the end."""
        if self.last_day is None:
            return []
        return sorted(day for day, price in self.billed.items() if day > self.last_day and price is not PASSED)

    def repriced(self) -> list[date]:
        """Days that were billed at another price than they have now."""
        days = (day for day, price in self.billed.items() if price is not PASSED and price != self.price_on(day))
        return sorted(day for day in days if self.last_day is None or day <= self.last_day)


@dataclass(frozen=True, eq=False)
class Line:
    """A part of a bill. sold: None for a fee. days: those that it is for."""

    sold: Sold | None
    amount: int
    rate: Fraction
    days: tuple[date, ...] = ()
    is_correction: bool = False

    def count_in(self, sign: int = 1) -> None:
        """Adds what it comes to to what its days have cost, or takes it away again."""
        for day in self.days if self.sold else ():
            assert self.sold is not None
            self.sold.worth[day] += sign * Fraction(self.amount, len(self.days))


@dataclass(eq=False)
class Subscriber:
    """How a customer is billed. billing_day: None until the first bill of an anniversary cycle."""

    is_monthly: bool
    orders: list[Sold] = field(default_factory=list)
    fees: list[int] = field(default_factory=list)
    billing_day: int | None = None
    next_period: date | None = None

    def __post_init__(self) -> None:
        self.billing_day = 1 if self.is_monthly else None

    @property
    def going(self) -> list[Sold]:
        return [sold for sold in self.orders if sold.goes_on]

    def next_begin(self) -> date | None:
        """The first day of the next period; None where nothing goes on."""
        if not self.going:
            return None
        return self.next_period or min(_first_unbilled(sold) for sold in self.going)

    def find_period(self) -> tuple[date, date] | None:
        """The period to be billed next, and the first day after it."""
        begin = self.next_begin()
        return None if begin is None else (begin, cycle_of(begin, self.day_of_cycle())[1])

    def day_of_cycle(self) -> int:
        return self.billing_day or min(sold.from_day for sold in self.going or self.orders).day

    def has_something_to_settle(self, day: date) -> bool:
        """Whether there is cause for a last bill where nothing goes on."""
        if self.next_period is not None and self.next_period <= day:
            return True
        return any(sold.unbilled(day) or (self.is_monthly and sold.unused()) for sold in self.orders)

    def lines_until(self, until: date) -> list[Line]:
        """All that is to be billed up to that day (exclusive; an ended order to its end), in no order."""
        lines = []
        for sold in self.orders:
            days = sold.unbilled(until)
            lines += self._price(sold, days, sold.price_on)
            again = sold.repriced()
            lines += self._price(sold, again, sold.billed.__getitem__, sign=-1, is_correction=True)
            lines += self._price(sold, again, sold.price_on, is_correction=True)
            if self.is_monthly:
                lines += _give_back(sold)
        return lines + [Line(None, fee, Fraction(0)) for fee in self.fees]

    def _price(
        self,
        sold: Sold,
        days: list[date],
        price_of: Callable[[date], int | None],
        sign: int = 1,
        is_correction: bool = False,
    ) -> list[Line]:
        """Days in a row of one cycle at one price make one line: the price for a whole cycle, else its part."""
        lines = []
        rows: list[list[date]] = []
        keys: list[tuple[date, date, int | None]] = []
        for day in days:
            key = (*cycle_of(day, self.day_of_cycle()), price_of(day))
            if rows and keys[-1] == key and rows[-1][-1] + ONE_DAY == day:
                rows[-1].append(day)
            else:
                rows.append([day])
                keys.append(key)
        for (begin, after, price), row in zip(keys, rows, strict=True):
            assert price is not None
            amount = rounded(Fraction(price * len(row), (after - begin).days))
            lines.append(Line(sold, sign * amount, sold.rate, tuple(row), is_correction))
        return lines

    def settle(self, until: date, lines: list[Line]) -> None:
        """Writes down that these lines, which `lines_until` gave, are billed."""
        for line in lines:
            line.count_in()
            if line.sold is not None and not line.is_correction:
                line.sold.line_of.update(dict.fromkeys(line.days, line))
        for sold in self.orders:
            for day in [*sold.unbilled(until), *sold.repriced()]:
                sold.billed[day] = sold.price_on(day)
            if self.is_monthly:
                for day in sold.unused():
                    del sold.billed[day]
        self.fees.clear()


def _give_back(sold: Sold) -> list[Line]:
    """What the unused days have cost, line by line of those that billed them."""
    days_of: dict[Line, list[date]] = defaultdict(list)
    for day in sold.unused():
        days_of[sold.line_of[day]].append(day)
    return [
        Line(sold, -rounded(sum((sold.worth[day] for day in days), Fraction(0))), sold.rate, tuple(days), True)
        for days in days_of.values()
    ]


def total_of(lines: Iterable[Line], *, with_tax: bool) -> int:
    """What a bill comes to. with_tax: whether the amounts include the tax. Tax is rounded once for each rate."""
    by_rate: dict[Fraction, int] = defaultdict(int)
    for line in lines:
        by_rate[line.rate] += line.amount
    tax = 0 if with_tax else sum(rounded(amount * rate / 100) for rate, amount in by_rate.items())
    return sum(by_rate.values()) + tax


def _first_unbilled(sold: Sold) -> date:
    day = sold.from_day
    while day in sold.billed:
        day += ONE_DAY
    return day
