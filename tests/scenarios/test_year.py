"""A year of three hundred customers, day by day: whatever happened, the books agree, and every statement ends right."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from makegood.accounting.funds_roll_forward import get_funds_roll_forward
from makegood.accounting.receivables import get_aged_receivables, get_receivables_roll_forward
from makegood.accounting.rules import Days
from makegood.accounting.services.close_month import close_month
from makegood.accounting.trial_balance import get_trial_balance
from makegood.customers.models import Customer
from makegood.days.models import ProviderDay
from makegood.days.services.work_day import work_days
from makegood.invoices.models import Invoice
from makegood.ledger.models import CustomerBalance, PeriodClose
from makegood.providers.models import Membership, Provider
from makegood.statements.range import Range
from makegood.statements.selectors import get_statement
from tests.scenarios.year_of_events import RATES, Year
from tests.support import records
from tests.support.answers import Verified
from tests.support.billing import add_billing_provider, add_taxed_service, on_day
from tests.support.moved_clock import moved_clock

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
CUSTOMERS = 300
STANDSTILLS = {date(2026, 4, 29): 5, date(2026, 9, 9): 3}
"""Days on which the computer is off, and for how many days."""
SEED = 20260101


def test_a_year(
    committed_db: dict[str, str], assert_verified: Verified, record_property: Callable[[str, object], None]
) -> None:
    began = time.monotonic()
    manager = make_town()
    provider, year = manager.provider, Year(manager, SEED)
    day, off_until = FIRST, FIRST
    while day <= LAST:
        off_until = day + timedelta(days=STANDSTILLS[day]) if day in STANDSTILLS else off_until
        if day >= off_until:
            with moved_clock(datetime(day.year, day.month, day.day, 15, tzinfo=UTC)):
                work(provider, day)
                year.live(day)
                if day.day == 6 and day.month > 1:
                    close_month(membership=manager, month=day - timedelta(days=10))
        day += timedelta(days=1)
    with on_day(LAST):
        require_closed_months_tie(provider)
        require_statements_end_at_balances(provider)
        assert_verified()
    record_property("figures", describe(provider, year, time.monotonic() - began))


def make_town() -> Membership:
    """A provider with customers in two areas, a third with two orders, a tenth on the anniversary cycle."""
    provider = add_billing_provider(
        timezone="UTC",
        late_fee="fixed",
        late_fee_minor=500,
        late_fee_grace_days=5,
        suspend_after_days=25,
    )
    with on_day(FIRST):
        for name, (price_minor, rate) in RATES.items():
            add_taxed_service(provider, name, price_minor=price_minor, tax_rate=str(rate))
        records.add_customers(provider, CUSTOMERS * 2 // 3, prefix="A", area="North")
        records.add_customers(provider, CUSTOMERS // 3, prefix="B", area="South", orders_each=2)
        customers = Customer.objects.filter(provider=provider)
        customers.filter(number__endswith="7").update(autopay=True)
        for customer in customers.filter(number__endswith="3"):
            customer.billing_account.cycle, customer.billing_account.billing_day = "anniversary", None
            customer.billing_account.save()
        return records.add_person(provider, "manager")


def work(provider: Provider, day: date) -> None:
    """The daily job of all days up to this one. Whatever fails, fails the test."""
    assert work_days(provider=provider)
    last = ProviderDay.objects.filter(provider=provider).order_by("-day")[0]
    assert (last.day, last.is_finished) == (day, True), last.failure
    provider.refresh_from_db()


def require_closed_months_tie(provider: Provider) -> None:
    """Both roll-forwards and the trial balance agree, month by month, and so does the age of what is owed."""
    days = Days(FIRST, LAST)
    funds, receivables = get_funds_roll_forward(provider, days), get_receivables_roll_forward(provider, days)
    assert len(funds.months) == len(receivables.months) == 12
    for month in (*funds.months, *receivables.months):
        assert month.holds, month
    assert get_trial_balance(provider, days).holds
    for month in funds.months:
        aged = get_aged_receivables(provider, month.days.last)
        assert aged.tie.holds, month.days
    assert PeriodClose.objects.filter(provider=provider).count() == 11


def require_statements_end_at_balances(provider: Provider) -> None:
    """What each customer's statement comes to is what the customer owes and has; the half years fit together."""
    summer = date(2026, 6, 30)
    balances = CustomerBalance.objects.filter(provider=provider).select_related("customer__provider")
    for balance in balances.order_by("customer_id"):
        whole = get_statement(balance.customer, Range(FIRST, LAST))
        said = (whole.closing.owed_minor, whole.closing.funds_minor)
        assert said == (balance.receivable_minor, balance.funds_minor), balance.customer.number
        assert whole.opening.balance_minor == 0
        changes = whole.billed_minor + whole.paid_minor + whole.credited_minor
        assert changes == whole.closing.balance_minor, balance.customer.number
        first, second = (
            get_statement(balance.customer, days)
            for days in (Range(FIRST, summer), Range(summer + timedelta(days=1), LAST))
        )
        assert (first.closing, second.closing) == (second.opening, whole.closing), balance.customer.number


def describe(provider: Provider, year: Year, seconds: float) -> str:
    """What the year was, in one line."""
    invoices = Invoice.objects.filter(provider=provider, number__isnull=False)
    states = ", ".join(
        f"{invoices.filter(state=state).count()} {state}" for state in ("paid", "late", "void", "uncollectible")
    )
    events = ", ".join(f"{name} {number}" for name, number in sorted(year.counted.items()))
    return f"a year: {invoices.count()} invoices ({states}), {seconds:.0f} seconds; {events}"
