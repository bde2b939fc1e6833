"""Telling customers of their invoices: once for each, and what the e-mail says when it leaves."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from makegood.customers.models import Customer
from makegood.customers.services import edit_customer
from makegood.emails.models import Message
from makegood.emails.services.rendering import NotSent, Rendered, render_messages
from makegood.invoices.models import Invoice
from makegood.orders.services.order_status import terminate_order
from makegood.providers.models import Provider
from tests.support import billing, records
from tests.support.answers import Verified

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

FEBRUARY, DUE = date(2026, 2, 1), date(2026, 2, 15)


@pytest.fixture
def north() -> Provider:
    return billing.add_billing_provider()


def bill(north: Provider, *numbers: str, **fields: Any) -> None:
    """Customers with an order since February, and their invoices of it."""
    for number in numbers or ("C1",):
        billing.add_billed_customer(north, number, from_date=FEBRUARY, **fields)
    billing.issue_invoices(north, FEBRUARY)


def render(day: date = FEBRUARY) -> list[Any]:
    """What becomes of all messages about invoices on that day, in their order."""
    with billing.on_day(day):
        return render_messages(list(Message.objects.filter(template="new_invoice").order_by("id")))


def test_each_customer_gets_one_for_an_invoice_run(north: Provider, assert_verified: Verified) -> None:
    bill(north, "C1", "C2")
    run = Invoice.objects.filter(provider=north).earliest("pk").run_row
    assert run is not None
    told = Message.objects.filter(template="new_invoice").values_list("customer__number", "cause_type", "cause_id")
    assert sorted(told) == [("C1", "run", run.run_id), ("C2", "run", run.run_id)]
    assert_verified()


def test_it_says_what_is_billed_and_until_when_it_is_to_be_paid(north: Provider) -> None:
    billing.add_taxed_service(north, "Fiber", price_minor=5000, tax_rate="8.875")
    bill(north, service="Fiber", name="Ann <Archer>")
    (message,) = render()
    assert isinstance(message, Rendered)
    assert message.subject == "North: invoice 1, $54.44"
    for words in ("Fiber: $50.00", "(February 1, 2026 to February 28, 2026)", "Tax: $4.44", "Total: $54.44"):
        assert words in message.text
    assert "Please pay $54.44 by February 15, 2026." in message.text
    assert "Ann &lt;Archer&gt;" in message.html


def test_it_says_what_available_funds_will_pay(north: Provider) -> None:
    bill(north)
    billing.give_credit(north, amount_minor=1500, day=FEBRUARY)
    (message,) = render()
    sentence = "Available Funds of $15.00 will be used on February 15, 2026. Left to pay by February 15, 2026: $5.00."
    assert sentence in message.text


def test_whoever_has_enough_funds_need_not_do_anything(north: Provider) -> None:
    bill(north, autopay=True)
    billing.give_credit(north, amount_minor=3000, day=FEBRUARY)
    (message,) = render()
    assert "You need not do anything: Available Funds of $20.00 will be used on February 6, 2026" in message.text


def test_funds_that_wait_because_billing_is_disabled_are_not_promised(north: Provider) -> None:
    bill(north)
    billing.give_credit(north, amount_minor=1500, day=FEBRUARY)
    edit_customer(customer=Customer.objects.get(number="C1"), staff_id=None, billing_enabled=False)
    (message,) = render()
    assert "Please pay $20.00 by February 15, 2026." in message.text


def test_an_invoice_that_was_voided_meanwhile_is_not_told_of(north: Provider, assert_verified: Verified) -> None:
    from makegood.credits.services.void_invoice import void_invoice

    bill(north)
    manager = records.add_person(north, "manager")
    with billing.on_day(FEBRUARY):
        void_invoice(membership=manager, invoice=billing.invoice_of(north), reason="Sent by mistake")
    (answer,) = render()
    assert isinstance(answer, NotSent)
    assert answer.reason == "out_of_date"
    assert_verified()


def test_a_batch_is_rendered_with_the_same_queries_however_large(north: Provider) -> None:
    bill(north, *(f"C{number}" for number in range(1, 9)))
    messages = list(Message.objects.filter(template="new_invoice").order_by("id"))
    with billing.on_day(FEBRUARY):
        with CaptureQueriesContext(connection) as of_two:
            render_messages(messages[:2])
        with CaptureQueriesContext(connection) as of_all:
            assert len(render_messages(messages)) == 8
    assert len(of_two) == len(of_all)


def test_who_gets_money_back_gets_the_invoice_too(north: Provider, assert_verified: Verified) -> None:
    bill(north, price_minor=2800)
    with billing.on_day(date(2026, 2, 14)):
        terminate_order(order=billing.order_of(north), to_date=date(2026, 2, 14), staff_id=None)
    billing.issue_invoices(north, date(2026, 2, 15))
    final = billing.invoice_of(north)
    assert (final.kind, final.total_minor) == ("final", -1400)
    *_, message = render(date(2026, 2, 15))
    assert isinstance(message, Rendered)
    assert message.subject == "North: invoice 2, -$14.00"
    assert "You need not pay anything: $14.00 has been added to your Available Funds." in message.text
    assert "It pays what you owe by itself." in message.text
    assert "<strong>$14.00</strong> has been added to your Available Funds" in message.html
    with billing.on_day(date(2026, 2, 15)):
        assert_verified()


def test_an_invoice_of_nothing_is_told_of_too(north: Provider, assert_verified: Verified) -> None:
    bill(north, price_minor=0)
    (message,) = render()
    assert isinstance(message, Rendered)
    assert "Total: $0.00" in message.text
    assert "You need not pay anything." in message.text
    assert "Available Funds" not in message.text
    assert_verified()
