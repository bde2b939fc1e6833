"""Late fees: who pays one, how much, and how it is billed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from makegood.credits.services.apply_funds import apply_due_funds
from makegood.customers.models import Customer
from makegood.invoices.models import Charge
from makegood.invoices.services.late import mark_late
from makegood.invoices.services.late_fees import charge_late_fees
from makegood.kit.refusal import Refused
from makegood.ledger.models import GLCode
from makegood.orders.models import Order
from makegood.orders.services.order_status import keep_order, resume_order, suspend_order, terminate_order
from makegood.providers.models import Provider
from makegood.runs.chunked import Chunked
from tests.support.answers import Verified
from tests.support.billing import (
    FIRST,
    add_billed_customer,
    add_billing_provider,
    give_credit,
    invoice_of,
    issue_invoices,
    lines_of,
    on_day,
    order_of,
    set_up_billing,
)

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

LATE = date(2026, 1, 16)
CHARGED = date(2026, 1, 20)
"""Five days of grace after the 15th, on which it was due."""


@pytest.fixture
def north(db: None) -> Provider:
    """C1 is late with 20.00 for January; a late fee is 7.00."""
    provider = add_billing_provider(late_fee="fixed", late_fee_minor=700)
    add_billed_customer(provider)
    issue_invoices(provider, FIRST)
    return provider


def fees(provider: Provider, day: date = CHARGED, **how: int) -> Chunked:
    with on_day(day):
        mark_late(provider=provider, day=day)
        apply_due_funds(provider=provider, day=day)
        return charge_late_fees(provider=provider, day=day, **how)


def test_the_fee_is_charged_once_when_the_days_of_grace_are_over(north: Provider, assert_verified: Verified) -> None:
    assert fees(north, CHARGED - timedelta(days=1)) == Chunked(0, None)
    assert fees(north) == Chunked(1, None, 700)
    assert fees(north) == Chunked(0, None)
    assert fees(north, CHARGED + timedelta(days=9)) == Chunked(0, None)
    charge = Charge.objects.get()
    assert (charge.late_fee_of, charge.state, charge.amount_minor) == (invoice_of(north), "waiting", 700)
    assert (charge.charged_on, charge.tax_rate, charge.gl_code.type) == (CHARGED, Decimal(0), "fee")
    assert charge.description == f"Late fee for invoice {invoice_of(north).number}"
    assert_verified()


def test_it_is_billed_with_the_next_invoice(north: Provider, assert_verified: Verified) -> None:
    fees(north)
    issue_invoices(north, date(2026, 2, 1))
    invoice = invoice_of(north)
    assert invoice.total_minor == 2700
    assert ("charge", 700, None, None) in lines_of(invoice)
    assert Charge.objects.get().state == "invoiced"
    assert_verified()


@pytest.mark.parametrize(
    ("percent", "funds", "fee"),
    [("5", 0, 100), ("1.27", 0, 25), ("1.25", 0, 25), ("1.22", 0, 24), ("5", 600, 70), ("0.01", 0, None)],
)
def test_a_percentage_is_of_what_is_left_after_available_funds(
    db: None, percent: str, funds: int, fee: int | None
) -> None:
    provider = add_billing_provider(late_fee="percent", late_fee_percent=Decimal(percent))
    add_billed_customer(provider)
    issue_invoices(provider, FIRST)
    if funds:
        give_credit(provider, amount_minor=funds)
    fees(provider)
    assert [charge.amount_minor for charge in Charge.objects.all()] == ([] if fee is None else [fee])


def test_who_is_covered_by_available_funds_pays_none(north: Provider) -> None:
    give_credit(north, amount_minor=2000)
    with on_day(CHARGED):
        mark_late(provider=north, day=CHARGED)
        assert charge_late_fees(provider=north, day=CHARGED) == Chunked(0, None)


@pytest.mark.parametrize("changed", [{"billing_enabled": False}, {"status": "closed"}])
def test_who_is_not_billed_pays_none(north: Provider, changed: dict[str, object]) -> None:
    Customer.objects.update(**changed)
    assert fees(north) == Chunked(0, None)


def test_where_nothing_goes_on_none_is_charged(north: Provider, assert_verified: Verified) -> None:
    """It would wait for an invoice that does not come."""
    with on_day(CHARGED):
        terminate_order(order=order_of(north), to_date=date(2026, 1, 31), staff_id=None)
    assert fees(north) == Chunked(0, None)
    with on_day(CHARGED):
        keep_order(order=order_of(north), staff_id=None)
    assert fees(north) == Chunked(1, None, 700)
    with on_day(CHARGED):
        add_billed_customer(north, "C2")
        issue_invoices(north, CHARGED)
        suspend_order(order=order_of(north, "C2-1"), staff_id=None)
    assert fees(north, date(2026, 2, 20)) == Chunked(0, None)
    with on_day(date(2026, 2, 20)):
        resume_order(order=order_of(north, "C2-1"), staff_id=None)
        assert_verified()
    assert fees(north, date(2026, 2, 20)) == Chunked(1, None, 700)


def test_who_is_suspended_for_being_late_still_pays_one(north: Provider) -> None:
    with on_day(LATE):
        Order.objects.update(status="suspended", suspended_late_on=LATE)
    assert fees(north) == Chunked(1, None, 700)


def test_without_a_fee_in_the_settings_none_is_charged(north: Provider) -> None:
    set_up_billing(north, late_fee="none")
    assert fees(north) == Chunked(0, None)


def test_while_billing_is_off_none_is_charged(north: Provider) -> None:
    Provider.objects.update(end_customer_billing=False)
    assert fees(north) == Chunked(0, None)


def test_no_gl_code_is_said_and_not_guessed(north: Provider) -> None:
    GLCode.objects.filter(type="fee").update(active=False)
    with pytest.raises(Refused, match="no active GL code of type fee"):
        fees(north)
    assert not Charge.objects.exists()


def test_each_late_invoice_has_its_own_fee(north: Provider, assert_verified: Verified) -> None:
    issue_invoices(north, date(2026, 2, 1))
    done = fees(north, date(2026, 2, 20), limit=1)
    assert (done.customers, done.amount_minor) == (1, 1400)
    assert Charge.objects.count() == 2
    assert fees(north, date(2026, 2, 20)) == Chunked(0, None)
    assert_verified()
