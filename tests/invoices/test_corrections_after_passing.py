"""What was billed is corrected, also where days have passed unbilled since; once, and only as long as it stands."""

from datetime import date

import pytest

from makegood.credits.services.void_invoice import void_invoice
from makegood.kit.refusal import Refused
from makegood.orders.models import Order
from makegood.orders.services.change_order import change_price
from makegood.orders.services.figures import refresh_customer_figures
from makegood.providers.models import Provider
from tests.support.answers import Verified
from tests.support.billing import (
    FIRST,
    add_billed_customer,
    add_billing_provider,
    draft_invoices,
    invoice_of,
    issue_invoices,
    lines_of,
    on_day,
    order_of,
)
from tests.support.charges import adjust
from tests.support.pausing import let_pass, resume, suspend, switch_billing, terminate
from tests.support.records import add_person

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

FEBRUARY, MARCH = date(2026, 2, 1), date(2026, 3, 1)


def set_price(provider: Provider, day: date, price_minor: int, effective_from: date) -> None:
    with on_day(day):
        change_price(order=order_of(provider), price_minor=price_minor, effective_from=effective_from, staff_id=None)


def let_february_pass(provider: Provider) -> None:
    """Nobody bills the customer on the first of February."""
    switch_billing(provider, date(2026, 1, 25), on=False)
    let_pass(provider, FEBRUARY)
    switch_billing(provider, date(2026, 2, 20), on=True)


def test_a_price_that_changed_before_days_passed_is_made_up_for(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider, price_minor=3100)
    issue_invoices(provider, FIRST)
    set_price(provider, date(2026, 1, 15), 6200, date(2026, 1, 11))
    let_february_pass(provider)

    issue_invoices(provider, MARCH)

    corrections = [
        ("price_change", -2100, date(2026, 1, 11), date(2026, 1, 31)),
        ("price_change", 4200, date(2026, 1, 11), date(2026, 1, 31)),
    ]
    assert lines_of(invoice_of(provider)) == [("service", 6200, MARCH, date(2026, 3, 31)), *corrections]
    issue_invoices(provider, date(2026, 4, 1))
    assert lines_of(invoice_of(provider)) == [("service", 6200, date(2026, 4, 1), date(2026, 4, 30))]
    assert_verified()


def test_a_price_that_changed_before_a_suspension_is_made_up_for_after_it(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider, price_minor=3100)
    issue_invoices(provider, FIRST)
    set_price(provider, date(2026, 1, 15), 6200, date(2026, 1, 11))
    suspend(provider, date(2026, 1, 20))
    let_pass(provider, FEBRUARY)
    resume(provider, date(2026, 2, 15))

    issue_invoices(provider, date(2026, 2, 15))

    assert [line[:2] for line in lines_of(invoice_of(provider))] == [
        ("service", 3100),
        ("price_change", -2100),
        ("price_change", 4200),
    ]
    assert_verified()


def test_an_end_before_days_that_passed_gives_back_what_was_billed(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider, price_minor=3100)
    issue_invoices(provider, FIRST)
    let_february_pass(provider)
    terminate(provider, date(2026, 2, 20), date(2026, 1, 21))

    issue_invoices(provider, date(2026, 2, 21))

    assert lines_of(invoice_of(provider)) == [("unused_time", -1000, date(2026, 1, 22), date(2026, 1, 31))]
    with pytest.raises(Refused):
        draft_invoices(provider, MARCH)
    assert_verified()


def test_a_correction_that_was_voided_is_not_made_again(assert_verified: Verified) -> None:
    """The days stand billed as they were before it, and no later price is held against the voided one."""
    provider = add_billing_provider()
    add_billed_customer(provider, price_minor=3100)
    issue_invoices(provider, FIRST)
    set_price(provider, date(2026, 1, 15), 6200, date(2026, 1, 11))
    issue_invoices(provider, FEBRUARY)
    clerk = add_person(provider)
    with on_day(date(2026, 2, 5)):
        void_invoice(membership=clerk, invoice=invoice_of(provider), reason="Courtesy")
    set_price(provider, date(2026, 2, 6), 3100, date(2026, 1, 11))

    issue_invoices(provider, MARCH)

    assert lines_of(invoice_of(provider)) == [("service", 3100, MARCH, date(2026, 3, 31))]
    terminate(provider, MARCH, date(2026, 1, 21))
    issue_invoices(provider, date(2026, 3, 2))
    assert lines_of(invoice_of(provider)) == [
        ("unused_time", -1000, date(2026, 1, 22), date(2026, 1, 31)),
        ("unused_time", -3100, MARCH, date(2026, 3, 31)),
    ]
    assert_verified()


def test_days_given_back_before_a_file_revived_the_order_are_not_given_back_again(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider, price_minor=3100)
    clerk = add_person(provider)
    with on_day(FIRST):
        adjust(clerk, order_of(provider), direction="charge", amount_minor=310)
    issue_invoices(provider, FIRST)
    terminate(provider, date(2026, 1, 21), date(2026, 1, 21))
    issue_invoices(provider, date(2026, 1, 22))
    Order.objects.update(status="active", to_date=None)
    refresh_customer_figures(provider_id=provider.pk, customer_ids=None)
    let_february_pass(provider)
    terminate(provider, date(2026, 2, 20), date(2026, 1, 26))

    with pytest.raises(Refused) as refused:
        draft_invoices(provider, date(2026, 2, 21))

    assert refused.value.code == "nobody_due"
    assert_verified()
