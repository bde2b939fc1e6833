"""Who has a payment method: the filter of the Customer List, and its column."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from makegood.customers.models import Customer
from makegood.gateways.models import Gateway
from makegood.kit.refusal import Refused
from makegood.orders.filters import METHOD_CHOICES, list_matching_customers
from makegood.payments.method_rules import HasMethod
from makegood.payments.selectors_methods import read_has_method, with_default_method
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider
from tests.support import autopay, records, sandbox


@pytest.fixture
def today(north: Provider) -> date:
    """The provider's day, with a customer for each way to have a payment method."""
    sandbox.connect(north)
    today = today_of(north)
    names = ("none", "lasts", "bank", "last-day", "soon", "expired", "removed", "second")
    made = {name: records.add_customer(north, name) for name in names}
    autopay.add_card(made["lasts"], expires_on=today + timedelta(days=46))
    autopay.add_card(made["bank"])
    autopay.add_card(made["last-day"], expires_on=today)
    autopay.add_card(made["soon"], expires_on=today + timedelta(days=45))
    autopay.add_card(made["expired"], expires_on=today - timedelta(days=1))
    autopay.add_card(made["removed"], default=False, removed_at=made["removed"].created_at)
    autopay.add_card(made["second"])
    autopay.add_card(made["second"], default=False, expires_on=today - timedelta(days=1))
    return today


def find(north: Provider, choice: str) -> set[str]:
    return set(list_matching_customers(north, {"method": [choice]}).values_list("number", flat=True))


def found_of(north: Provider) -> dict[str, Any]:
    """What the column is made of, by the customer's number."""
    customers: list[Any] = list(with_default_method(Customer.objects.filter(provider=north)))
    return {each.number: each.default_method for each in customers}


def test_customers_are_found_by_what_autopay_can_charge(north: Provider, today: date) -> None:
    assert find(north, "yes") == {"lasts", "bank", "last-day", "soon", "second"}
    assert find(north, "expiring") == {"last-day", "soon"}
    assert find(north, "expired") == {"expired"}
    assert find(north, "no") == {"none", "removed"}


def test_the_column_says_the_same_as_the_filter(north: Provider, today: date) -> None:
    shown: dict[HasMethod, set[str]] = {each: set() for each in HasMethod}
    for number, found in found_of(north).items():
        shown[read_has_method(found, today)].add(number)
    assert shown == {
        HasMethod.YES: find(north, "yes") - find(north, "expiring"),
        HasMethod.EXPIRING: find(north, "expiring"),
        HasMethod.EXPIRED: find(north, "expired"),
        HasMethod.HELD: find(north, "held"),
        HasMethod.NO: find(north, "no"),
    }


def test_what_only_an_earlier_processor_could_charge_is_none(north: Provider, today: date) -> None:
    Gateway.objects.update(active=False)
    assert find(north, "yes") == find(north, "expired") == set()
    assert "lasts" in find(north, "no")
    assert set(found_of(north).values()) == {None}


def test_payment_methods_of_another_provider_are_not_looked_at(north: Provider, today: date) -> None:
    south = records.add_provider("south")
    records.add_customer(south, "S1")
    assert find(south, "yes") == set()
    assert find(south, "no") == {"S1"}


def test_it_is_one_statement_however_many_customers_there_are(north: Provider, today: date) -> None:
    records.add_customers(north, 30)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        find(north, "expired")
        found_of(north)
    assert len(asked) <= 3


def test_the_choices_are_those_of_the_domain_and_no_other_is_taken(north: Provider) -> None:
    assert {each for each, _ in METHOD_CHOICES} == set(HasMethod.values)
    assert {label for _, label in METHOD_CHOICES} == set(HasMethod.labels)
    with pytest.raises(Refused):
        list_matching_customers(north, {"method": ["maybe"]})
