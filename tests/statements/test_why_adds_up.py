"""Whatever two bills are: the reasons that are named and what is left over make the difference."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as some

from makegood.statements.bills import Bill, BillLine, LineKind
from makegood.statements.why import MOST_REASONS, explain
from tests.statements.bills import sentence

DAYS = some.dates(date(2026, 1, 1), date(2026, 12, 31))
AMOUNTS = some.integers(-20_000, 20_000)


@some.composite
def lines(draw: some.DrawFn) -> BillLine:
    kind = draw(some.sampled_from(list(LineKind)))
    from_on = draw(DAYS)
    is_once = kind in (LineKind.CHARGE, LineKind.ADJUSTMENT)
    return BillLine(
        kind=kind,
        amount_minor=draw(AMOUNTS),
        name=draw(some.sampled_from(["Fiber 100", "fiber 100", "TV", "Technician visit", ""])),
        about=draw(some.integers(0, 4)),
        from_on=None if is_once else from_on,
        to_on=None if is_once else from_on + timedelta(days=draw(some.integers(0, 40))),
        began_on=draw(some.none() | DAYS),
        ended_on=draw(some.none() | DAYS),
    )


@some.composite
def bills(draw: some.DrawFn) -> Bill:
    own = draw(some.lists(lines(), max_size=8))
    from_on = draw(DAYS)
    total = sum(line.amount_minor for line in own) + draw(some.integers(-3000, 3000))
    return Bill(
        kind=draw(some.sampled_from(["period", "period", "period", "final", "single"])),
        total_minor=total,
        period_from=from_on,
        period_to=from_on + timedelta(days=draw(some.integers(0, 30))),
        lines=tuple(own),
        number=draw(some.none() | some.integers(1, 99)),
        used_minor=draw(some.integers(0, max(total, 0))),
    )


@given(now=bills(), before=some.none() | bills())
def test_named_and_left_over_are_the_difference(now: Bill, before: Bill | None) -> None:
    why = explain(now, before)
    named = sum(reason.amount_minor for reason in why.reasons)
    compared = why.before.total_minor if why.before else 0
    assert named + why.smaller_minor + why.tax_minor == why.difference_minor == now.total_minor - compared
    assert len(why.reasons) <= MOST_REASONS
    assert all(reason.amount_minor for reason in why.reasons)
    if now.kind != "period":
        assert why.before is None


@given(now=bills(), before=some.none() | bills())
def test_it_is_one_sentence_and_always_the_same(now: Bill, before: Bill | None) -> None:
    said = sentence(now, before)
    assert said == sentence(now, before)
    assert said.endswith(".")
    assert said[0].isupper() or said[0] == "$"
    assert "None" not in said


@given(bill=bills())
def test_a_bill_that_is_like_the_one_before_has_nothing_to_explain(bill: Bill) -> None:
    if bill.kind == "period" and not any(line.kind in ("price_change", "unused_time") for line in bill.lines):
        why = explain(bill, bill)
        assert (why.difference_minor, why.reasons, why.smaller) == (0, (), 0)
