"""Customers as records."""

from typing import Any

import pytest

from makegood.audit.models import AuditEntry
from makegood.customers.models import Customer
from makegood.customers.selectors import find_same_customer, get_customer, get_customer_by_id, list_customers
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
        ({"name": "Ann\nArcher"}, "control_character"),
        ({"city": "Spring\x07field"}, "control_character"),
        ({"street": "1 Main St\u2028Springfield"}, "control_character"),
        ({"region": "\ud800"}, "control_character"),
        ({"number": "C\x00"}, "control_character"),
        ({"email": "ann@example.org\nBcc: all@example.org"}, "control_character"),
        ({"email": "ann@@example.org"}, "email_malformed"),
        ({"email": "a" * 250 + "@example.org"}, "too_long"),
        ({"language": ""}, "language_malformed"),
        ({"language": "english"}, "language_malformed"),
        ({"language": "e1"}, "language_malformed"),
        ({"language": "en_US"}, "language_malformed"),
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


@pytest.mark.parametrize("language", ["en", "de", "pt-BR", "zh-Hant-TW", "gsw"])
def test_a_language_is_a_tag(language: str) -> None:
    north = records.add_provider()
    assert add_customer(provider=north, number="C1", name="Ann", language=language, staff_id=None).language == language


def test_names_of_all_scripts_are_kept_as_they_are() -> None:
    north = records.add_provider()
    for number, name in enumerate(
        ["\u05e9\u05dc\u05d5\u05dd", "Zo\u00eb \U0001f469\u200d\U0001f4bb", "<b>Bob</b>", "O'Neil"]
    ):
        assert add_customer(provider=north, number=f"C{number}", name=name, staff_id=None).name == name


def test_a_number_may_change_and_the_audit_says_what_it_was() -> None:
    north = records.add_provider()
    customer = records.add_customer(north, "C1")
    records.add_customer(north, "C2")
    records.add_customer(records.add_provider("south"), "C3")
    edit_customer(customer=customer, staff_id=None, number=" C3 ")
    assert get_customer(north, "C3") == customer
    detail = AuditEntry.objects.get(action="customer.edited").detail
    assert detail == {"fields": ["number"], "number_before": "C1", "number": "C3"}
    with pytest.raises(Refused, match="There is a customer C2 already") as refused:
        edit_customer(customer=customer, staff_id=None, number="C2")
    assert refused.value.field == "number"


def test_who_saw_an_older_record_is_refused_unless_nothing_changes() -> None:
    north = records.add_provider()
    customer = records.add_customer(north, "C1")
    seen = customer.updated_at
    edit_customer(customer=get_customer(north, "C1"), staff_id=None, phone="555-0100", seen_updated_at=seen)
    edit_customer(customer=customer, staff_id=None, phone="555-0100", seen_updated_at=seen)
    with pytest.raises(Refused, match="Somebody else has changed this customer") as refused:
        edit_customer(customer=customer, staff_id=None, city="Springfield", seen_updated_at=seen)
    assert refused.value.code == "changed_meanwhile"
    assert get_customer(north, "C1").city == ""
    edit_customer(customer=customer, staff_id=None, city="Springfield", seen_updated_at=customer.updated_at)
    assert get_customer(north, "C1").city == "Springfield"


def test_another_providers_customer_is_unknown() -> None:
    north, south = records.add_provider(), records.add_provider("south")
    customer = records.add_customer(south, "C1")
    assert get_customer_by_id(south, customer.pk) == customer
    with pytest.raises(Refused, match="North has no such customer"):
        get_customer_by_id(north, customer.pk)


def test_the_same_customer_again_is_recognised_and_another_of_that_number_is_not() -> None:
    north = records.add_provider()
    fields = {"number": "C1", "name": "Ann", "email": "ann@example.org"}
    customer = add_customer(provider=north, staff_id=None, **fields)
    assert find_same_customer(north, fields) == customer
    assert find_same_customer(north, fields | {"name": "Bob"}) is None
    assert find_same_customer(records.add_provider("south"), fields) is None
