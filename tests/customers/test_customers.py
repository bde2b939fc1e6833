"""Customers as records."""

from typing import Any

import pytest

from makegood.audit.models import AuditEntry
from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer, list_customers
from makegood.customers.services import add_customer, edit_customer
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import get_balance
from tests.support import records
from tests.support.answers import Verified

pytestmark = pytest.mark.django_db


def test_a_new_customer_is_active_with_a_balance_of_nothing(assert_verified: Verified) -> None:
    north = records.add_provider()
    customer = add_customer(provider=north, number=" C1 ", name=" Ann ", staff_id=None, customer_type="business")
    assert (customer.number, customer.name, customer.status) == ("C1", "Ann", "active")
    balance = get_balance(north.pk, customer.pk)
    assert (balance.funds_minor, balance.receivable_minor) == (0, 0)
    assert_verified()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"number": ""}, "number_malformed"),
        ({"number": "C" * 41}, "number_malformed"),
        ({"number": "C1"}, "number_taken"),
        ({"name": " "}, "name_missing"),
        ({"name": "A" * 201}, "too_long"),
        ({"email": "nobody"}, "email_malformed"),
        ({"customer_type": "vip"}, "type_unknown"),
        ({"phone": "5" * 41}, "too_long"),
        ({"shoe_size": "44"}, "field_unknown"),
        ({"status": "closed"}, "field_unknown"),
    ],
)
def test_a_customer_that_cannot_be_is_refused(fields: dict[str, Any], code: str) -> None:
    north = records.add_provider()
    records.add_customer(north, "C1")
    given = {"number": "C2", "name": "Ann"} | fields
    with pytest.raises(Refused) as refused:
        add_customer(provider=north, staff_id=None, **given)
    assert refused.value.code == code
    assert Customer.objects.count() == 1


def test_two_providers_may_have_the_same_number() -> None:
    north, south = records.add_provider(), records.add_provider("south")
    records.add_customer(north, "C1", name="Ann")
    records.add_customer(south, "C1", name="Bob")
    assert get_customer(south, "C1").name == "Bob"
    assert [customer.name for customer in list_customers(north)] == ["Ann"]
    with pytest.raises(Refused, match="North has no customer “C9”"):
        get_customer(north, "C9")


def test_the_audit_names_changed_fields_not_their_values() -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    customer = records.add_customer(north, name="Ann")
    edit_customer(customer=customer, staff_id=clerk.staff_id, name="Ann Parker", email="ann@example.org", language="en")
    entry = AuditEntry.objects.get(action="customer.edited")
    assert (entry.staff_id, entry.subject_id) == (clerk.staff_id, customer.pk)
    assert entry.detail == {"fields": ["email", "name"]}
    assert (customer.name, customer.email) == ("Ann Parker", "ann@example.org")


def test_nothing_changed_leaves_no_trace() -> None:
    customer = records.add_customer(records.add_provider())
    edit_customer(customer=customer, staff_id=None, name=customer.name)
    assert not AuditEntry.objects.filter(action="customer.edited").exists()


def test_a_change_that_cannot_be_is_refused() -> None:
    customer = records.add_customer(records.add_provider())
    with pytest.raises(Refused, match="A customer needs a name"):
        edit_customer(customer=customer, staff_id=None, name="")
    customer.refresh_from_db()
    assert customer.name == "Customer C1"
