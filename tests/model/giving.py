"""What a bill that comes to less than nothing gives back: money as far as it was paid. Knows nothing of the program."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import ceil

from tests.model.accounts import Account, Bill, Lot
from tests.model.billing import Line, total_of


def find_paid_back(
    account: Account, bill_of: Mapping[Line, Bill], lines: Iterable[Line], *, with_tax: bool
) -> dict[Bill, int]:
    """How much of what these lines give back had been paid, bill by bill; minor units. To be asked before they count.

    bill_of: where each line of service stands. The oldest bill gives first.
    """
    by_rate: dict[Fraction, list[Line]] = defaultdict(list)
    for line in lines:
        by_rate[line.rate].append(line)
    back: dict[Bill, Fraction] = defaultdict(Fraction)
    for of_rate in by_rate.values():
        amount = sum(line.amount for line in of_rate)
        share = Fraction(total_of(of_rate, with_tax=with_tax), amount) if amount else Fraction(1)
        for line in of_rate:
            for day in line.days if line.sold is not None and line.is_correction else ():
                assert line.sold is not None
                back[bill_of[line.sold.line_of[day]]] -= share * Fraction(line.amount, len(line.days))
    left = -total_of([line for of_rate in by_rate.values() for line in of_rate], with_tax=with_tax)
    given: dict[Bill, int] = {}
    for bill in sorted(back, key=lambda bill: bill.place):
        part = min(left, ceil(back[bill]), _paid_of(account, bill) - bill.given_back)
        if part > 0:
            given[bill] = part
            left -= part
    return given


def give_back(account: Account, bill: Bill, paid_back: Mapping[Bill, int], places: Iterable[int]) -> list[Lot]:
    """The lots that the bill gives, first what nobody has paid; they are used at once, and nothing else is."""
    lots = []
    paid = sum(paid_back.values())
    bill.to_funds = -bill.total
    for amount, is_paid_money in ((bill.to_funds - paid, False), (paid, True)):
        if amount:
            lots.append(Lot(next(iter(places)), amount, bill.issued_on, is_paid_money, is_from_bill=True))
    for earlier, part in paid_back.items():
        earlier.given_back += part
    account.lots += lots
    return lots


def _paid_of(account: Account, bill: Bill) -> int:
    return bill.paid + sum(use.amount for use in account.uses if use.bill is bill and use.lot.is_paid_money)
