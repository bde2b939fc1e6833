"""``makegood collect``: what it charges, what it asks for, and what it prints."""

from datetime import date

import pytest

from makegood.customers.models import Customer
from makegood.payments.models import Collection
from makegood.providers.models import Provider
from tests.days.living import NEW_YEAR, live
from tests.support import sandbox
from tests.support.answers import CommandLine, Verified, read_json, refusal_code
from tests.support.autopay import payments_of
from tests.support.billing import add_billed_customer, add_billing_provider, issue_invoices, on_day

COLLECTED = date(2026, 1, 6)


@pytest.fixture
def north(db: None) -> Provider:
    provider = add_billing_provider()
    with on_day(NEW_YEAR):
        sandbox.connect(provider)
    return provider


@pytest.fixture
def payer(north: Provider) -> Customer:
    customer = add_billed_customer(north, autopay=True)
    with on_day(NEW_YEAR):
        sandbox.add_method(customer, "card_declined")
    return customer


def test_it_charges_what_has_come_since_the_day_charged(
    north: Provider, payer: Customer, makegood_cli: CommandLine, assert_verified: Verified
) -> None:
    live(north, NEW_YEAR, COLLECTED)
    live(north, date(2026, 1, 7), date(2026, 1, 7))
    Collection.objects.update(next_try_on=date(2026, 1, 7))
    with on_day(date(2026, 1, 7)):
        sandbox.add_method(payer)
        [collected] = read_json(makegood_cli("collect", "--json"))["providers"]
        again = makegood_cli("collect", "--provider", "north")
    assert collected == {
        "provider": "north",
        "day": "2026-01-07",
        "has_gateway": True,
        "charged": {"customers": 1, "amount": "20.00"},
        "received": {"payments": 1, "amount": "20.00"},
        "failed": {"payments": 0, "amount": "0.00"},
        "under_way": {"payments": 0, "amount": "0.00"},
    }
    assert [payment.state for payment in payments_of(payer)] == ["failed", "succeeded"]
    assert "0 customers" in again.stdout
    assert_verified()


def test_it_leaves_a_days_charges_to_the_day_that_has_not_come_to_them(
    north: Provider, payer: Customer, makegood_cli: CommandLine
) -> None:
    with on_day(NEW_YEAR):
        issue_invoices(north, NEW_YEAR)
    with on_day(COLLECTED):
        answer = makegood_cli("collect")
    assert "the day has not come to it yet" in answer.stdout
    assert payments_of(payer) == []


def test_without_a_gateway_it_says_so(db: None, makegood_cli: CommandLine) -> None:
    add_billing_provider("south")
    answer = makegood_cli("collect", "--provider", "south")
    assert (answer.returncode, "no payment gateway" in answer.stdout) == (0, True)


def test_how_is_collected_can_be_set(north: Provider, makegood_cli: CommandLine) -> None:
    asked = ("billing", "set", "--as", "admin@north.example")
    limits = ("--charges-per-hour", "100", "--amount-per-hour", "5000.00", "--charges-at-once", "4")
    makegood_cli(*asked, "--retry-days", "1,2", *limits)
    shown = read_json(makegood_cli("billing", "show", "--json"))
    assert (shown["retry_days"], shown["charges_per_hour"], shown["at_once"]) == ([1, 2], 100, 4)
    assert shown["amount_per_hour"] == "5000.00"
    makegood_cli(*asked, "--retry-days", "none", "--charges-per-hour", "none", "--amount-per-hour", "none")
    shown = read_json(makegood_cli("billing", "show", "--json"))
    assert (shown["retry_days"], shown["charges_per_hour"], shown["amount_per_hour"]) == ([], None, None)


def test_what_cannot_be_changes_nothing_of_what_is_set_with_it(north: Provider, makegood_cli: CommandLine) -> None:
    asked = ("billing", "set", "--as", "admin@north.example", "--due-days", "30", "--charges-at-once", "99", "--json")
    assert refusal_code(makegood_cli(*asked)) == "at_once_range"
    assert read_json(makegood_cli("billing", "show", "--json"))["due_days"] == 14
