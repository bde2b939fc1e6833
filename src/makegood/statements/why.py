"""Why a bill is what it is, in one sentence. Pure: no database."""

from dataclasses import dataclass

from makegood.statements.bills import Bill, BillKind
from makegood.statements.why_reasons import Reason, compare, itemise
from makegood.statements.why_words import Money, say_day, say_more, say_reason

MOST_REASONS = 3


@dataclass(frozen=True)
class Why:
    """What makes a bill its amount, in minor units.

    difference_minor: what it is more than the one before; its whole amount where it is compared with none. The reasons
    named (the largest), the smaller ones and the tax add up to it. tax_minor: of it, tax that stands below the lines.
    """

    bill: Bill
    before: Bill | None
    difference_minor: int
    reasons: tuple[Reason, ...]
    smaller: int
    smaller_minor: int
    tax_minor: int


def explain(bill: Bill, before: Bill | None) -> Why:
    """Compares a bill with the one before it; final ones, single charges and the first of all are itemised instead.

    before: the customer's newest period invoice before this one that is not void.
    """
    if bill.kind != BillKind.PERIOD or bill.is_void:
        before = None
    if bill.is_void:
        return Why(bill, None, 0, (), 0, 0, 0)
    reasons = itemise(bill) if before is None else compare(bill, before)
    named, rest = reasons[:MOST_REASONS], reasons[MOST_REASONS:]
    return Why(
        bill=bill,
        before=before,
        difference_minor=bill.total_minor - (before.total_minor if before else 0),
        reasons=tuple(named),
        smaller=len(rest),
        smaller_minor=sum(each.amount_minor for each in rest),
        tax_minor=bill.tax_on_top_minor - (before.tax_on_top_minor if before else 0),
    )


def say_why(why: Why, money: Money) -> str:
    """The sentence. money: writes minor units out with their currency."""
    if why.bill.is_void:
        return "This invoice is void: nothing of it is owed."
    opening, reasons = _say_opening(why, money), _say_reasons(why, money)
    parts = [f"{opening}: {reasons}" if reasons else opening, *_say_funds(why.bill, money)]
    return "; ".join(parts) + "."


_OPENINGS = {
    BillKind.PERIOD: "The first regular invoice",
    BillKind.FINAL: "The final invoice",
    BillKind.SINGLE: "Single invoice",
}


def _say_opening(why: Why, money: Money) -> str:
    bill, before = why.bill, why.before
    favor = f"{money(-bill.total_minor)} in favor of the customer" if bill.total_minor < 0 else ""
    if before is None:
        return f"{_OPENINGS[BillKind(bill.kind)]}, {favor or money(bill.total_minor)}"
    gives = f"{favor}, " if favor else ""
    last = "last month" if bill.follows(before) else _say_earlier(before)
    if why.difference_minor:
        return f"{gives}{say_more(why.difference_minor, money)} than {last}"
    same = f"{gives}as much as {last}" + (", but made up differently" if why.reasons or why.tax_minor else "")
    return same[0].upper() + same[1:]


def _say_earlier(before: Bill) -> str:
    name = "the invoice before" if before.number is None else f"invoice {before.number}"
    return f"{name} ({say_day(before.period_from)} to {say_day(before.period_to)}, {before.period_to.year})"


def _say_reasons(why: Why, money: Money) -> str:
    said = [say_reason(reason, money) for reason in why.reasons]
    if why.smaller:
        word = "change" if why.before else "item"
        amount = say_more(why.smaller_minor, money) if why.before else money(why.smaller_minor)
        smaller = f"{why.smaller:,} smaller {word}{'' if why.smaller == 1 else 's'}"
        said.append(smaller + (f" ({amount})" if why.smaller_minor else ""))
    if why.tax_minor:
        tax = money(abs(why.tax_minor)) + (" more tax" if why.tax_minor > 0 else " less tax")
        said.append(tax if why.before else f"{money(why.tax_minor)} of tax")
    *first, last = said or [""]
    return f"{', '.join(first)} and {last}" if first else last


def _say_funds(bill: Bill, money: Money) -> list[str]:
    if bill.total_minor < 0:
        return [f"the {money(-bill.total_minor)} became Available Funds"] if bill.number else []
    if not bill.used_minor:
        return []
    how_much = "all" if bill.used_minor == bill.total_minor else "part"
    return [f"Available Funds of {money(bill.used_minor)} paid {how_much} of it"]
