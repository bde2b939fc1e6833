"""The step of the day in which autopay charges what funds have left."""

from datetime import date, timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from makegood.customers.models import Customer
from makegood.days.models import ProviderDay
from makegood.invoices.models import BillingSettings
from makegood.payments.models import Payment, PaymentMethod
from makegood.providers.models import Provider
from tests.days.living import NEW_YEAR, live, work
from tests.support import sandbox
from tests.support.answers import Verified
from tests.support.autopay import add_card, add_gateway, collection_of, payments_of
from tests.support.billing import give_credit, invoice_of, on_day

pytestmark = [pytest.mark.django_db, pytest.mark.sql]
COLLECTED = date(2026, 1, 6)


@pytest.fixture
def payer(north: Provider) -> Customer:
    """C1, who pays 20.00 a month by autopay."""
    Customer.objects.filter(number="C1").update(autopay=True)
    BillingSettings.objects.update(autopay_days=5)
    return Customer.objects.select_related("provider").get(number="C1")


def did(day: date) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = ProviderDay.objects.get(day=day).did
    return found


def test_the_sandbox_is_paid_on_the_autopay_date(north: Provider, payer: Customer, assert_verified: Verified) -> None:
    with on_day(NEW_YEAR):
        sandbox.connect(north)
        sandbox.add_method(payer)
    give_credit(north, "C1", 500)
    live(north, NEW_YEAR, COLLECTED)
    assert did(COLLECTED)["charged"] == {"customers": 1, "amount_minor": 1500}
    (payment,) = payments_of(payer)
    assert (payment.state, payment.received_on, payment.allocated_minor) == ("succeeded", COLLECTED, 1500)
    invoice = invoice_of(north, "C1")
    assert (invoice.state, invoice.used_minor, invoice.paid_minor) == ("paid", 500, 1500)
    assert_verified()


def test_a_declined_card_is_tried_again_on_the_days_of_the_schedule_until_it_is_given_up(
    north: Provider, payer: Customer, assert_verified: Verified
) -> None:
    with on_day(NEW_YEAR):
        sandbox.connect(north)
        sandbox.add_method(payer, "card_declined")
    live(north, NEW_YEAR, date(2026, 1, 30))
    days = [payment.collect_day for payment in payments_of(payer)]
    assert days == [COLLECTED + timedelta(days=after) for after in (0, 3, 8, 15)]
    assert {payment.state for payment in payments_of(payer)} == {"failed"}
    assert collection_of(invoice_of(north, "C1")) == (4, None, COLLECTED + timedelta(days=15))
    assert_verified()


def test_days_that_are_made_up_for_charge_each_invoice_once(
    north: Provider, payer: Customer, assert_verified: Verified
) -> None:
    with on_day(NEW_YEAR):
        sandbox.connect(north)
        sandbox.add_method(payer)
    work(north, NEW_YEAR)
    work(north, date(2026, 2, 10))
    # What was issued late is due later.
    assert [(payment.collect_day, payment.received_on) for payment in payments_of(payer)] == [
        (COLLECTED, date(2026, 2, 10))
    ]
    work(north, date(2026, 2, 15))
    assert payments_of(payer)[-1].collect_day == date(2026, 2, 15)
    assert_verified()


def test_a_real_gateway_is_woken_and_not_waited_for(
    north: Provider, payer: Customer, assert_verified: Verified
) -> None:
    add_gateway(north, kind="stripe")
    add_card(payer)
    live(north, NEW_YEAR, COLLECTED)
    assert [payment.state for payment in payments_of(payer)] == ["created"]
    assert ProviderDay.objects.get(day=COLLECTED).is_finished
    jobs = ProcrastinateJob.objects.filter(task_name="payments.collect")
    assert jobs.last().args == {"provider_id": north.pk}  # type: ignore[union-attr]  # there is one
    assert_verified()


def test_whoever_has_nothing_to_be_charged_is_noted_with_the_day(
    north: Provider, payer: Customer, assert_verified: Verified
) -> None:
    add_gateway(north)
    live(north, NEW_YEAR, COLLECTED + timedelta(days=1))
    assert did(COLLECTED) == {"no_method": {"customers": 1, "amount_minor": 2000}}
    assert did(COLLECTED + timedelta(days=1)) == {}
    assert not Payment.objects.exists()
    assert_verified()


def test_without_a_gateway_nothing_is_charged_or_noted(north: Provider, payer: Customer) -> None:
    live(north, NEW_YEAR, COLLECTED)
    assert (did(COLLECTED), PaymentMethod.objects.count()) == ({}, 0)
