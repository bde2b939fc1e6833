"""What makes one bill more or less than the one before it, line by line. Pure: no database."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from makegood.statements.bills import Bill, BillLine, LineKind


class Because(StrEnum):
    """Why a bill is another amount; `why_words` has a sentence for each."""

    CHARGED = "charged"
    CHARGED_BEFORE = "charged_before"
    CHARGED_OTHERWISE = "charged_otherwise"
    BEGAN = "began"
    BILLED = "billed"
    ENDED = "ended"
    NOT_BILLED = "not_billed"
    PRICED = "priced"
    DAYS = "days"
    COSTS = "costs"
    MADE_UP = "made_up"
    MADE_UP_BEFORE = "made_up_before"
    UNUSED = "unused"
    UNUSED_BEFORE = "unused_before"
    STARTED = "started"
    APPLIES_AGAIN = "applies_again"
    RAN_OUT = "ran_out"
    NOT_APPLIED = "not_applied"
    APPLIED_OTHERWISE = "applied_otherwise"
    ITEM = "item"


@dataclass(frozen=True)
class Reason:
    """One reason; amount_minor: what the bill is more by it, in minor units, negative where it is less.

    times: how many orders or charges it sums up. on: the day on which something began or ended. days, days_before: for
    how many days an order is billed, and was; None for a whole month. old_minor, new_minor: prices.
    """

    because: Because
    name: str
    amount_minor: int
    times: int = 1
    on: date | None = None
    days: int | None = None
    days_before: int | None = None
    old_minor: int = 0
    new_minor: int = 0


@dataclass(frozen=True)
class _Part:
    """The lines of one order, adjustment or sort of charge on one bill; empty where there are none."""

    lines: tuple[BillLine, ...] = ()

    @property
    def amount_minor(self) -> int:
        return sum(line.amount_minor for line in self.lines)

    def days_of(self, bill: Bill) -> int | None:
        """How many days it is for; None for the bill's whole period."""
        days = sum(line.days for line in self.lines)
        return None if days == bill.days else days


def compare(now: Bill, before: Bill) -> list[Reason]:
    """All reasons, largest first; their sum is the difference of the lines."""
    reasons: list[Reason] = []
    for kind, find in _FINDERS.items():
        reasons += _compare_kind(now, before, kind, find)
    return _largest_first(_merge(reasons))


def itemise(bill: Bill) -> list[Reason]:
    """What a bill is made of that is not compared with another one, largest first; their sum is that of the lines."""
    reasons: list[Reason] = []
    for kind in _FINDERS:
        reasons += [_item(bill, kind, part) for part in _group(bill, kind).values()]
    return _largest_first(_merge(reasons))


Finder = Callable[[Bill, _Part, Bill, _Part], Iterator[Reason]]


def _group(bill: Bill, kind: str) -> dict[Hashable, _Part]:
    """Charges of the same name belong together, so that one that recurs each month is no change."""
    groups: dict[Hashable, list[BillLine]] = defaultdict(list)
    for line in bill.lines:
        if line.kind == kind:
            groups[line.name.casefold() if kind == LineKind.CHARGE else line.about].append(line)
    return {key: _Part(tuple(lines)) for key, lines in groups.items()}


def _compare_kind(now: Bill, before: Bill, kind: str, find: Finder) -> Iterator[Reason]:
    ours, theirs = _group(now, kind), _group(before, kind)
    for key in [*ours, *(key for key in theirs if key not in ours)]:
        yield from find(now, ours.get(key, _Part()), before, theirs.get(key, _Part()))


def _charges(now: Bill, ours: _Part, before: Bill, theirs: _Part) -> Iterator[Reason]:
    name = (ours.lines or theirs.lines)[0].name
    amount = ours.amount_minor - theirs.amount_minor
    if not theirs.lines:
        yield Reason(Because.CHARGED, name, amount, times=len(ours.lines))
    elif not ours.lines:
        yield Reason(Because.CHARGED_BEFORE, name, amount, times=len(theirs.lines))
    else:
        yield Reason(Because.CHARGED_OTHERWISE, name, amount)


def _services(now: Bill, ours: _Part, before: Bill, theirs: _Part) -> Iterator[Reason]:
    line = (ours.lines or theirs.lines)[0]
    amount = ours.amount_minor - theirs.amount_minor
    if not theirs.lines:
        yield _new_service(now, ours, before)
    elif not ours.lines:
        has_ended = line.ended_on is not None and line.ended_on < now.period_from
        because = Because.ENDED if has_ended else Because.NOT_BILLED
        yield Reason(because, line.name, amount, on=line.ended_on if has_ended else None)
    else:
        yield _same_service(line.name, amount, (now, ours), (before, theirs))


