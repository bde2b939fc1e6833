"""A bank takes back what came in a month that is closed: it is booked today, and the closed month stays as it is."""

from datetime import date

import pytest

from makegood.accounting.rules import days_of_month
from makegood.accounting.services.close_month import close_month
from makegood.accounting.trial_balance import get_trial_balance
from makegood.customers.selectors import get_customer
from makegood.payments.models import Payment, PaymentMovement
from makegood.providers.models import Membership
from tests.support import movements, sandbox
from tests.support.answers import Verified
from tests.support.billing import on_day
from tests.support.books import FEBRUARY, JANUARY, open_books, reach
from tests.support.paying import stand_of
from tests.support.returns import charge, dispute, figures, parts_of

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

PAID_ON, TAKEN_ON, WON_ON = date(2026, 1, 15), date(2026, 2, 10), date(2026, 2, 20)


@pytest.fixture
def manager() -> Membership:
    """A manager of a provider whose customer's 60.00 were charged in January, which is closed."""
    manager = open_books()
    sandbox.connect(manager.provider)
    with on_day(PAID_ON):
        customer = get_customer(manager.provider, "C1")
        sandbox.add_method(customer)
        movements.owe(customer, 6000)
        charge(manager, customer)
    reach(manager.provider, FEBRUARY)
    with on_day(FEBRUARY):
        close_month(membership=manager, month=JANUARY)
    return manager


def january(manager: Membership) -> dict[str, tuple[int, int]]:
    """What January's trial balance says of each GL code: what moved it, and how it stood at the end."""
    rows = get_trial_balance(manager.provider, days_of_month(JANUARY)).rows
    return {row.code: (row.debit_minor - row.credit_minor, row.closing_minor) for row in rows}


def test_a_dispute_after_the_close_is_booked_today_and_won_today(
    manager: Membership, assert_verified: Verified
) -> None:
    payment, before = Payment.objects.get(), january(manager)
    with on_day(TAKEN_ON):
        dispute(payment, 6000)
        assert (parts_of(payment), figures(payment.customer)) == ({"state": "disputed", "returned": 6000}, (6000, 0))
        assert_verified()
    with on_day(WON_ON):
        dispute(payment, 6000, "won")
        assert stand_of(payment.claims.get().invoice)[0] == "paid"
        assert_verified()
    booked = PaymentMovement.objects.filter(payment=payment).order_by("number")
    assert list(booked.values_list("type", "booked_on")) == [
        ("received", PAID_ON),
        ("returned", TAKEN_ON),
        ("won_back", WON_ON),
    ]
    assert january(manager) == before


def test_a_debit_that_is_returned_after_the_close(manager: Membership, assert_verified: Verified) -> None:
    payment, before = Payment.objects.get(), january(manager)
    with on_day(TAKEN_ON):
        dispute(payment, 6000, "lost")
        assert_verified()
    assert PaymentMovement.objects.get(type="returned").booked_on == TAKEN_ON
    assert january(manager) == before
