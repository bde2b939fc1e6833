"""Whatever happens to what a customer pays by card, in any order: the clearing account is what the processor holds."""

import contextlib
import os
from itertools import count

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.model.card_life import IMPOSSIBLE, CardLife
from tests.support.answers import Verified

pytestmark = pytest.mark.django_db

ASKED = os.environ.get("MAKEGOOD_TEST_LIVES")
"""How many lives are led; then they are others each time. The usual ones are always the same."""
LIVES, STEPS, VERIFIED_EVERY = 5, 45, 15
NUMBERS = count(1)

WEIGHTS = {
    "owe": 5,
    "charge": 5,
    "succeed": 5,
    "fail": 2,
    "process": 1,
    "succeed_late": 2,
    "refund": 4,
    "give_back": 4,
    "refuse_to_give_back": 2,
    "bounce": 2,
    "give_back_after_all": 1,
    "pay_out": 2,
    "dispute": 2,
    "dispute_and_win": 2,
    "end_dispute": 3,
    "pay_cash": 1,
    "pay_part_in_cash": 2,
    "reverse_cash": 1,
    "credit": 1,
    "use_funds": 1,
    "void": 1,
    "write_off": 1,
    "turn_back": 1,
}
"""How often each deed is tried, beside the others."""

NEW_MONEY = ("owe", "pay_cash", "pay_part_in_cash", "credit")

DEED = st.tuples(
    st.sampled_from([name for name, times in WEIGHTS.items() for _ in range(times)]),
    st.integers(0, 11),
    # All that there is, or a part of it.
    st.one_of(st.integers(1, 80), st.just(10_000)),
)


@settings(
    max_examples=int(ASKED or LIVES),
    deadline=None,
    derandomize=ASKED is None,
    database=None,
    # Making a failure smaller takes minutes; the deeds that led to it are printed as they were.
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(DEED, min_size=STEPS, max_size=STEPS))
def test_any_life_with_a_card(db: None, assert_verified: Verified, deeds: list[tuple[str, int, int]]) -> None:
    undone = transaction.atomic()
    # As Django's own test cases say it: transactions that want to be outermost may begin inside.
    undone._from_testcase = True  # type: ignore[attr-defined] # not in the stubs
    with undone:
        lead(begin(), deeds, assert_verified)
        transaction.set_rollback(True)


def begin() -> CardLife:
    """A life in which an invoice is paid by card already, and another one is to be."""
    life = CardLife(f"life-{next(NUMBERS)}")
    for amount in (60, 30):
        life.owe(3, amount)
        life.charge(0, 0)
    life.succeed(0)
    return life


def lead(life: CardLife, deeds: list[tuple[str, int, int]], assert_verified: Verified) -> None:
    """One deed after the other; what cannot be done leaves nothing behind."""
    for number, (name, which, amount) in enumerate(deeds, start=1):
        with contextlib.suppress(*IMPOSSIBLE):
            getattr(life, name)(which, min(amount, 80) if name in NEW_MONEY else amount)
        life.require_same()
        if number % VERIFIED_EVERY == 0:
            assert_verified()
