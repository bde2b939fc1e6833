"""Orders that a person suspends: each day that was used is billed, none that was not."""

from datetime import date, timedelta

import pytest

from makegood.credits.services.void_invoice import void_invoice
from makegood.providers.models import Provider
from tests.support.answers import Verified
from tests.support.billing import (
    FIRST,
    add_billed_customer,
    add_billing_provider,
    invoice_of,
    issue_invoices,
    lines_of,
    on_day,
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
    terminate,
)
from tests.support.records import add_person

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

FEBRUARY, MARCH = date(2026, 2, 1), date(2026, 3, 1)


@pytest.fixture
def provider() -> Provider:
    return add_billing_provider()


@pytest.fixture
def second(provider: Provider) -> str:
    return add_second_order(provider)


def test_the_days_before_the_suspension_are_billed_with_the_next_period(
    provider: Provider, second: str, assert_verified: Verified
) -> None:
    suspend(provider, january(20), second)
    for day in (january(20), january(31)):
        assert let_pass(provider, day) == 0

    issue_invoices(provider, FEBRUARY)

    assert lines_of_order(provider, second) == [("service", 1100, january(10), january(20))]
    issue_invoices(provider, MARCH)
    assert lines_of_order(provider, second) == []
    assert_verified()


def test_where_nothing_else_goes_on_they_are_billed_at_once(
    provider: Provider, second: str, assert_verified: Verified
) -> None:
    suspend(provider, january(20))
    suspend(provider, january(20), second)

    issue_invoices(provider, january(21))

    single = invoice_of(provider)
    assert (single.kind, single.period_from, single.period_to) == ("single", january(10), january(20))
    assert lines_of(single) == [("service", 1100, january(10), january(20))]
    require_nobody_due(provider, MARCH)
    resume(provider, date(2026, 2, 10), second)
    issue_invoices(provider, date(2026, 2, 10))
    assert lines_of(invoice_of(provider)) == [("service", 2104, date(2026, 2, 10), date(2026, 2, 28))]
    assert_verified()


def test_days_between_are_left_out_where_it_was_resumed_before_the_invoice(
    provider: Provider, second: str, assert_verified: Verified
) -> None:
    for begin, after in ((12, 15), (20, 25)):
        suspend(provider, january(begin), second)
        let_pass(provider, january(begin + 1))
        resume(provider, january(after), second)

    issue_invoices(provider, FEBRUARY)

    assert lines_of_order(provider, second) == [
        ("service", 300, january(10), january(12)),
        ("service", 600, january(15), january(20)),
        ("service", 700, january(25), january(31)),
        ("service", 3100, FEBRUARY, date(2026, 2, 28)),
    ]
    assert_verified()


def test_resumed_on_the_same_day_nothing_is_left_out(
    provider: Provider, second: str, assert_verified: Verified
) -> None:
    for _ in range(2):
        suspend(provider, january(20), second)
        resume(provider, january(20), second)
    suspend(provider, january(20), second)
    resume(provider, january(21), second)

    issue_invoices(provider, FEBRUARY)

    assert lines_of_order(provider, second)[0] == ("service", 2200, january(10), january(31))
    assert pauses_of(provider, second) == [(january(21), january(21))]
    assert_verified()


def test_the_day_on_which_it_is_resumed_is_billed(provider: Provider, assert_verified: Verified) -> None:
    """The provider's day has begun, and has let days pass, when somebody resumes the order."""
    add_billed_customer(provider, price_minor=2800)
    issue_invoices(provider, FIRST)
    suspend(provider, january(20))
    for days in range(10):
        let_pass(provider, FEBRUARY + timedelta(days=days))
    resume(provider, date(2026, 2, 10))

    issue_invoices(provider, date(2026, 2, 11))

    assert lines_of(invoice_of(provider)) == [("service", 1900, date(2026, 2, 10), date(2026, 2, 28))]
    assert_verified()


@pytest.mark.parametrize("last", [20, 25])
def test_terminated_while_suspended_its_last_day_is_the_last_that_was_used(
    provider: Provider, second: str, last: int, assert_verified: Verified
) -> None:
    suspend(provider, january(20), second)
    terminate(provider, january(25), january(last), second)

    issue_invoices(provider, FEBRUARY)

    assert lines_of_order(provider, second) == [("service", 1100, january(10), january(20))]
    terminate(provider, FEBRUARY, FEBRUARY)
    issue_invoices(provider, date(2026, 2, 2))
    require_nobody_due(provider, MARCH)
    assert_verified()


def test_a_suspended_order_that_ends_is_no_candidate_for_ever(provider: Provider, assert_verified: Verified) -> None:
    add_billed_customer(provider, price_minor=3100)
    issue_invoices(provider, FIRST)
    suspend(provider, january(20))
    terminate(provider, date(2026, 2, 10), date(2026, 2, 10))

    require_nobody_due(provider, date(2026, 2, 11))

    assert_verified()


def test_an_end_that_lies_before_the_suspension_gives_back_what_was_billed(
    provider: Provider, second: str, assert_verified: Verified
) -> None:
    suspend(provider, january(20), second)
    issue_invoices(provider, FEBRUARY)
    terminate(provider, date(2026, 2, 5), january(15), second)

    issue_invoices(provider, MARCH)

    assert lines_of_order(provider, second) == [("unused_time", -500, january(16), january(20))]
    assert_verified()


def test_billed_again_are_the_used_days_alone(provider: Provider, assert_verified: Verified) -> None:
    add_billed_customer(provider, price_minor=3100)
    clerk = add_person(provider)
    issue_invoices(provider, FIRST)
    suspend(provider, january(20))
    let_pass(provider, FEBRUARY)
    with on_day(date(2026, 2, 5)):
        void_invoice(membership=clerk, invoice=invoice_of(provider), reason="Wrong", bill_again=True)

    issue_invoices(provider, date(2026, 2, 6))

    assert lines_of(invoice_of(provider)) == [("service", 2000, FIRST, january(20))]
    resume(provider, date(2026, 2, 22))
    issue_invoices(provider, date(2026, 2, 22))
    assert lines_of(invoice_of(provider)) == [("service", 775, date(2026, 2, 22), date(2026, 2, 28))]
    assert_verified()
