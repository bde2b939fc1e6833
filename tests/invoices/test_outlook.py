"""What Available Funds will do by themselves is foreseen as it then happens."""

from datetime import date

import pytest

from makegood.credits.models import Credit
from makegood.credits.services.apply_funds import apply_due_funds
from makegood.invoices.models import Invoice
from makegood.invoices.outlook import Lot, Outlook, foresee, foresee_of_customer
from makegood.invoices.rules import State
from makegood.providers.models import Provider
from tests.support import billing
from tests.support.answers import Verified

pytestmark = pytest.mark.django_db

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)


@pytest.fixture
def north() -> Provider:
    return billing.add_billing_provider()


def owed(pk: int, due_minor: int, collect_on: date, state: State = State.OPEN) -> Invoice:
    invoice = Invoice(pk=pk, state=state, collect_on=collect_on, due_on=collect_on)
    invoice.due_minor = due_minor
    return invoice


def test_the_oldest_due_comes_first_and_the_rest_is_left_for_the_next(
    north: Provider, assert_verified: Verified
) -> None:
    billing.add_billed_customer(north)
    billing.issue_invoices(north, JANUARY)
    billing.issue_invoices(north, FEBRUARY)
    billing.give_credit(north, amount_minor=2500, day=FEBRUARY)
    first, second = billing.invoices_of(north)
    with billing.on_day(FEBRUARY):
        seen = foresee([second, first])
    assert (seen[first.pk].will_use_minor, seen[second.pk].will_use_minor) == (2000, 500)
    assert seen[second.pk] == Outlook(date(2026, 2, 15), 500, 1500)

    with billing.on_day(date(2026, 2, 15)):
        apply_due_funds(provider=north, day=date(2026, 2, 15))
    assert [invoice.used_minor for invoice in billing.invoices_of(north)] == [2000, 500]
    assert_verified()


def test_what_expires_before_the_day_is_not_counted_on(north: Provider) -> None:
    billing.add_billed_customer(north)
    billing.issue_invoices(north, JANUARY)
    invoice = billing.invoice_of(north)
    credit = billing.give_credit(north, amount_minor=1500, day=JANUARY)
    for expires_on, used in ((date(2026, 1, 14), 0), (date(2026, 1, 15), 1500)):
        Credit.objects.filter(pk=credit.pk).update(expires_on=expires_on)
        with billing.on_day(JANUARY):
            assert foresee([invoice])[invoice.pk].will_use_minor == used


def test_what_is_late_comes_before_what_is_not_due_yet() -> None:
    late, open_ = owed(1, 1000, date(2026, 1, 15), State.LATE), owed(2, 1000, date(2026, 2, 15))
    seen = foresee_of_customer([open_, late], [Lot(1500, None)], FEBRUARY)
    assert seen == {1: Outlook(FEBRUARY, 1000, 0), 2: Outlook(date(2026, 2, 15), 500, 500)}


def test_what_expires_first_is_used_first() -> None:
    lots = [Lot(500, date(2026, 1, 31)), Lot(500, None)]
    first, second = owed(1, 400, date(2026, 1, 15)), owed(2, 900, date(2026, 2, 15))
    seen = foresee_of_customer([first, second], lots, JANUARY)
    assert (seen[1].will_use_minor, seen[2].will_use_minor) == (400, 500)


def test_nothing_is_foreseen_for_what_is_not_owed(north: Provider) -> None:
    billing.add_billed_customer(north, price_minor=0)
    billing.issue_invoices(north, JANUARY)
    assert foresee(billing.invoices_of(north)) == {}