def _new_service(now: Bill, ours: _Part, before: Bill | None) -> Reason:
    line = min(ours.lines, key=lambda each: each.from_on or date.min)
    days = ours.days_of(now)
    began = line.began_on
    if began is not None and (began >= before.period_from if before else began == line.from_on):
        return Reason(Because.BEGAN, line.name, ours.amount_minor, on=began, days=days)
    return Reason(Because.BILLED if before else Because.ITEM, line.name, ours.amount_minor, days=days)


def _same_service(name: str, amount: int, ours: tuple[Bill, _Part], theirs: tuple[Bill, _Part]) -> Reason:
    days, days_before = ours[1].days_of(ours[0]), theirs[1].days_of(theirs[0])
    if days != days_before:
        return Reason(Because.DAYS, name, amount, days=days, days_before=days_before)
    if days is None and len(ours[1].lines) == len(theirs[1].lines) == 1:
        old, new = theirs[1].amount_minor, ours[1].amount_minor
        return Reason(Because.PRICED, name, amount, old_minor=old, new_minor=new)
    return Reason(Because.COSTS, name, amount)


def _adjustments(now: Bill, ours: _Part, before: Bill, theirs: _Part) -> Iterator[Reason]:
    line = (ours.lines or theirs.lines)[0]
    amount = ours.amount_minor - theirs.amount_minor
    if not theirs.lines:
        is_new = line.began_on is not None and line.began_on > before.period_from
        yield Reason(Because.STARTED if is_new else Because.APPLIES_AGAIN, line.name, amount)
    elif not ours.lines:
        has_ended = line.ended_on is not None and line.ended_on < now.period_from
        yield Reason(Because.RAN_OUT if has_ended else Because.NOT_APPLIED, line.name, amount)
    else:
        yield Reason(Because.APPLIED_OTHERWISE, line.name, amount)


def _once(here: Because, there: Because) -> Finder:
    """What stands on one bill and is no more than that: it makes this one other, and the next one again."""

    def find(now: Bill, ours: _Part, before: Bill, theirs: _Part) -> Iterator[Reason]:
        if ours.lines:
            yield Reason(here, ours.lines[0].name, ours.amount_minor)
        if theirs.lines:
            yield Reason(there, theirs.lines[0].name, -theirs.amount_minor)

    return find


_FINDERS: dict[str, Finder] = {
    LineKind.SERVICE: _services,
    LineKind.CHARGE: _charges,
    LineKind.ADJUSTMENT: _adjustments,
    LineKind.PRICE_CHANGE: _once(Because.MADE_UP, Because.MADE_UP_BEFORE),
    LineKind.UNUSED_TIME: _once(Because.UNUSED, Because.UNUSED_BEFORE),
}


def _item(bill: Bill, kind: str, part: _Part) -> Reason:
    line = part.lines[0]
    if kind == LineKind.SERVICE:
        return _new_service(bill, part, None)
    because = {LineKind.PRICE_CHANGE: Because.MADE_UP, LineKind.UNUSED_TIME: Because.UNUSED}.get(
        LineKind(kind), Because.ITEM
    )
    times = len(part.lines) if kind == LineKind.CHARGE else 1
    return Reason(because, line.name, part.amount_minor, times=times)


def _merge(reasons: Iterable[Reason]) -> list[Reason]:
    """Sums up what differs in its amount only, such as the same price change of many orders; leaves out nothings."""
    merged: dict[Reason, Reason] = {}
    for reason in reasons:
        if not reason.amount_minor:
            continue
        key = replace(reason, amount_minor=1 if reason.amount_minor > 0 else -1, times=0)
        same = merged.get(key)
        merged[key] = (
            reason
            if same is None
            else replace(same, amount_minor=same.amount_minor + reason.amount_minor, times=same.times + reason.times)
        )
    return list(merged.values())


def _largest_first(reasons: list[Reason]) -> list[Reason]:
    """Where amounts are alike, in the order of the lines' kinds and names, so that the answer is always the same."""
    order = {because: position for position, because in enumerate(Because)}
    return sorted(
        reasons, key=lambda each: (-abs(each.amount_minor), order[each.because], each.name, each.on or date.min)
    )
