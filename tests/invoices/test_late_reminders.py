"""Reminders of late invoices: to whom, how often, and what they say."""

from datetime import date, timedelta

import pytest

from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.emails.models import Message
from makegood.emails.services.rendering import NotSent, Rendered, render_messages
from makegood.invoices.services.late import mark_late
from makegood.invoices.services.reminders import send_reminders
from makegood.ledger.models import CustomerBalance
from makegood.orders.services.close_customer import close_customer
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
    on_day,
    set_up_billing,
)

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

DUE = date(2026, 1, 15)


@pytest.fixture
def north(db: None) -> Provider:
    """C1 owes 20.00, due on January 15; reminders go out after 3 and after 10 days."""
    provider = add_billing_provider(reminder_days=[3, 10])
    add_billed_customer(provider)
    issue_invoices(provider, FIRST)
    return provider


def remind(provider: Provider, day: date, today: date | None = None, **how: int) -> Chunked:
    with on_day(today or day):
        mark_late(provider=provider, day=day)
        return send_reminders(provider=provider, day=day, day_id=day.toordinal(), **how)


def count_reminders() -> int:
    return Message.objects.filter(template="invoice_reminder").count()


def after(days: int) -> date:
    return DUE + timedelta(days=days)


def test_each_reminder_goes_out_once_on_its_day(north: Provider, assert_verified: Verified) -> None:
    reminded = [days for days in range(1, 20) if remind(north, after(days)).customers]
    assert reminded == [3, 10]
    assert invoice_of(north).reminders_sent == 2
    assert Message.objects.filter(template="invoice_reminder", state="waiting").count() == 2
    assert_verified()


def test_of_days_that_are_made_up_for_nobody_is_reminded(north: Provider) -> None:
    today = after(12)
    assert [remind(north, after(days), today).customers for days in range(1, 12)] == [0] * 11
    # On the present day one is enough, though both days of reminding have passed.
    assert remind(north, today).customers == 1
    assert remind(north, after(13)).customers == 0
    assert count_reminders() == 1


def test_it_says_what_is_left_after_available_funds(north: Provider) -> None:
    give_credit(north, amount_minor=500)
    invoice = invoice_of(north)
    assert remind(north, after(3)) == Chunked(1, None, 1500)
    [message] = Message.objects.filter(template="invoice_reminder")
    [said] = render_messages([message])
    assert isinstance(said, Rendered)
    assert said.subject == "North: a reminder of $15.00"
    assert f"Invoice {invoice.number} of January 1, 2026, due on January 15, 2026: $15.00" in said.text
    assert "$15.00" in said.html


def test_who_is_covered_is_not_reminded(north: Provider) -> None:
    with on_day(after(1)):
        mark_late(provider=north, day=after(1))
    CustomerBalance.objects.update(funds_minor=2000)
    assert remind(north, after(3)) == Chunked(0, None)
    assert invoice_of(north).reminders_sent == 0


def test_who_pays_before_the_message_leaves_does_not_get_it(north: Provider) -> None:
    remind(north, after(3))
    give_credit(north, amount_minor=2000, day=after(3))
    [message] = Message.objects.filter(template="invoice_reminder")
    assert render_messages([message]) == [NotSent(message.pk, "out_of_date")]


def test_who_has_billing_disabled_is_not_reminded(north: Provider) -> None:
    Customer.objects.update(billing_enabled=False)
    assert remind(north, after(3)) == Chunked(0, None)
    assert count_reminders() == 0


def test_who_has_left_and_owes_the_last_bill_is_reminded_of_it(north: Provider, assert_verified: Verified) -> None:
    with on_day(after(1)):
        close_customer(customer=get_customer(north, "C1"), staff_id=None)
    assert remind(north, after(3)) == Chunked(1, None, 2000)
    [message] = Message.objects.filter(template="invoice_reminder")
    [said] = render_messages([message])
    assert isinstance(said, Rendered)
    assert said.subject == "North: a reminder of $20.00"
    with on_day(after(3)):
        assert_verified()


def test_a_customer_gets_one_message_about_all_that_is_late(north: Provider) -> None:
    issue_invoices(north, date(2026, 2, 1))
    day = date(2026, 2, 18)
    assert remind(north, day).customers == 1
    [message] = Message.objects.filter(template="invoice_reminder")
    [said] = render_messages([message])
    assert isinstance(said, Rendered)
    assert said.subject == "North: a reminder of $40.00"
    assert said.text.count("* Invoice") == 2


def test_without_days_in_the_settings_or_billing_nobody_is_reminded(north: Provider) -> None:
    set_up_billing(north, reminder_days=[])
    assert remind(north, after(3)) == Chunked(0, None)
    set_up_billing(north, reminder_days=[3])
    Provider.objects.update(end_customer_billing=False)
    assert remind(north, after(3)) == Chunked(0, None)


def test_customers_are_taken_in_chunks(north: Provider) -> None:
    add_billed_customer(north, "C2")
    issue_invoices(north, FIRST)
    first = remind(north, after(3), limit=1)
    assert (first.customers, first.upto) == (1, Customer.objects.order_by("pk")[0].pk)
    assert remind(north, after(3), after=first.upto or 0).customers == 1
    assert count_reminders() == 2
