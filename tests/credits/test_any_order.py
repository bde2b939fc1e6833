"""Whatever people do to credits in whatever order, the books agree, and the credits say what a simple model says."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from makegood.credits.models import Credit
from makegood.customers.models import Customer
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import get_gl_code
from makegood.providers.models import Membership
from makegood.runs.models import Run
from tests.support import movements, records
from tests.support.answers import Verified

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

CODES = ("4900", "4910", "4920")
DEED = st.one_of(
    st.tuples(st.just("issue"), st.integers(1, 3), st.integers(1, 50)),
    st.tuples(st.just("edit"), st.integers(0, 9), st.integers(1, 60)),
    st.tuples(st.just("recode"), st.integers(0, 9), st.integers(0, 2)),
    st.tuples(st.just("void"), st.integers(0, 9), st.just(0)),
    st.tuples(st.just("use"), st.integers(0, 9), st.integers(1, 30)),
    st.tuples(st.just("take back"), st.integers(0, 9), st.just(0)),
)


@dataclass
class Expected:
    """What the model knows of a credit; minor units."""

    run: Run
    amount: int
    adjusted: int = 0
    used: int = 0
    taken: int = 0
    code: str = "4900"

    @property
    def left(self) -> int:
        return self.amount - self.used - self.taken


@dataclass
class World:
    """A provider with three customers, what was done to their credits, and what must have come of it."""

    clerk: Membership
    runs: list[Run] = field(default_factory=list)
    credits: dict[int, Expected] = field(default_factory=dict)

    def issue(self, customers: int, amount: int) -> None:
        chosen = list(Customer.objects.filter(provider=self.clerk.provider).order_by("id")[:customers])
        run = records.credit(self.clerk, customers=chosen, amount_minor=amount)
        self.runs.append(run)
        for credit in Credit.objects.filter(run_row__run=run):
            self.credits[credit.pk] = Expected(run, amount)

    def edit(self, which: int, amount: int) -> None:
        credit, known = self.pick(which)
        allowed = amount != known.amount and amount >= known.used + known.taken
        allowed = allowed and (amount < known.amount or known.run.customers_selected == 1)
        if done(lambda: records.edit(self.clerk, credit, amount_minor=amount)):
            assert allowed
            known.adjusted, known.amount = known.adjusted + amount - known.amount, amount
        else:
            assert not allowed

    def recode(self, which: int, code: int) -> None:
        credit, known = self.pick(which)
        gl_code = get_gl_code(self.clerk.provider, CODES[code])
        assert done(lambda: records.edit(self.clerk, credit, gl_code=gl_code)) == (known.code != CODES[code])
        known.code = CODES[code]

    def void(self, which: int, _: int) -> None:
        credit, known = self.pick(which)
        assert done(lambda: records.void(self.clerk, credit)) == (known.left > 0)
        known.taken += known.left

    def use(self, which: int, amount: int) -> None:
        credit, known = self.pick(which)
        amount = min(amount, known.left)
        if amount:
            movements.owe(credit.customer, amount)
            movements.use(credit, amount)
            known.used += amount

    def take_back(self, which: int, _: int) -> None:
        run = self.runs[which % len(self.runs)]
        records.take_back(self.clerk, run)
        for known in self.credits.values():
            if known.run == run and not known.adjusted:
                known.taken += known.left

    def pick(self, which: int) -> tuple[Credit, Expected]:
        pk = sorted(self.credits)[which % len(self.credits)]
        return Credit.objects.select_related("customer__provider", "provider", "gl_code").get(pk=pk), self.credits[pk]


def done(act: Callable[[], object]) -> bool:
    """Whether it was done, and not refused."""
    try:
        act()
    except Refused:
        return False
    return True


slugs = (f"world-{number}" for number in count(1))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(DEED, min_size=1, max_size=12))
def test_the_books_agree_after_any_sequence(deeds: list[tuple[str, int, int]], assert_verified: Verified) -> None:
    north = records.add_provider(next(slugs))
    world = World(records.add_person(north, "billing"))
    records.add_customers(north, 3)
    world.issue(2, 40)
    world.issue(1, 30)
    for name, first, second in deeds:
        getattr(world, name.replace(" ", "_"))(first, second)
    for pk, known in world.credits.items():
        credit = Credit.objects.select_related("gl_code").get(pk=pk)
        assert (credit.remaining_minor, credit.adjusted_minor, credit.taken_back_minor, credit.gl_code.code) == (
            known.left,
            known.adjusted,
            known.taken,
            known.code,
        )
    assert sum(records.funds_of_all(north).values()) == sum(known.left for known in world.credits.values())
    assert_verified()
