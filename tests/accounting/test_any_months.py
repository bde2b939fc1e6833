"""Whatever happens to credits and invoices in whatever order, each month's reports agree with the journal."""

from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from makegood.accounting.funds_roll_forward import get_funds_roll_forward
from makegood.accounting.months import tie_month
from makegood.accounting.receivables import get_aged_receivables, get_receivables_roll_forward
from makegood.accounting.rules import Days
from makegood.credits.models import Credit
from makegood.credits.services.void_invoice import void_invoice
from makegood.customers.selectors import get_customer
from makegood.invoices.models import Invoice
from makegood.kit.refusal import Refused
from makegood.ledger.models import CustomerBalance
from makegood.ledger.selectors import get_gl_code
from makegood.providers.models import Membership
from tests.support import movements, records
from tests.support.answers import Verified
from tests.support.billing import on_day
from tests.support.books import JANUARY, give, open_books
from tests.support.paying import pay

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

CODES = ("4900", "4910", "4920")
DEEDS = ("give", "recode", "edit", "void", "owe", "use", "pay", "void invoice", "wait")
DEED = st.tuples(st.sampled_from(DEEDS), st.integers(0, 9), st.integers(1, 60))
LAST = date(2026, 4, 30)

slugs = (f"months-{number}" for number in count(1))


class Story:
    """A provider, and the day that it has come to."""

    def __init__(self, manager: Membership) -> None:
        self.manager = manager
        self.day = JANUARY

    def give(self, which: int, amount: int) -> None:
        give(self.manager, self.day, amount, "C1" if which % 2 else "C2")

    def recode(self, which: int, amount: int) -> None:
        records.edit(self.manager, self._credit(which), gl_code=get_gl_code(self.manager.provider, CODES[amount % 3]))

    def edit(self, which: int, amount: int) -> None:
        code = get_gl_code(self.manager.provider, CODES[which % 3])
        records.edit(self.manager, self._credit(which), amount_minor=amount, gl_code=code)

    def void(self, which: int, amount: int) -> None:
        records.void(self.manager, self._credit(which))

    def owe(self, which: int, amount: int) -> None:
        movements.owe(get_customer(self.manager.provider, "C1" if which % 2 else "C2"), amount)

    def use(self, which: int, amount: int) -> None:
        credit = self._credit(which)
        owed = Invoice.objects.filter(customer_id=credit.customer_id, state="open").order_by("-due_minor").first()
        amount = min(amount, credit.remaining_minor, owed.due_minor if owed else 0)
        if amount:
            movements.use(credit, amount)

    def pay(self, which: int, amount: int) -> None:
        pay(self.manager, get_customer(self.manager.provider, "C1" if which % 2 else "C2"), amount)

    def void_invoice(self, which: int, amount: int) -> None:
        invoices = Invoice.objects.select_related("customer", "provider").filter(provider=self.manager.provider)
        if invoices:
            void_invoice(membership=self.manager, invoice=invoices[which % len(invoices)], reason="Wrong")

    def wait(self, which: int, amount: int) -> None:
        self.day = min(self.day + timedelta(days=amount // 2), LAST)

    def _credit(self, which: int) -> Credit:
        credits = Credit.objects.select_related("customer__provider", "provider", "gl_code", "run_row__run")
        of_provider = list(credits.filter(provider=self.manager.provider).order_by("pk"))
        return of_provider[which % len(of_provider)]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(DEED, min_size=1, max_size=14))
def test_each_month_agrees_with_the_journal(deeds: list[tuple[str, int, int]], assert_verified: Verified) -> None:
    story = Story(open_books(next(slugs)))
    story.give(1, 40)
    for name, which, amount in deeds:
        with on_day(story.day):
            try:
                getattr(story, name.replace(" ", "_"))(which, amount)
            except Refused:
                continue
    provider = story.manager.provider
    for part in Days(JANUARY, LAST).months():
        assert tie_month(provider, part.first).hold
    funds = get_funds_roll_forward(provider, Days(JANUARY, LAST))
    receivables = get_receivables_roll_forward(provider, Days(JANUARY, LAST))
    balances = CustomerBalance.objects.filter(provider=provider)
    assert funds.total.closing_minor == sum(balance.funds_minor for balance in balances)
    assert receivables.total.closing_minor == sum(balance.receivable_minor for balance in balances)
    assert funds.total.moved.get("moved", 0) == 0
    for each in funds.rows:
        remaining = Credit.objects.filter(provider=provider, gl_code__code=each.gl_code, kind=each.kind)
        assert each.row.closing_minor == sum(credit.remaining_minor for credit in remaining)
    with on_day(LAST):
        assert get_aged_receivables(provider, LAST).total_minor == receivables.total.closing_minor
    with on_day(date(2026, 5, 5)):
        aged = get_aged_receivables(provider, date(2026, 2, 28))
    assert aged.total_minor == receivables.months[1].closing.entries_minor
    assert_verified()
