"""Days that nobody is billed for: they pass, and are never billed nor given back."""

from datetime import date, timedelta

import pytest

from makegood.customers.selectors import get_customer
from makegood.customers.services import edit_customer
from makegood.invoices.models import BillingAccount
from makegood.invoices.services.pass_over import pass_over_periods
from makegood.kit.refusal import Refused
from makegood.orders.services.order_status import resume_order, suspend_order, terminate_order
from makegood.providers.models import Provider
from makegood.providers.services import set_end_customer_billing
from makegood.runs.chunked import work_through
from tests.support.answers import Verified
from tests.support.billing import (
    FIRST,
    add_billed_customer,
    add_billing_provider,
    draft_invoices,
    invoice_of,
    invoices_of,
    issue_invoices,
    lines_of,
    on_day,
    order_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

FEBRUARY = date(2026, 2, 1)
MARCH = date(2026, 3, 1)


def pass_day(provider: Provider, day: date) -> int:
    """How many customers of whom something passes on the day."""
    with on_day(day):
        done = work_through(lambda after: pass_over_periods(provider=provider, day=day, after=after, limit=2))
    return done.customers


def set_billing(provider: Provider, day: date, *, enabled: bool) -> None:
    with on_day(day):
        edit_customer(customer=get_customer(provider, "C1"), billing_enabled=enabled, staff_id=None)


def test_periods_of_who_is_not_billed_pass(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider)
    issue_invoices(provider, FIRST)
    set_billing(provider, date(2026, 1, 20), enabled=False)

    with pytest.raises(Refused):
        draft_invoices(provider, FEBRUARY)
    assert (pass_day(provider, FEBRUARY), pass_day(provider, FEBRUARY)) == (1, 0)
    set_billing(provider, date(2026, 2, 10), enabled=True)
    with pytest.raises(Refused):
        draft_invoices(provider, date(2026, 2, 10))
    issue_invoices(provider, MARCH)

    assert [invoice.period_from for invoice in invoices_of(provider)] == [FIRST, MARCH]
    assert lines_of(invoice_of(provider)) == [("service", 2000, MARCH, date(2026, 3, 31))]
    assert_verified()


def test_passed_days_of_an_order_that_ends_are_not_given_back(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider)
    issue_invoices(provider, FIRST)
    set_billing(provider, date(2026, 1, 20), enabled=False)
    pass_day(provider, FEBRUARY)
    set_billing(provider, date(2026, 2, 10), enabled=True)
    with on_day(date(2026, 2, 11)):
        terminate_order(order=order_of(provider), to_date=date(2026, 2, 11), staff_id=None)

    with pytest.raises(Refused) as refused:
        draft_invoices(provider, date(2026, 2, 12))

    assert refused.value.code == "nobody_due"
    assert_verified()


def test_an_order_that_a_person_suspended_is_billed_from_the_day_it_goes_on(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider, price_minor=3100)
    issue_invoices(provider, FIRST)
    with on_day(date(2026, 1, 20)):
        suspend_order(order=order_of(provider), staff_id=None)
    assert [pass_day(provider, FEBRUARY + timedelta(days=days)) for days in range(9)] == [1] + [0] * 8
    assert BillingAccount.objects.get().next_period_on is None
    back = date(2026, 2, 10)
    with on_day(back):
        resume_order(order=order_of(provider), staff_id=None)

    issue_invoices(provider, back)

    assert lines_of(invoice_of(provider)) == [("service", 2104, back, date(2026, 2, 28))]
    assert_verified()


def test_everything_passes_while_billing_is_off(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    for number in ("C1", "C2", "C3"):
        add_billed_customer(provider, number)
    with on_day(FIRST):
        set_end_customer_billing(provider=provider, on=False, staff_id=None)

    assert pass_day(provider, FIRST) == 3

    with on_day(FIRST):
        set_end_customer_billing(provider=provider, on=True, staff_id=None)
    with pytest.raises(Refused):
        draft_invoices(provider, FIRST)
    issue_invoices(provider, FEBRUARY)
    assert [invoice.period_from for invoice in invoices_of(provider)] == [FEBRUARY]
    assert_verified()


def test_who_is_billed_passes_nothing(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider)

    assert pass_day(provider, FIRST) == 0
    issue_invoices(provider, FIRST)
    assert pass_day(provider, FIRST) == 0
    assert_verified()
