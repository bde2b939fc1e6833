"""Half a year in which most customers pay by autopay, with everything that banks and people do to it.

Whatever happened, the books agree, every statement ends right, and the processor's balance is the clearing account.
"""

import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from makegood.accounting.funds_roll_forward import get_funds_roll_forward
from makegood.accounting.receivables import get_receivables_roll_forward
from makegood.accounting.rules import Days
from makegood.accounting.services.close_month import close_month
from makegood.accounting.trial_balance import get_trial_balance
from makegood.customers.models import Customer
from makegood.days.models import ProviderDay
from makegood.days.services.work_day import work_days
from makegood.gateways.selectors import get_active_gateway
from makegood.gateways.services.balance import fetch_balance
from makegood.invoices.models import Invoice
from makegood.ledger.models import CustomerBalance
from makegood.payments.models import Payment, Refund
from makegood.payments.reconciling import reconcile
from makegood.providers.models import Membership, Provider
from makegood.statements.range import Range
from makegood.statements.selectors import get_statement
from tests.scenarios.year_of_autopay import AutopayYear, pick_outcome
from tests.scenarios.year_of_events import RATES
from tests.support import records, sandbox
from tests.support.answers import Verified
from tests.support.billing import add_billing_provider, add_taxed_service, on_day
from tests.support.moved_clock import moved_clock

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
CUSTOMERS = 80
SEED = 20260102


def test_half_a_year_of_autopay(
    committed_db: dict[str, str], assert_verified: Verified, record_property: Callable[[str, object], None]
) -> None:
    began = time.monotonic()
    manager = make_town()
    provider, year = manager.provider, AutopayYear(manager, SEED)
    day = FIRST
    while day <= LAST:
        with moved_clock(datetime(day.year, day.month, day.day, 15, tzinfo=UTC)):
            work(provider, day)
            year.live(day)
            if day.day == 20 and day.month > 1:
                close_month(membership=manager, month=day - timedelta(days=25))
            if day.day in (1, 15):
                assert_verified()
        day += timedelta(days=1)
    with on_day(LAST):
        require_reports_tie(provider)
        require_statements_end_at_balances(provider)
        assert_verified()
        fetch_balance(gateway=get_active_gateway(provider))
        clearing = reconcile(provider, FIRST, LAST)
        assert clearing.differences == []
    record_property("figures", describe(provider, year, time.monotonic() - began))


def make_town() -> Membership:
    """A provider whose customers pay by autopay, each with a test method of its own kind."""
    provider = add_billing_provider(
        timezone="UTC", late_fee="fixed", late_fee_minor=500, late_fee_grace_days=5, suspend_after_days=25
    )
    chance = random.Random(SEED)
    with on_day(FIRST):
        for name, (price_minor, rate) in RATES.items():
            add_taxed_service(provider, name, price_minor=price_minor, tax_rate=str(rate))
        sandbox.connect(provider)
        for customer in records.add_customers(provider, CUSTOMERS, prefix="A", area="North"):
            sandbox.add_method(customer, pick_outcome(chance))
        Customer.objects.filter(provider=provider).exclude(number__endswith="9").update(autopay=True)
        return records.add_person(provider, "manager")


def work(provider: Provider, day: date) -> None:
    """The daily job of the day. Whatever fails, fails the test."""
    assert work_days(provider=provider)
    last = ProviderDay.objects.filter(provider=provider).order_by("-day")[0]
    assert (last.day, last.is_finished) == (day, True), last.failure
    provider.refresh_from_db()


def require_reports_tie(provider: Provider) -> None:
    """Both roll-forwards and the trial balance agree with the journal, month by month."""
    days = Days(FIRST, LAST)
    for month in (*get_funds_roll_forward(provider, days).months, *get_receivables_roll_forward(provider, days).months):
        assert month.holds, month
    assert get_trial_balance(provider, days).holds


def require_statements_end_at_balances(provider: Provider) -> None:
    """What each customer's statement comes to is what the customer owes and has."""
    for balance in CustomerBalance.objects.filter(provider=provider).select_related("customer__provider"):
        whole = get_statement(balance.customer, Range(FIRST, LAST))
        said = (whole.closing.owed_minor, whole.closing.funds_minor)
        assert said == (balance.receivable_minor, balance.funds_minor), balance.customer.number


def describe(provider: Provider, year: AutopayYear, seconds: float) -> str:
    """What the half year was, in one line."""
    payments = Counter(Payment.objects.filter(provider=provider).values_list("purpose", "state"))
    refunds = Counter(Refund.objects.filter(provider=provider).values_list("purpose", "state"))
    said = ", ".join(f"{purpose} {state} {number}" for (purpose, state), number in sorted((payments + refunds).items()))
    invoices = Invoice.objects.filter(provider=provider, number__isnull=False).count()
    events = ", ".join(f"{name} {number}" for name, number in sorted(year.counted.items()))
    return f"half a year of autopay: {invoices} invoices, {said}; {seconds:.0f} seconds; {events}"
