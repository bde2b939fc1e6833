"""What a customer is billed, day by day: each day of an order is billed once, at the price that it has.

Knows nothing of the program. Amounts in minor units, rates in percent.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import partial

from tests.model.cycles import ONE_DAY, cycle_of, days_between, rounded

PASSED = None
"""What stands in place of a price for days that were let pass: they are neither made up for nor given back."""


@dataclass(eq=False)
class Pause:
    """Days on which an order is not used: from one day until another, on which it is used again; or for good."""

    begin: date
    until: date | None = None

    def holds(self, day: date) -> bool:
        return self.begin <= day and (self.until is None or day < self.until)


@dataclass(eq=False)
class Sold:
    """An order. prices: in the order in which they were agreed, each with the day from which it holds.

    billed: the price that each day was billed at. worth: what the lines of bills came to for each day, corrections
    included. line_of: the line of service that billed the day. fixed: days whose price is not corrected any more.
    """

    from_day: date
    rate: Fraction
    prices: list[tuple[date, int]]
    last_day: date | None = None
    billed: dict[date, int | None] = field(default_factory=dict)
    worth: dict[date, Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    line_of: dict[date, "Line"] = field(default_factory=dict)
    pauses: list[Pause] = field(default_factory=list)
    fixed: set[date] = field(default_factory=set)

    @property
    def has_ended(self) -> bool:
        return self.last_day is not None

    @property
    def is_paused(self) -> bool:
        return bool(self.pauses) and self.pauses[-1].until is None

    @property
    def goes_on(self) -> bool:
        return not self.has_ended and not self.is_paused

    def is_used(self, day: date) -> bool:
        return not any(pause.holds(day) for pause in self.pauses)

    def price_on(self, day: date) -> int:
        """The price agreed last of those that begin last; before all of them the first one."""
        held = self.prices[0]
        for begins, price in self.prices:
            if held[0] <= begins <= day:
                held = (begins, price)
        return held[1]

    def unbilled(self, until: date) -> list[date]:
        """Used days before that one; of what does not go on, all of them."""
        if self.last_day is not None:
            until = self.last_day + ONE_DAY
        elif self.is_paused:
            until = self.pauses[-1].begin
        days = days_between(self.from_day, until)
        return [day for day in days if day not in self.billed and self.is_used(day)]

    def pass_over(self, until: date) -> None:
        """Nothing more is billed before that day; what was, may still be corrected."""
        for day in days_between(self.from_day, until):
            self.billed.setdefault(day, PASSED)

    def give_up(self, days: Iterable[date]) -> None:
        """What was billed for these days is taken back, and they are not billed again."""
        self.billed.update(dict.fromkeys(days, PASSED))

    def unused(self) -> list[date]:
        """Days that were billed by the month, and not in vain, and lie behind the end."""
        if self.last_day is None:
            return []
        behind = (day for day, price in self.billed.items() if day > self.last_day and price is not PASSED)
        return sorted(day for day in behind if self.line_of[day].is_monthly and not self.line_of[day].is_in_vain)

    def repriced(self) -> list[date]:
        """Days that were billed at another price than they have now."""
        days = (day for day, price in self.billed.items() if price is not PASSED and price != self.price_on(day))
        lasting = (day for day in days if day not in self.fixed and not self.line_of[day].is_in_vain)
        return sorted(day for day in lasting if self.last_day is None or day <= self.last_day)


@dataclass(eq=False)
class Charge:
    """A one-off charge, or a late fee: what it is the fee of. state: *waiting*, *billed* or *cancelled*."""

    amount: int
    rate: Fraction = Fraction(0)
    fee_of: object | None = None
    state: str = "waiting"


@dataclass(eq=False)
class Line:
    """A part of a bill. sold: None for a charge. days: those that it is for.

    is_correction: of days that were billed before. is_unused: of those that are given back, and not of their price.
    is_monthly, billing_day: the customer's, when it was billed. is_in_vain: its bill was written off.
    """

    sold: Sold | None
    amount: int
    rate: Fraction
    days: tuple[date, ...] = ()
    is_correction: bool = False
    is_unused: bool = False
    is_monthly: bool = True
    billing_day: int = 1
    is_in_vain: bool = False

    def count_in(self, sign: int = 1) -> None:
        """Adds what it comes to to what its days have cost, or takes it away again."""
        for day in self.days if self.sold else ():
            assert self.sold is not None
            self.sold.worth[day] += sign * Fraction(self.amount, len(self.days))

    def fix_price(self) -> None:
        """A price that it corrected is not corrected again."""
        if self.sold is not None and self.is_correction and not self.is_unused:
            self.sold.fixed.update(self.days)

    def write_off(self) -> None:
        """Nothing of it is corrected or given back."""
        self.is_in_vain = True
        self.fix_price()
        if self.is_correction and not self.is_unused:
            self.count_in(-1)


@dataclass(eq=False)
class Subscriber:
    """How a customer is billed. billing_day: None until the first bill of an anniversary cycle.

    begun: the first day of each period that was billed.
    """

    is_monthly: bool
    orders: list[Sold] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)
    begun: list[date] = field(default_factory=list)
    billing_day: int | None = None
    next_period: date | None = None

    def __post_init__(self) -> None:
        self.billing_day = 1 if self.is_monthly else None

    @property
    def waiting(self) -> list[Charge]:
        return [charge for charge in self.charges if charge.state == "waiting"]

    @property
    def going(self) -> list[Sold]:
        return [sold for sold in self.orders if sold.goes_on]

    def next_begin(self) -> date | None:
        """The first day of the next period; None where nothing goes on."""
        if not self.going:
            return None
        behind_all = max(self.begun, default=date.min) + ONE_DAY
        return self.next_period or max(min(_first_unbilled(sold) for sold in self.going), behind_all)

    def stop(self) -> None:
        """No period follows."""
        self.next_period = None
        if self.orders:
            self.billing_day = self.day_of_cycle()

    def change_cycle(self) -> None:
        self.is_monthly = not self.is_monthly
        days = [sold.from_day for sold in self.going]
        self.billing_day = 1 if self.is_monthly else min(days).day if days else None

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
        if any(charge.fee_of is None for charge in self.waiting):
            return True
        return any(sold.unbilled(day) or sold.unused() for sold in self.orders)

    def lines_until(self, until: date) -> list[Line]:
        """All that is to be billed up to that day (exclusive; an ended order to its end), in no order."""
        lines = []
        for sold in self.orders:
            days = sold.unbilled(until)
            lines += self._price(sold, days, sold.price_on, lambda _: self.day_of_cycle())
            again = sold.repriced()
            as_then = partial(_billing_day_of, sold)
            lines += self._price(sold, again, sold.billed.__getitem__, as_then, sign=-1, is_correction=True)
            lines += self._price(sold, again, sold.price_on, as_then, is_correction=True)
            lines += _give_back(sold)
        return lines + self.charge_lines()

    def charge_lines(self) -> list[Line]:
        """All that waits."""
        return [Line(None, charge.amount, charge.rate) for charge in self.waiting]

    def _price(
        self,
        sold: Sold,
        days: list[date],
        price_of: Callable[[date], int | None],
        billing_day_of: Callable[[date], int],
        sign: int = 1,
        is_correction: bool = False,
    ) -> list[Line]:
        """Days in a row of one cycle at one price make one line: the price for a whole cycle, else its part."""
        lines = []
        rows: list[list[date]] = []
        keys: list[tuple[date, date, int | None]] = []
        for day in days:
            key = (*cycle_of(day, billing_day_of(day)), price_of(day))
            if rows and keys[-1] == key and rows[-1][-1] + ONE_DAY == day:
                rows[-1].append(day)
            else:
                rows.append([day])
                keys.append(key)
        for (begin, after, price), row in zip(keys, rows, strict=True):
            assert price is not None
            amount = rounded(Fraction(price * len(row), (after - begin).days))
            line = Line(sold, sign * amount, sold.rate, tuple(row), is_correction)
            line.is_monthly, line.billing_day = self.is_monthly, self.day_of_cycle()
            lines.append(line)
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
            for day in sold.unused():
                del sold.billed[day]
        self.settle_charges()

    def settle_charges(self) -> None:
        for charge in self.waiting:
            charge.state = "billed"


def _billing_day_of(sold: Sold, day: date) -> int:
    return sold.line_of[day].billing_day


def _give_back(sold: Sold) -> list[Line]:
    """What the unused days have cost, line by line of those that billed them."""
    days_of: dict[Line, list[date]] = defaultdict(list)
    for day in sold.unused():
        days_of[sold.line_of[day]].append(day)
    return [
        Line(sold, -rounded(sum((sold.worth[day] for day in days), Fraction(0))), sold.rate, tuple(days), True, True)
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
    while day in sold.billed or not sold.is_used(day):
        day += ONE_DAY
    return day
