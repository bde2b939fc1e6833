"""Whatever happens to customers in whatever order, their money is what a simple model says, and the books agree."""

import os
from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from makegood.kit.invariants import find_differences
from tests.model.both import Both
from tests.model.days import Terms
from tests.model.real import Shape

pytestmark = pytest.mark.django_db

FIRST = date(2026, 1, 20)
SHAPES = {
    "USD": Shape("USD", 2, Terms(FIRST, fee=500)),
    "JPY": Shape("JPY", 0, Terms(FIRST, with_tax=True, due_days=10, autopay_days=0)),
    "KWD": Shape("KWD", 3, Terms(FIRST, due_days=0, autopay_days=0, fee=1001, grace_days=0)),
}
ASKED = os.environ.get("MAKEGOOD_TEST_LIVES")
"""How many lives each provider sees; then they are others each time. The usual ones are always the same."""
LIVES = 7
STEPS = 20

PLACE = st.integers(0, 7)
MONEY = st.integers(1, 6000)


class Lives(RuleBasedStateMachine):
    """A provider and its customers, to whom anything can happen."""

    shape: Shape

    @initialize()
    def begin(self) -> None:
        self.undone = transaction.atomic()
        # As Django's own test cases say it: transactions that want to be outermost may begin inside.
        self.undone._from_testcase = True  # type: ignore[attr-defined] # not in the stubs
        self.undone.__enter__()
        self.both = Both(self.shape)
        self.both.join()
        self.both.sell(0, 2000, 1)

    def teardown(self) -> None:
        if not hasattr(self, "undone"):
            return
        try:
            if hasattr(self, "both"):
                with self.both.real.now():
                    differences = find_differences()
                assert not differences, "\n".join(str(difference) for difference in differences)
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    @invariant()
    def say_the_same(self) -> None:
        self.both.require_same()

    @precondition(lambda self: len(self.both.imagined.people) < 4)
    @rule(is_monthly=st.booleans(), pays_early=st.booleans(), price=MONEY, rate=PLACE)
    def join(self, is_monthly: bool, pays_early: bool, price: int, rate: int) -> None:
        self.both.join(is_monthly=is_monthly, pays_early=pays_early)
        self.both.sell(len(self.both.imagined.people) - 1, price, rate)

    @rule(who=PLACE, price=MONEY, rate=PLACE, days_ago=st.integers(0, 40))
    def sell(self, who: int, price: int, rate: int, days_ago: int) -> None:
        self.both.sell(who, price, rate, days_ago)

    @rule(who=PLACE, which=PLACE, price=MONEY, in_days=st.integers(-20, 20))
    def reprice(self, who: int, which: int, price: int, in_days: int) -> None:
        self.both.reprice(who, which, price, in_days)

    @rule(who=PLACE, which=PLACE, days_ago=st.one_of(st.just(0), st.integers(1, 40)))
    def end(self, who: int, which: int, days_ago: int) -> None:
        self.both.end(who, which, days_ago)

    @rule(who=PLACE, price=MONEY, days=st.integers(0, 3), days_ago=st.integers(0, 40))
    def leave_and_come_back(self, who: int, price: int, days: int, days_ago: int) -> None:
        """The first order ends, perhaps of a customer who has no other; another one began when it still went on."""
        self.both.end(who, 0, days_ago)
        self.both.day_by_day(days)
        self.both.sell(who, price, 0, days_ago)

    @rule(who=PLACE)
    def change_cycle(self, who: int) -> None:
        self.both.change_cycle(who)

    @rule(who=PLACE, amount=MONEY, rate=PLACE)
    def charge(self, who: int, amount: int, rate: int) -> None:
        self.both.charge(who, amount, rate)

    @precondition(lambda self: self.both.has_charges())
    @rule(who=PLACE, which=PLACE)
    def cancel_charge(self, who: int, which: int) -> None:
        self.both.cancel_charge(who, which)

    @rule(who=PLACE)
    def bill_now(self, who: int) -> None:
        self.both.bill_now(who)

    @rule(who=PLACE)
    def bill_all_but(self, who: int) -> None:
        self.both.bill_all_but(who)

    @rule(who=PLACE, which=PLACE)
    def suspend(self, who: int, which: int) -> None:
        self.both.suspend(who, which)

    @rule(who=PLACE, which=PLACE)
    def resume(self, who: int, which: int) -> None:
        self.both.resume(who, which)

    @rule(who=PLACE)
    def close(self, who: int) -> None:
        self.both.close(who)

    @rule(who=PLACE)
    def switch_billing(self, who: int) -> None:
        self.both.switch_billing(who)

    @rule(days=st.integers(1, 6))
    def day_by_day(self, days: int) -> None:
        self.both.day_by_day(days)

    @rule(days=st.integers(8, 16))
    def weeks(self, days: int) -> None:
        self.both.day_by_day(days)

    @rule(days=st.integers(2, 35))
    def sleep(self, days: int) -> None:
        self.both.sleep(days)

    @rule(who=st.lists(PLACE, min_size=1, max_size=4), amount=MONEY)
    def give(self, who: list[int], amount: int) -> None:
        self.both.give(who, amount)

    @precondition(lambda self: self.both.has("lots"))
    @rule(who=PLACE, which=PLACE, amount=MONEY)
    def change_amount(self, who: int, which: int, amount: int) -> None:
        self.both.change_amount(who, which, amount)

    @precondition(lambda self: self.both.has("lots"))
    @rule(who=PLACE, which=PLACE, in_days=st.one_of(st.none(), st.integers(-1, 30)))
    def let_expire(self, who: int, which: int, in_days: int | None) -> None:
        self.both.let_expire(who, which, in_days)

    @precondition(lambda self: self.both.has("lots"))
    @rule(who=PLACE, which=PLACE)
    def void_credit(self, who: int, which: int) -> None:
        self.both.void_credit(who, which)

    @precondition(lambda self: bool(self.both.imagined.gifts))
    @rule(which=PLACE)
    def take_back(self, which: int) -> None:
        self.both.take_back(which)

    @precondition(lambda self: self.both.has("bills"))
    @rule(who=PLACE)
    def apply_now(self, who: int) -> None:
        self.both.apply_now(who)

    @precondition(lambda self: self.both.has("bills"))
    @rule(who=PLACE, which=PLACE, again=st.booleans(), charges_wait=st.booleans())
    def void_bill(self, who: int, which: int, again: bool, charges_wait: bool) -> None:
        self.both.void_bill(who, which, again=again, charges_wait=charges_wait)

    @precondition(lambda self: self.both.has("bills"))
    @rule(who=PLACE, which=PLACE)
    def write_off(self, who: int, which: int) -> None:
        self.both.write_off(who, which)

    @rule(who=PLACE, amount=MONEY)
    def pay(self, who: int, amount: int) -> None:
        self.both.pay(who, amount)

    @precondition(lambda self: self.both.has("bills"))
    @rule(who=PLACE, which=PLACE, amount=MONEY)
    def pay_one(self, who: int, which: int, amount: int) -> None:
        self.both.pay_one(who, which, amount)

    @precondition(lambda self: self.both.has("payments"))
    @rule(who=PLACE, which=PLACE)
    def reverse(self, who: int, which: int) -> None:
        self.both.reverse(who, which)

    @rule()
    def close_month(self) -> None:
        self.both.close_month()


@pytest.mark.parametrize("currency", SHAPES)
def test_any_life(currency: str) -> None:
    run_state_machine_as_test(
        type(f"LivesIn{currency}", (Lives,), {"shape": SHAPES[currency]}),
        settings=settings(
            max_examples=int(ASKED or LIVES),
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=ASKED is None,
            database=None,
            # Making a failure smaller takes minutes; the deeds that led to it are printed as they were.
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
