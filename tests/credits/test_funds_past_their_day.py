"""Credits whose last day has passed pay nothing any more and hold nothing up, whether their end is booked or not."""

from datetime import date, timedelta

import pytest

from makegood.credits.models import Credit
from makegood.credits.services.apply_funds import apply_now
from makegood.credits.services.expire import expire_credits
from makegood.credits.services.write_off import write_off_invoice
from makegood.customers.selectors import get_customer
from makegood.emails.models import Message
from makegood.emails.services.rendering import Rendered, render_messages
from makegood.invoices.models import Charge
from makegood.invoices.services.late import mark_late
from makegood.invoices.services.late_fees import charge_late_fees
from makegood.invoices.services.reminders import send_reminders
from makegood.invoices.services.suspension import lift_covered, suspend_late_customers
from makegood.kit.refusal import Refused
from makegood.providers.models import Membership, Provider
from makegood.providers.services import set_end_customer_billing
from makegood.runs.chunked import Chunked
from tests.days.living import NEW_YEAR, add_north, live
from tests.support.answers import Verified
from tests.support.billing import give_credit, invoice_of, issue_invoices, on_day, order_of
from tests.support.records import add_person, funds

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

LAST_DAY = date(2026, 1, 20)
DAY = date(2026, 1, 25)
"""Ten days after the due date: a late fee, a reminder and a suspension are due."""


def make_late(*credits: tuple[int, date | None]) -> Provider:
    """C1 is late with 20.00 on January 25, and has credits of these amounts and last days."""
    provider = add_north(customers=1, suspend_after_days=10)
    issue_invoices(provider, NEW_YEAR)
    for amount_minor, last_day in credits:
        credit = give_credit(provider, amount_minor=amount_minor, day=NEW_YEAR)
        Credit.objects.filter(pk=credit.pk).update(expires_on=last_day)
    with on_day(DAY):
        mark_late(provider=provider, day=DAY)
    return provider


@pytest.fixture
def north(db: None) -> Provider:
    """What could have paid all of it ended on the 20th, which is not booked."""
    return make_late((2500, LAST_DAY))


@pytest.fixture
def manager(north: Provider) -> Membership:
    return Membership.objects.filter(provider=north, role="manager").first() or add_person(north, "manager")


def switch(provider: Provider, *, on: bool) -> None:
    set_end_customer_billing(provider=provider, on=on, staff_id=None)
    provider.refresh_from_db()


def test_they_end_on_their_day_though_billing_is_off(assert_verified: Verified) -> None:
    north = add_north(customers=1, suspend_after_days=10)
    live(north, NEW_YEAR, date(2026, 1, 4))
    credit = give_credit(north, amount_minor=2500, day=date(2026, 1, 4))
    Credit.objects.filter(pk=credit.pk).update(expires_on=date(2026, 1, 6))
    switch(north, on=False)
    live(north, date(2026, 1, 5), date(2026, 1, 6))
    assert funds(north, "C1") == 2500
    [day] = live(north, date(2026, 1, 7), date(2026, 1, 7))
    assert day.did == {"expired": {"customers": 1, "amount_minor": 2500}}
    live(north, date(2026, 1, 8), date(2026, 1, 14))
    switch(north, on=True)
    live(north, date(2026, 1, 15), date(2026, 1, 31))
    assert (funds(north, "C1"), Charge.objects.count(), order_of(north).status) == (0, 1, "suspended")
    with on_day(date(2026, 1, 31)):
        assert_verified()


def test_a_late_fee_is_charged_all_the_same(north: Provider, assert_verified: Verified) -> None:
    with on_day(DAY):
        assert charge_late_fees(provider=north, day=DAY) == Chunked(1, None, 700)
        expire_credits(provider=north, day=DAY)
        assert_verified()


def test_a_customer_is_reminded_of_all_that_is_due(north: Provider) -> None:
    with on_day(DAY):
        assert send_reminders(provider=north, day=DAY, day_id=1) == Chunked(1, None, 2000)
        [said] = render_messages(list(Message.objects.filter(template="invoice_reminder")))
    assert isinstance(said, Rendered)
    assert said.subject == "North: a reminder of $20.00"


def test_a_customer_is_suspended_and_stays_so(north: Provider) -> None:
    with on_day(DAY):
        assert suspend_late_customers(provider=north, day=DAY) == Chunked(1, None)
        assert lift_covered(provider=north) == Chunked(0, None)
    assert order_of(north).status == "suspended"


def test_on_their_last_day_they_still_count(north: Provider) -> None:
    Credit.objects.update(expires_on=DAY)
    with on_day(DAY):
        assert charge_late_fees(provider=north, day=DAY) == Chunked(0, None)
        assert suspend_late_customers(provider=north, day=DAY) == Chunked(0, None)
    with on_day(DAY + timedelta(days=1)):
        assert charge_late_fees(provider=north, day=DAY + timedelta(days=1)) == Chunked(1, None, 700)


def test_what_does_not_expire_counts_beside_them() -> None:
    north = make_late((2500, LAST_DAY), (300, None), (200, DAY))
    with on_day(DAY):
        assert send_reminders(provider=north, day=DAY, day_id=1).amount_minor == 1500


def test_an_invoice_is_written_off_all_the_same(
    north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    with on_day(DAY):
        with pytest.raises(Refused, match="no Available Funds to use"):
            apply_now(membership=manager, customer=get_customer(north, "C1"))
        written_off = write_off_invoice(membership=manager, invoice=invoice_of(north), reason="moved away")
        assert (written_off.state, written_off.written_off_minor) == ("uncollectible", 2000)
        assert expire_credits(provider=north, day=DAY).amount_minor == 2500
        assert_verified()


def test_what_can_still_pay_stands_against_writing_off(north: Provider, manager: Membership) -> None:
    Credit.objects.update(expires_on=DAY)
    with on_day(DAY), pytest.raises(Refused, match="Use them for this invoice first"):
        write_off_invoice(membership=manager, invoice=invoice_of(north), reason="moved away")
