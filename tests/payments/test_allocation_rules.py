"""How a payment is divided among invoices, whatever they are."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.kit.refusal import Refused
from makegood.payments.rules import Payable, Split, field_of, split_by_hand, split_oldest_first, state_without

FIRST = date(2026, 1, 1)
DUE = st.tuples(st.integers(0, 40), st.integers(1, 10_000))


@st.composite
def invoices(draw: st.DrawFn) -> list[Payable]:
    """Up to eight open or late invoices, in any order."""
    due = draw(st.lists(DUE, max_size=8))
    return [
        Payable(number, number, draw(st.sampled_from(["open", "late"])), FIRST + timedelta(days=days), minor)
        for number, (days, minor) in enumerate(due, start=1)
    ]


def check(split: Split, amount: int) -> None:
    """Nothing is lost, nothing is paid twice, nothing is paid beyond what is due."""
    assert split.allocated_minor + split.over_minor == amount == split.amount_minor
    assert split.over_minor >= 0
    assert len({each.invoice.invoice_id for each in split.allocations}) == len(split.allocations)
    for each in split.allocations:
        assert 0 < each.amount_minor <= each.invoice.due_minor
        assert each.settles == (each.due_after_minor == 0)


@given(st.integers(1, 100_000), invoices())
def test_the_oldest_due_are_paid_first_as_far_as_it_goes(amount: int, owed: list[Payable]) -> None:
    split = split_oldest_first(amount, owed)
    check(split, amount)
    assert split.allocated_minor == min(amount, sum(each.due_minor for each in owed))
    order = [place_of(each.invoice) for each in split.allocations]
    assert order == sorted(order)
    # All but the last that gets something are paid, and nobody is passed over.
    assert all(each.settles for each in split.allocations[:-1])
    gets = {each.invoice.invoice_id for each in split.allocations}
    assert all(place_of(each) > order[-1] for each in owed if each.invoice_id not in gets)


def place_of(invoice: Payable) -> tuple[date, int]:
    """Where the invoice stands in the order in which money goes to invoices."""
    return invoice.due_on or date.max, invoice.invoice_id


@given(st.integers(1, 100_000), invoices(), st.data())
def test_by_hand_it_is_what_is_said_or_nothing(amount: int, owed: list[Payable], data: st.DataObject) -> None:
    wanted = {
        each.invoice_id: data.draw(st.integers(-1, each.due_minor + 1)) for each in owed if data.draw(st.booleans())
    }
    due = {each.invoice_id: each.due_minor for each in owed}
    possible = all(0 < part <= due[number] for number, part in wanted.items()) and sum(wanted.values()) <= amount
    if not possible:
        with pytest.raises(Refused) as refused:
            split_by_hand(amount, owed, wanted, str)
        assert refused.value.field in {"allocations", *map(field_of, wanted)}
        return
    split = split_by_hand(amount, owed, wanted, str)
    check(split, amount)
    assert {each.invoice.invoice_id: each.amount_minor for each in split.allocations} == wanted


@pytest.mark.parametrize("state", ["draft", "paid", "void", "uncollectible"])
def test_what_is_not_owed_cannot_be_paid(state: str) -> None:
    with pytest.raises(Refused) as refused:
        split_by_hand(100, [Payable(7, 7, state, FIRST, 100)], {7: 1}, str)
    assert (refused.value.code, refused.value.field) == (f"invoice_{state}", "allocation-7")


def test_without_its_payment_an_invoice_is_open_or_late() -> None:
    assert state_without("paid", FIRST, FIRST) == "open"
    assert state_without("paid", FIRST, FIRST + timedelta(days=1)) == "late"
    assert state_without("open", FIRST, FIRST + timedelta(days=1)) == "open"
    assert state_without("uncollectible", FIRST, FIRST) == "uncollectible"
