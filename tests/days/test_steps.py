"""What the steps of a day do, day after day."""

from datetime import date, timedelta

import pytest

from makegood.days.models import ProviderDay
from makegood.days.rules import NAMES
from makegood.emails.models import Message
from makegood.invoices.models import Invoice
from makegood.ledger.models import JournalEntry
from makegood.notifications.models import Notification
from makegood.orders.models import Order
from makegood.orders.services.order_status import terminate_order
from makegood.providers.models import Provider
from makegood.runs.models import Run
from tests.days.living import NEW_YEAR, live, work
from tests.support.answers import Verified
from tests.support.billing import (
    add_billed_customer,
    give_credit,
    invoice_of,
    invoices_of,
    on_day,
    order_of,
    set_up_billing,
)
from tests.support.charges import charge
from tests.support.records import add_person

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


def test_six_weeks_go_by(north: Provider, assert_verified: Verified) -> None:
    give_credit(north, "C2", 2000)
    days = live(north, NEW_YEAR, date(2026, 2, 14))
    assert {f"{day.day:%m-%d}": sorted(day.did) for day in days if day.did} == {
        "01-01": ["issued"],
        "01-15": ["funds_used"],
        "01-16": ["late"],
        "01-18": ["reminded"],
        "01-20": ["late_fees"],
        "01-25": ["reminded"],
        "02-01": ["issued"],
        "02-14": ["suspended"],
    }
    assert {name for day in days for name in day.did} <= set(NAMES)
    assert days[0].did["issued"] == {"customers": 2, "amount_minor": 4000}
    assert [invoice.state for invoice in invoices_of(north, "C1")] == ["late", "open"]
    assert [invoice.state for invoice in invoices_of(north, "C2")] == ["paid", "open"]
    assert invoice_of(north, "C1").total_minor == 2700
    assert (order_of(north, "C1-1").status, order_of(north, "C2-1").status) == ("suspended", "active")
    assert_verified()


def test_after_a_standstill_every_day_is_made_up_for_in_order(north: Provider, assert_verified: Verified) -> None:
    work(north, date(2026, 1, 10))
    reminders = Message.objects.filter(template="invoice_reminder")
    today = date(2026, 1, 20)
    days = work(north, today)
    assert [day.day for day in days] == [date(2026, 1, 11) + timedelta(days=n) for n in range(10)]
    assert all(day.is_finished for day in days)
    north.refresh_from_db()
    assert north.day_reached == today
    assert not reminders.exists()
    assert_verified()


def test_what_a_standstill_delayed_is_booked_today_and_names_its_day(
    north: Provider, assert_verified: Verified
) -> None:
    work(north, NEW_YEAR)
    give_credit(north, "C1", 500)
    live(north, NEW_YEAR, date(2026, 1, 5))
    today = date(2026, 1, 22)
    days = {day.day: day for day in work(north, today)}
    assert days[date(2026, 1, 15)].did["funds_used"] == {"customers": 1, "amount_minor": 500}
    assert days[date(2026, 1, 16)].did["late"]["customers"] == 2
    used = JournalEntry.objects.get(event="funds_used")
    assert (used.booked_on, used.effective_on) == (today, date(2026, 1, 15))
    # Of the 18th nobody is reminded on the 22nd; of the present day they are, once.
    assert "reminded" not in days[date(2026, 1, 18)].did
    assert days[today].did["reminded"]["customers"] == 2
    assert_verified()


def test_what_a_day_brings_to_orders_comes_first(north: Provider) -> None:
    with on_day(NEW_YEAR):
        terminate_order(order=order_of(north, "C1-1"), to_date=date(2026, 1, 31), staff_id=None)
        live(north, NEW_YEAR, NEW_YEAR)
        charge(add_person(north, "billing"), customers=[order_of(north, "C1-1").customer], amount_minor=500)
    live(north, NEW_YEAR + timedelta(days=1), date(2026, 2, 1))
    assert Order.objects.get(number="C1-1").status == "terminated"
    # The charge has waited as long as something was sold.
    assert [(invoice.kind, invoice.total_minor) for invoice in invoices_of(north, "C1")] == [
        ("period", 2000),
        ("single", 500),
    ]
    assert [invoice.total_minor for invoice in invoices_of(north, "C2")] == [2000, 2700]


def test_drafts_that_are_to_be_reviewed_wait_and_managers_are_told(north: Provider, assert_verified: Verified) -> None:
    manager = add_person(north, "manager")
    set_up_billing(north, review_drafts=True)
    [day] = work(north, NEW_YEAR)
    assert day.did == {"drafted": {"customers": 2, "amount_minor": 4000}}
    assert {invoice.state for invoice in Invoice.objects.all()} == {"draft"}
    told = Notification.objects.get(staff=manager.staff)
    run = Run.objects.get()
    assert (told.title, told.subject_type, told.subject_id) == ("2 draft invoices wait", "run", run.pk)
    assert told.body == f"They were made for {NEW_YEAR:%b} 1, {NEW_YEAR.year}. Look at them, and issue or discard them."
    assert run.state == "draft"
    # The next days leave them alone, and draft who is newly due.
    add_billed_customer(north, "C3", from_date=date(2026, 1, 2))
    days = live(north, date(2026, 1, 2), date(2026, 1, 4))
    assert [day.did.get("drafted", {}).get("customers") for day in days] == [1, None, None]
    assert Notification.objects.count() == 2
    assert_verified()


def test_an_empty_day_leaves_nothing_but_itself(north: Provider) -> None:
    work(north, NEW_YEAR)
    runs = Run.objects.count()
    [day] = work(north, date(2026, 1, 2))
    assert (day.did, day.failures, day.step) == ({}, 0, "")
    assert Run.objects.count() == runs
    assert ProviderDay.objects.count() == 2


def test_a_provider_without_settings_has_days_too(db: None, assert_verified: Verified) -> None:
    from tests.support.records import add_provider

    provider = add_provider()
    [day] = work(provider, NEW_YEAR)
    assert day.is_finished
    assert_verified()


def test_while_billing_is_off_the_days_pass(north: Provider, assert_verified: Verified) -> None:
    work(north, NEW_YEAR)
    Provider.objects.update(end_customer_billing=False)
    days = live(north, date(2026, 1, 2), date(2026, 2, 3))
    assert all(day.is_finished and not day.billing and not day.did for day in days)
    assert {invoice.state for invoice in Invoice.objects.all()} == {"open"}
    Provider.objects.update(end_customer_billing=True)
    [day] = work(north, date(2026, 2, 4))
    # February has passed unbilled; what was billed before is late by now.
    assert "issued" not in day.did
    assert day.did["late"]["customers"] == 2
    assert work(north, date(2026, 3, 1))[-1].did["issued"]["customers"] == 2
    assert_verified()
