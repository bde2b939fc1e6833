"""Whatever is billed, paid, applied and reversed in whatever order, the books agree, and nothing is lost."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from makegood.credits.services.apply_funds import apply_now
from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import get_balance
from makegood.payments.models import Payment
from makegood.providers.models import Membership
from tests.support import movements, records
from tests.support.answers import Verified
from tests.support.paying import pay, reverse

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

DEED = st.one_of(
    st.tuples(st.just("owe"), st.integers(1, 50)),
    st.tuples(st.just("pay"), st.integers(1, 80)),
    st.tuples(st.just("pay newest"), st.integers(1, 80)),
    st.tuples(st.just("credit"), st.integers(1, 20)),
    st.tuples(st.just("apply"), st.just(0)),
    st.tuples(st.just("reverse"), st.integers(0, 9)),
)


@dataclass
class World:
    """A customer, and what the customer was billed, was given and has paid; minor units."""

    clerk: Membership
    customer: Customer
    billed: int = 0
    given: int = 0
    paid: dict[int, int] = field(default_factory=dict)

    def owe(self, amount: int) -> None:
        movements.owe(self.customer, amount)
        self.billed += amount

    def pay(self, amount: int) -> None:
        self.paid[pay(self.clerk, self.customer, amount).pk] = amount

    def pay_newest(self, amount: int) -> None:
        newest = Invoice.objects.filter(customer=self.customer, state="open").order_by("-id").first()
        part = {newest: min(amount, newest.due_minor)} if newest else {}
        self.paid[pay(self.clerk, self.customer, amount, allocations=part).pk] = amount

    def credit(self, amount: int) -> None:
        records.credit(self.clerk, customers=[self.customer], amount_minor=amount)
        self.given += amount

    def apply(self, _: int) -> None:
        done(lambda: apply_now(membership=self.clerk, customer=self.customer))

    def reverse(self, which: int) -> None:
        if self.paid:
            number = list(self.paid)[which % len(self.paid)]
            reverse(self.clerk, Payment.objects.get(pk=number))
            del self.paid[number]

    def check(self) -> None:
        """Billed less given less paid is what is owed less what is left in funds."""
        balance = get_balance(self.customer.provider_id, self.customer.pk)
        expected = self.billed - self.given - sum(self.paid.values())
        assert balance.receivable_minor - balance.funds_minor == expected
        assert min(balance.receivable_minor, balance.funds_minor) >= 0


def done(deed: Callable[[], object]) -> bool:
    try:
        deed()
    except Refused:
        return False
    return True


NUMBERS = count(1)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(DEED, min_size=3, max_size=9))
def test_the_books_agree_after_any_deeds(
    clerk: Membership, assert_verified: Verified, deeds: list[tuple[str, int]]
) -> None:
    world = World(clerk, records.add_customer(clerk.provider, f"any-{next(NUMBERS)}"))
    for name, argument in deeds:
        getattr(world, name.replace(" ", "_"))(argument)
        world.check()
    assert_verified()
