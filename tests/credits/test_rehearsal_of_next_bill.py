"""What the rehearsal of credits says is left over is left over: after tax, discounts, charges and last days."""

from datetime import date

import pytest

from makegood.credits.bills_of_draft import BillsOfDraft, Group, UsedOn, get_bills_of_draft
from makegood.credits.services.apply_funds import apply_due_funds
from makegood.credits.services.expire import expire_credits
from makegood.customers.selectors import get_customer
from makegood.orders.services.order_status import terminate_order
from makegood.providers.models import Membership, Provider
from tests.days.living import live
from tests.support.answers import Verified
from tests.support.billing import (
    FIRST,
    add_billed_customer,
    add_billing_provider,
    add_taxed_service,
    give_credit,
    issue_invoices,
    on_day,
    order_of,
    set_up_billing,
)
from tests.support.charges import adjust, charge
from tests.support.paying import pay
from tests.support.records import (
    add_customer,
    add_order,
    add_person,
    credit_of,
    draft_credit,
    edit,
    finish,
    funds,
    start,
)

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

PAID_ON, FEBRUARY, COLLECTED_ON = date(2026, 1, 16), date(2026, 2, 1), date(2026, 2, 15)


@pytest.fixture
def north(db: None) -> Provider:
    """C1 pays 20.00 a month for Fiber, and 20 % tax on it."""
    provider = add_billing_provider()
    add_taxed_service(provider, "Fiber", price_minor=2000, tax_rate="20")
    add_billed_customer(provider, service="Fiber")
    return provider


@pytest.fixture
def ben(north: Provider) -> Membership:
    return add_person(north, "manager")


def rehearse(ben: Membership, amount_minor: int, day: date = PAID_ON) -> BillsOfDraft:
    """What is said of a credit for C1 that is asked for on that day, and then given."""
    with on_day(day):
        run = draft_credit(ben, customers=[get_customer(ben.provider, "C1")], amount_minor=amount_minor)
        bills = get_bills_of_draft(run)
        finish(start(run, ben))
    return bills


def pay_january(ben: Membership, amount_minor: int) -> None:
    """C1 has an invoice of that amount, and pays it."""
    live(ben.provider, FIRST, PAID_ON)
    with on_day(PAID_ON):
        pay(ben, get_customer(ben.provider, "C1"), amount_minor)


@pytest.mark.parametrize(("amount_minor", "left_minor"), [(2300, 0), (2400, 0), (2900, 500)])
def test_tax_is_reckoned_with(ben: Membership, amount_minor: int, left_minor: int, assert_verified: Verified) -> None:
    pay_january(ben, 2400)
    bills = rehearse(ben, amount_minor)
    assert bills.left == bills.left_estimated == Group(1 if left_minor else 0, left_minor)
    live(ben.provider, date(2026, 1, 17), COLLECTED_ON)
    assert funds(ben.provider, "C1") == left_minor
    assert_verified()


def test_prices_with_tax_are_what_is_billed(north: Provider, ben: Membership) -> None:
    set_up_billing(north, prices_include_tax=True)
    pay_january(ben, 2000)
    assert rehearse(ben, 2300).left == Group(1, 300)


def test_discounts_surcharges_and_waiting_charges_are_reckoned_with(
    north: Provider, ben: Membership, assert_verified: Verified
) -> None:
    with on_day(FIRST):
        add_order(get_customer(north, "C1"), "C1-2", from_date=FIRST, price_minor=700)
    pay_january(ben, 3100)
    with on_day(PAID_ON):
        for number, direction, amount_minor in (
            ("C1-1", "credit", 500),
            ("C1-1", "charge", 200),
            ("C1-2", "credit", 900),
        ):
            adjust(ben, order_of(north, number), direction=direction, amount_minor=amount_minor, from_on=FEBRUARY)
        adjust(ben, order_of(north), amount_minor=1500, from_on=date(2026, 3, 1))
        charge(ben, customers=[get_customer(north, "C1")], amount_minor=1000)
    bills = rehearse(ben, 5000)
    # 20.00 less 5.00 with 2.00, and 20 % on it; the second order costs nothing; the charge has no tax.
    assert bills.left == Group(1, 5000 - 2040 - 1000)
    live(north, date(2026, 1, 17), COLLECTED_ON)
    assert funds(north, "C1") == bills.left.amount_minor
    assert_verified()


def test_what_has_been_billed_before_does_not_count_if_the_order_has_changed(north: Provider, ben: Membership) -> None:
    add_billed_customer(north, "C2", from_date=date(2026, 1, 21))
    issue_invoices(north, date(2026, 1, 21))
    with on_day(date(2026, 1, 22)):
        pay(ben, get_customer(north, "C2"), 710)
        run = draft_credit(ben, customers=[get_customer(north, "C2")], amount_minor=2500)
        # 7.10 were for the rest of January; February costs 20.00.
        assert get_bills_of_draft(run).left == Group(1, 500)


def test_who_has_charges_alone_is_billed_those(north: Provider, ben: Membership) -> None:
    with on_day(PAID_ON):
        idle = add_customer(north, "C9", areas=())
        charge(ben, customers=[idle], amount_minor=1000)
        bills = get_bills_of_draft(draft_credit(ben, customers=[idle], amount_minor=1500))
    assert (bills.left, bills.left_estimated, bills.left_unbilled) == (Group(1, 500), Group(1, 500), Group())


def test_an_order_that_ends_before_the_next_invoice_is_not_billed_again(north: Provider, ben: Membership) -> None:
    pay_january(ben, 2400)
    with on_day(PAID_ON):
        terminate_order(order=order_of(north), to_date=date(2026, 1, 31), staff_id=None)
    bills = rehearse(ben, 1500)
    assert (bills.left, bills.left_unbilled) == (Group(1, 1500), Group(1, 1500))


def test_credits_that_expire_between_two_invoices_do_not_pay_the_later(
    north: Provider, ben: Membership, assert_verified: Verified
) -> None:
    set_up_billing(north, due_days=30)
    issue_invoices(north, FIRST)
    issue_invoices(north, FEBRUARY)
    give_credit(north, amount_minor=3000, day=FEBRUARY)
    with on_day(FEBRUARY):
        edit(ben, credit_of(north, "C1"), expires_on=date(2026, 2, 10))
    bills = rehearse(ben, 1000, FEBRUARY)
    # January's is collected at once; what is left of the 30.00 then ends before February's is.
    assert bills.days == (UsedOn(FEBRUARY, 1, 2400), UsedOn(date(2026, 3, 3), 1, 1000))
    assert (bills.open, bills.left) == (Group(1, 3400), Group())
    for day in (FEBRUARY, date(2026, 2, 11), date(2026, 3, 3)):
        with on_day(day):
            expire_credits(provider=north, day=day)
            apply_due_funds(provider=north, day=day)
    assert funds(north, "C1") == 0
    assert_verified()


def test_credits_that_expire_before_the_next_invoice_are_not_left_over_either(
    north: Provider, ben: Membership, assert_verified: Verified
) -> None:
    pay_january(ben, 2400)
    give_credit(north, amount_minor=4000, day=PAID_ON)
    with on_day(PAID_ON):
        edit(ben, credit_of(north, "C1"), expires_on=date(2026, 2, 14))
    bills = rehearse(ben, 3000)
    assert bills.left == Group(1, 600)
    live(north, date(2026, 1, 17), COLLECTED_ON)
    assert funds(north, "C1") == 600
    assert_verified()
