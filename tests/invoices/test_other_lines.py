"""Charges, discounts and surcharges on invoices."""

from datetime import date

import pytest

from makegood.credits.services.void_invoice import void_invoice
from makegood.customers.selectors import get_customer
from makegood.invoices.models import Charge
from makegood.invoices.services.invoice_run import bill_now
from makegood.kit.refusal import Refused
from makegood.orders.services.close_customer import close_customer
from makegood.providers.models import Membership
from tests.support.answers import Verified
from tests.support.billing import (
    FIRST,
    add_billed_customer,
    add_billing_provider,
    balance_of_gl_code,
    draft_invoices,
    invoice_of,
    invoices_of,
    issue_invoices,
    lines_of,
    on_day,
    order_of,
    receivable,
)
from tests.support.charges import adjust, charge
from tests.support.records import add_person, finish

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

LAST = date(2026, 1, 31)


@pytest.fixture
def clerk() -> Membership:
    """A billing clerk of a provider that bills, whose customer C1 has the order C1-1 at 20.00."""
    provider = add_billing_provider()
    add_billed_customer(provider)
    return add_person(provider)


def test_a_waiting_charge_stands_on_the_next_invoice_once(clerk: Membership, assert_verified: Verified) -> None:
    provider = clerk.provider
    with on_day(FIRST):
        charge(clerk, amount_minor=7500)

    issue_invoices(provider, FIRST)

    assert lines_of(invoice_of(provider)) == [("service", 2000, FIRST, LAST), ("charge", 7500, None, None)]
    assert Charge.objects.get().state == "invoiced"
    assert balance_of_gl_code(provider, "4100") == -7500
    issue_invoices(provider, date(2026, 2, 1))
    assert invoice_of(provider).total_minor == 2000
    assert_verified()


def test_a_discount_takes_off_what_it_says(clerk: Membership, assert_verified: Verified) -> None:
    provider = clerk.provider
    with on_day(FIRST):
        adjust(clerk, order_of(provider), amount_minor=500, until_on=LAST)

    issue_invoices(provider, FIRST)
    issue_invoices(provider, date(2026, 2, 1))

    assert [invoice.total_minor for invoice in invoices_of(provider)] == [1500, 2000]
    assert balance_of_gl_code(provider, "1200") == 3500
    assert_verified()


def test_discounts_take_off_at_most_what_the_order_costs(clerk: Membership, assert_verified: Verified) -> None:
    provider = clerk.provider
    with on_day(FIRST):
        for description in ("Loyalty", "Friends", "Family"):
            adjust(clerk, order_of(provider), amount_minor=1500, description=description)
        adjust(clerk, order_of(provider), amount_minor=300, direction="charge")

    issue_invoices(provider, FIRST)

    assert sorted(amount for kind, amount, *_ in lines_of(invoice_of(provider)) if kind == "adjustment") == [
        -1500,
        -500,
        300,
    ]
    assert invoice_of(provider).total_minor == 300
    assert_verified()


def test_of_unused_days_the_discount_is_not_given_back_too(clerk: Membership, assert_verified: Verified) -> None:
    provider = clerk.provider
    with on_day(FIRST):
        adjust(clerk, order_of(provider), amount_minor=500)
    issue_invoices(provider, FIRST)
    with on_day(date(2026, 1, 11)):
        close_customer(customer=get_customer(provider, "C1"), staff_id=None)
    issue_invoices(provider, date(2026, 1, 12))
    # 20 of 31 days are not used: of 20.00 less 5.00, 12.90 less 3.23.
    assert lines_of(invoice_of(provider)) == [
        ("unused_time", -1290, date(2026, 1, 12), LAST),
        ("adjustment", 323, date(2026, 1, 12), LAST),
    ]
    assert receivable(provider) == 1500 - 967
    assert_verified()


def test_an_invoice_of_nothing_is_voided_on_every_gl_code(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    manager = add_person(provider, "manager")
    add_billed_customer(provider)
    with on_day(FIRST):
        adjust(manager, order_of(provider), amount_minor=2000)
    issue_invoices(provider, FIRST)
    assert (invoice_of(provider).total_minor, balance_of_gl_code(provider, "4000")) == (0, -2000)
    with on_day(FIRST):
        void_invoice(membership=manager, invoice=invoice_of(provider), reason="wrong discount")
    assert (invoice_of(provider).state, balance_of_gl_code(provider, "4000")) == ("void", 0)
    assert_verified()


def test_waiting_charges_can_be_billed_at_once(clerk: Membership, assert_verified: Verified) -> None:
    provider = clerk.provider
    customer = order_of(provider).customer
    issue_invoices(provider, FIRST)
    day = date(2026, 1, 10)
    with on_day(day):
        charge(clerk, amount_minor=7500)
        run = finish(bill_now(membership=clerk, customer=customer, key="now"))
        again = bill_now(membership=clerk, customer=customer, key="now")

    invoice = invoice_of(provider)
    assert (run.state, again.pk) == ("finished", run.pk)
    assert (invoice.kind, invoice.number, invoice.issued_on, invoice.total_minor) == ("single", 2, day, 7500)
    with pytest.raises(Refused) as refused, on_day(day):
        bill_now(membership=clerk, customer=customer, key="later")
    assert refused.value.code == "nothing_waits"
    issue_invoices(provider, date(2026, 2, 1))
    assert invoice_of(provider).total_minor == 2000
    assert_verified()


def test_a_charge_of_who_has_nothing_else_is_billed_by_itself(assert_verified: Verified) -> None:
    provider = add_billing_provider()
    add_billed_customer(provider, orders=0)
    clerk = add_person(provider)
    with on_day(FIRST):
        charge(clerk, amount_minor=7500)

    issue_invoices(provider, FIRST)

    assert (invoice_of(provider).kind, invoice_of(provider).total_minor) == ("single", 7500)
    with pytest.raises(Refused):
        draft_invoices(provider, date(2026, 2, 1))
    assert_verified()
