"""Pauses of orders beside periods: anniversaries, who is not billed, standstills, drafts; and when there is a pause."""

from datetime import date

import pytest

from makegood.invoices.models import BillingAccount
from makegood.orders.models import Order
from makegood.orders.services.figures import refresh_customer_figures
from makegood.orders.services.order_status import set_order_status
from makegood.providers.models import Provider
from tests.support.answers import Verified
from tests.support.billing import (
    FIRST,
    add_billed_customer,
    add_billing_provider,
    draft_invoices,
    invoice_of,
    invoices_of,
    issue_drafts,
    issue_invoices,
    lines_of,
    on_day,
    order_of,
)
from tests.support.pausing import (
    add_second_order,
    january,
    let_pass,
    lines_of_order,
    pauses_of,
    require_nobody_due,
    resume,
    suspend,
    switch_billing,
)
from tests.support.records import add_order, outcomes

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

FEBRUARY, MARCH = date(2026, 2, 1), date(2026, 3, 1)


@pytest.fixture
def provider() -> Provider:
    return add_billing_provider()


def test_on_anniversaries_each_cycle_bills_its_used_days(provider: Provider, assert_verified: Verified) -> None:
    customer = add_billed_customer(provider, anniversary=True, from_date=january(10))
    issue_invoices(provider, january(10))
    with on_day(january(20)):
        add_order(customer, "C1-2", price_minor=3100, from_date=january(20))
    suspend(provider, january(24), "C1-2")
    resume(provider, date(2026, 2, 8), "C1-2")

    issue_invoices(provider, date(2026, 2, 10))

    assert lines_of_order(provider, "C1-2") == [
        ("service", 500, january(20), january(24)),
        ("service", 200, date(2026, 2, 8), date(2026, 2, 9)),
        ("service", 3100, date(2026, 2, 10), date(2026, 3, 9)),
    ]
    assert_verified()


def test_used_days_pass_where_the_customer_is_not_billed(provider: Provider, assert_verified: Verified) -> None:
    second = add_second_order(provider)
    suspend(provider, january(20), second)
    switch_billing(provider, january(21), on=False)
    assert let_pass(provider, january(21)) == 1
    switch_billing(provider, january(22), on=True)
    resume(provider, date(2026, 2, 3), second)

    issue_invoices(provider, date(2026, 2, 3))

    assert lines_of_order(provider, second) == [("service", 2879, date(2026, 2, 3), date(2026, 2, 28))]
    assert_verified()


def test_days_that_were_not_used_do_not_pass_a_whole_period(provider: Provider, assert_verified: Verified) -> None:
    add_billed_customer(provider, price_minor=2800)
    issue_invoices(provider, FIRST)
    suspend(provider, january(20))
    switch_billing(provider, january(25), on=False)
    assert let_pass(provider, FEBRUARY) == 1
    switch_billing(provider, date(2026, 2, 9), on=True)
    resume(provider, date(2026, 2, 10))

    issue_invoices(provider, date(2026, 2, 10))

    assert lines_of(invoice_of(provider)) == [("service", 1900, date(2026, 2, 10), date(2026, 2, 28))]
    assert_verified()


def test_a_pause_that_holds_a_whole_period_of_a_standstill_does_not_hold_up_the_next(
    provider: Provider, assert_verified: Verified
) -> None:
    """Resumed before the days are worked on which it was suspended."""
    add_billed_customer(provider, price_minor=3100)
    issue_invoices(provider, FIRST)
    suspend(provider, january(20))
    back = date(2026, 3, 5)
    resume(provider, back)

    require_nobody_due(provider, FEBRUARY)
    assert let_pass(provider, FEBRUARY) == 1
    require_nobody_due(provider, date(2026, 3, 4))
    issue_invoices(provider, back)

    assert lines_of(invoice_of(provider)) == [("service", 2700, back, date(2026, 3, 31))]
    assert invoice_of(provider).period_from == back
    assert BillingAccount.objects.get().next_period_on == date(2026, 4, 1)
    assert_verified()


def test_a_draft_from_before_the_suspension_is_not_issued(provider: Provider, assert_verified: Verified) -> None:
    add_billed_customer(provider)
    run = draft_invoices(provider, FIRST)
    suspend(provider, FIRST)
    resume(provider, january(5))

    assert outcomes(issue_drafts(run, january(5))) == {"C1": "changed_since_draft"}
    issue_invoices(provider, january(5))
    assert [line[2:] for line in lines_of(invoice_of(provider))] == [(FIRST, FIRST), (january(5), january(31))]
    assert len(invoices_of(provider)) == 1
    assert_verified()


def test_a_pending_order_that_is_suspended_was_never_used(provider: Provider, assert_verified: Verified) -> None:
    customer = add_billed_customer(provider)
    with on_day(FIRST):
        add_order(customer, "C1-2", from_date=january(5), status="pending")
    with on_day(january(8)):
        set_order_status(order=order_of(provider, "C1-2"), status="suspended", staff_id=None)
    assert pauses_of(provider, "C1-2") == [(january(5), None)]
    resume(provider, january(12), "C1-2")
    assert pauses_of(provider, "C1-2") == [(january(5), january(12))]
    with on_day(january(15)):
        set_order_status(order=order_of(provider, "C1-2"), status="pending", staff_id=None)
        set_order_status(order=order_of(provider, "C1-2"), status="suspended", staff_id=None)
    assert pauses_of(provider, "C1-2")[1:] == [(january(16), None)]
    assert_verified()


def test_what_is_suspended_for_late_payment_has_no_pause(provider: Provider, assert_verified: Verified) -> None:
    add_billed_customer(provider)
    Order.objects.update(status="suspended", suspended_late_on=january(3))
    refresh_customer_figures(provider_id=provider.pk, customer_ids=None)
    suspend(provider, january(4))
    resume(provider, january(6))

    assert pauses_of(provider) == []
    assert_verified()
