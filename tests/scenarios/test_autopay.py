"""Autopay on real days: the clock is moved, the sandbox answers, and what must have happened is said to the cent."""

from datetime import date

import pytest

from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.payments.models import Collection, Payment
from makegood.providers.models import Membership, Provider
from tests.support import records, sandbox
from tests.support.answers import Verified
from tests.support.billing import add_billed_customer, add_billing_provider, invoice_of
from tests.support.living import amounts, at, give, live

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

NEW_YEAR = date(2026, 1, 1)
COLLECT = date(2026, 1, 8)
"""The autopay date: seven days after the issue."""


@pytest.fixture
def north() -> Provider:
    """A provider that bills from January 1, due after 14 days, by autopay after 7; Fiber costs 60.00."""
    provider = add_billing_provider(autopay_days=7)
    with at(date(2025, 12, 20)):
        records.add_service(provider, "Fiber", 6000)
        sandbox.connect(provider)
    return provider


@pytest.fixture
def manager(north: Provider) -> Membership:
    return records.add_person(north, "manager")


def add_payer(north: Provider, number: str, outcome: str = "card_succeeds") -> Customer:
    """A customer with Fiber who pays by autopay, with a method of that outcome."""
    customer = add_billed_customer(north, number, service="Fiber", autopay=True)
    with at(date(2025, 12, 20)):
        sandbox.add_method(customer, outcome)
    return customer


def payments_of(north: Provider, number: str) -> list[tuple[str, int]]:
    """State and amount of the customer's payments, oldest first."""
    payments = Payment.objects.filter(customer=get_customer(north, number)).order_by("id")
    return list(payments.values_list("state", "amount_minor"))


def test_funds_of_20_and_an_invoice_of_60_charge_40(
    north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    add_payer(north, "Ann")
    live(north, NEW_YEAR, date(2026, 1, 4))
    give(manager, "Ann", 2000, date(2026, 1, 5))
    live(north, date(2026, 1, 5), date(2026, 1, 7))
    assert payments_of(north, "Ann") == []
    live(north, COLLECT)
    assert payments_of(north, "Ann") == [("succeeded", 4000)]
    invoice = invoice_of(north, "Ann")
    assert (invoice.state, invoice.used_minor, invoice.paid_minor, invoice.due_minor) == ("paid", 2000, 4000, 0)
    assert amounts(north, "Ann") == (0, 0)
    assert [amount for _, amount, _ in sandbox.charges(north)] == [4000]
    live(north, date(2026, 1, 9), date(2026, 1, 20))
    assert [amount for _, amount, _ in sandbox.charges(north)] == [4000]
    assert_verified()


def test_funds_that_cover_the_invoice_charge_nothing(
    north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    add_payer(north, "Ann")
    live(north, NEW_YEAR, date(2026, 1, 4))
    give(manager, "Ann", 7500, date(2026, 1, 5))
    live(north, date(2026, 1, 5), date(2026, 1, 20))
    assert sandbox.charges(north) == []
    assert amounts(north, "Ann") == (1500, 0)
    assert_verified()


def test_a_declined_card_is_tried_again_until_it_is_given_up(north: Provider, assert_verified: Verified) -> None:
    add_payer(north, "Bob", "card_declined")
    live(north, NEW_YEAR, date(2026, 1, 31))
    days = Payment.objects.filter(customer__number="Bob").order_by("id").values_list("collect_day", flat=True)
    assert list(days) == [COLLECT, date(2026, 1, 11), date(2026, 1, 16), date(2026, 1, 23)]
    assert {state for state, _ in payments_of(north, "Bob")} == {"failed"}
    collection = Collection.objects.get(invoice=invoice_of(north, "Bob"))
    assert (collection.tries, collection.next_try_on, collection.given_up_on) == (4, None, date(2026, 1, 23))
    assert invoice_of(north, "Bob").state == "late"
    assert amounts(north, "Bob") == (0, 6000)
    assert_verified()


def test_a_card_without_enough_money_pays_at_the_second_try(north: Provider, assert_verified: Verified) -> None:
    add_payer(north, "Bob", "card_insufficient_once")
    live(north, NEW_YEAR, date(2026, 1, 20))
    assert payments_of(north, "Bob") == [("failed", 6000), ("succeeded", 6000)]
    assert invoice_of(north, "Bob").state == "paid"
    assert_verified()


def test_a_stolen_card_is_not_tried_again(north: Provider, assert_verified: Verified) -> None:
    add_payer(north, "Bob", "card_stolen")
    live(north, NEW_YEAR, date(2026, 1, 31))
    assert payments_of(north, "Bob") == [("failed", 6000)]
    assert_verified()


def test_an_answer_that_is_lost_is_asked_for(north: Provider, assert_verified: Verified) -> None:
    add_payer(north, "Cy", "card_timeout")
    live(north, NEW_YEAR, COLLECT)
    live(north, date(2026, 1, 9))
    assert payments_of(north, "Cy") == [("succeeded", 6000)]
    assert len(sandbox.charges(north)) == 1
    assert_verified()


def test_a_bank_debit_under_way_keeps_funds_and_lateness_off_its_invoice(
    north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    add_payer(north, "Dee", "sepa_succeeds")
    live(north, NEW_YEAR, COLLECT)
    assert payments_of(north, "Dee") == [("submitted", 6000)]
    assert invoice_of(north, "Dee").in_flight_minor == 6000
    give(manager, "Dee", 1000, date(2026, 1, 9))
    live(north, date(2026, 1, 9), date(2026, 1, 12))
    assert amounts(north, "Dee") == (1000, 6000)
    live(north, date(2026, 1, 13), date(2026, 1, 15))
    assert payments_of(north, "Dee") == [("succeeded", 6000)]
    assert amounts(north, "Dee") == (1000, 0)
    assert_verified()


def test_a_chargeback_makes_the_invoice_owed_again_and_leaves_it_to_people(
    north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    add_payer(north, "Eve", "card_disputed")
    live(north, NEW_YEAR, COLLECT)
    assert invoice_of(north, "Eve").state == "paid"
    live(north, date(2026, 1, 9), date(2026, 1, 11))
    assert payments_of(north, "Eve") == [("disputed", 6000)]
    invoice = invoice_of(north, "Eve")
    assert (invoice.due_minor, invoice.by_hand) == (6000, True)
    give(manager, "Eve", 1000, date(2026, 1, 12))
    live(north, date(2026, 1, 12), date(2026, 1, 25))
    assert payments_of(north, "Eve") == [("returned", 6000)]
    assert amounts(north, "Eve") == (1000, 6000)
    assert_verified()


def test_a_dispute_that_is_won_pays_the_invoice_again(north: Provider, assert_verified: Verified) -> None:
    add_payer(north, "Eve", "card_dispute_won")
    live(north, NEW_YEAR, date(2026, 1, 11))
    assert payments_of(north, "Eve") == [("disputed", 6000)]
    live(north, date(2026, 1, 12), date(2026, 1, 25))
    assert payments_of(north, "Eve") == [("succeeded", 6000)]
    assert (invoice_of(north, "Eve").state, amounts(north, "Eve")) == ("paid", (0, 0))
    assert_verified()
