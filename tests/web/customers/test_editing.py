"""Adding, editing, closing and reopening a customer in the browser."""

import html
import re
from typing import Any

import pytest
from django.test import Client

from makegood.audit.models import AuditEntry
from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.customers.services import edit_customer
from makegood.orders.services.close_customer import close_customer
from makegood.providers.models import Membership, Provider
from tests.support import movements, records
from tests.support.answers import Verified
from tests.web.people import Browser
from tests.web.reading import Answer, source_of, words_of

WINDOW = {"HX-Request": "true", "HX-Target": "window-content", "X-Makegood-Provider": "north"}
NEW = {"number": "N-9", "name": "Dora Doe", "customer_type": "residential", "language": "en"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(north: Provider) -> Customer:
    return get_customer(north, "N-1")


@pytest.fixture
def clerk(north: Provider) -> Membership:
    return records.add_person(north, "billing")


@pytest.fixture
def desk(clerk: Membership, browser: Browser) -> Client:
    """The billing clerk's browser."""
    return browser(clerk)


def fields_of(answer: Answer) -> dict[str, str]:
    """What the form on the page would send, by name, as it stands."""
    source = source_of(answer)
    form = re.search(r"<form class=\"form stack\".*?</form>", source, re.DOTALL)
    assert form
    values = {}
    for tag in re.findall(r"<input[^>]*>", form[0]):
        attributes = {name: html.unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        is_tick = attributes["type"] in ("checkbox", "radio")
        if "name" in attributes and (not is_tick or " checked" in tag):
            values[attributes["name"]] = attributes.get("value", "on" if is_tick else "")
    for name, options in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', form[0], re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        values[name] = html.unescape(chosen[1]) if chosen else ""
    values.pop("csrfmiddlewaretoken", None)
    return values


def open_edit(desk: Client, customer: Customer) -> dict[str, str]:
    return fields_of(desk.get(f"/customers/{customer.pk}/edit"))


def save(desk: Client, customer: Customer, values: dict[str, Any]) -> Answer:
    return desk.post(f"/customers/{customer.pk}/edit", values)


def test_a_customer_is_added_with_all_fields(
    desk: Client, north: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    typed = NEW | {
        "customer_type": "business", "language": "es", "email": "dora@example.org", "phone": "555-0111",
        "street": "5 Elm St", "postal_code": "12345", "city": "Springfield", "region": "Ohio", "country": "USA",
        "billing_disabled": "on", "autopay": "on", "email_opt_out": "on",
    }  # fmt: skip
    answer = desk.post("/customers/new", typed, follow=True)
    customer = get_customer(north, "N-9")
    assert answer.redirect_chain == [(f"/customers/{customer.pk}", 302)]
    assert "Customer N-9 is added." in words_of(answer)
    given = {name: getattr(customer, name) for name in typed if name != "billing_disabled"}
    assert given == {
        **{k: v for k, v in typed.items() if k != "billing_disabled"},
        "autopay": True,
        "email_opt_out": True,
    }
    assert customer.billing_enabled is False
    assert AuditEntry.objects.get(action="customer.added", subject_id=customer.pk).staff_id == clerk.staff_id
    assert_verified()


def test_the_window_answers_with_where_to_go(desk: Client, north: Provider) -> None:
    assert "<html" not in source_of(desk.get("/customers/new", headers=WINDOW))
    answer = desk.post("/customers/new", NEW, headers=WINDOW)
    assert answer["HX-Redirect"] == f"/customers/{get_customer(north, 'N-9').pk}"


def test_the_same_form_twice_adds_one_customer(desk: Client, north: Provider) -> None:
    first, second = (desk.post("/customers/new", NEW) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Customer.objects.filter(number="N-9").count() == 1
    other = desk.post("/customers/new", NEW | {"name": "Somebody Else"})
    assert other.status_code == 422
    assert "There is a customer N-9 already." in words_of(other)
    assert fields_of(other)["name"] == "Somebody Else"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"number": ""}, "A customer needs a number."),
        ({"number": "9" * 41}, "A customer's number has 1 to 40 characters."),
        ({"number": "N-1"}, "There is a customer N-1 already."),
        ({"name": " "}, "A customer needs a name."),
        ({"name": "A" * 10_000}, "The name has 10000 characters; at most 200 characters fit."),
        ({"name": "A\x07"}, "The name has a character that cannot be typed (U+0007)."),
        ({"email": "nobody"}, "“nobody” is not an e-mail address."),
        ({"email": "a@example.org\nBcc: b@example.org"}, "The email has a character that cannot be typed"),
        ({"customer_type": "vip"}, "Select a valid choice."),
        ({"language": "<script>"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(desk: Client, typed: dict[str, str], said: str) -> None:
    answer = desk.post("/customers/new", NEW | {"phone": "555-0111"} | typed)
    assert answer.status_code == 422
    assert said in words_of(answer)
    assert fields_of(answer)["phone"] == "555-0111"
    assert not Customer.objects.filter(phone="555-0111").exists()


def test_only_what_was_changed_is_written(desk: Client, ann: Customer) -> None:
    typed = open_edit(desk, ann) | {"phone": "555-0199"}
    assert typed["autopay"] == "on"
    answer = desk.post(f"/customers/{ann.pk}/edit", typed, follow=True)
    assert "Customer N-1 is saved." in words_of(answer)
    del typed["autopay"]
    typed["seen"] = open_edit(desk, ann)["seen"]
    save(desk, ann, typed)
    entries = AuditEntry.objects.filter(action="customer.edited").order_by("id")
    assert [entry.detail for entry in entries] == [{"fields": ["phone"]}, {"fields": ["autopay"]}]
    ann.refresh_from_db()
    assert (ann.phone, ann.autopay, ann.name) == ("555-0199", False, "Ann Archer")


def test_the_same_change_twice_is_one_change(desk: Client, ann: Customer) -> None:
    typed = open_edit(desk, ann) | {"phone": "555-0199"}
    assert [save(desk, ann, typed).status_code for _ in range(10)] == [302] * 10
    assert AuditEntry.objects.filter(action="customer.edited").count() == 1


def test_two_people_at_once_lose_nothing(desk: Client, ann: Customer, north: Provider, browser: Browser) -> None:
    bea = browser(records.add_person(north, "agent"))
    typed = open_edit(desk, ann) | {"city": "Springfield", "phone": "555-1111"}
    save(bea, ann, open_edit(bea, ann) | {"phone": "555-2222", "street": "2 Oak St", "autopay": ""})
    answer = save(desk, ann, typed)
    words = words_of(answer)
    assert answer.status_code == 422
    assert "agent@north.example has changed phone, street and autopay while this form was open." in words
    assert "Somebody else saved “555-2222” here." in words
    again = fields_of(answer)
    assert (again["city"], again["phone"], again["street"]) == ("Springfield", "555-1111", "2 Oak St")
    assert "autopay" not in again
    ann.refresh_from_db()
    assert (ann.city, ann.phone) == ("", "555-2222")
    assert save(desk, ann, again).status_code == 302
    ann.refresh_from_db()
    assert (ann.city, ann.phone, ann.street, ann.autopay) == ("Springfield", "555-1111", "2 Oak St", False)


def test_a_number_that_is_taken_is_refused_beside_it(desk: Client, ann: Customer) -> None:
    answer = save(desk, ann, open_edit(desk, ann) | {"number": "N-2", "city": "Here"})
    assert "There is a customer N-2 already." in words_of(answer)
    assert fields_of(answer)["city"] == "Here"


def test_a_language_from_a_file_stays_to_be_chosen(desk: Client, ann: Customer) -> None:
    edit_customer(customer=ann, staff_id=None, language="pt-BR")
    typed = open_edit(desk, ann)
    assert typed["language"] == "pt-BR"
    assert save(desk, ann, typed | {"phone": "1"}).status_code == 302


def test_closing_says_what_happens_and_does_it(desk: Client, ann: Customer, clerk: Membership) -> None:
    records.credit(clerk, customers=[ann], amount_minor=1250)
    words = words_of(desk.get(f"/customers/{ann.pk}/close"))
    assert "1 order ends on" in words
    assert "Available Funds $12.50 stay on the account." in words
    assert "The customer owes nothing, so credit runs will skip this customer." in words
    movements.owe(ann, 500)
    assert "Amount due $5.00 is still owed." in words_of(desk.get(f"/customers/{ann.pk}/close"))
    for _ in range(2):
        assert desk.post(f"/customers/{ann.pk}/close")["Location"] == f"/customers/{ann.pk}"
    ann.refresh_from_db()
    assert ann.status == "closed"
    assert AuditEntry.objects.filter(action="customer.closed").count() == 1
    assert "is closed already" in words_of(desk.get(f"/customers/{ann.pk}/close"))


def test_a_closed_customer_is_reopened(desk: Client, ann: Customer) -> None:
    close_customer(customer=ann, staff_id=None)
    assert "Orders that have ended stay terminated." in words_of(desk.get(f"/customers/{ann.pk}/reopen"))
    answer = desk.post(f"/customers/{ann.pk}/reopen", follow=True)
    assert "Customer N-1 is active again." in words_of(answer)


@pytest.mark.parametrize("page", ["edit", "close", "reopen"])
def test_another_providers_customer_is_not_there(desk: Client, page: str) -> None:
    stranger = records.add_customer(records.add_provider("south"), "S-1", name="Sue South")
    for ask in (desk.get, desk.post):
        answer = ask(f"/customers/{stranger.pk}/{page}")
        assert answer.status_code == 404
        assert "Sue" not in words_of(answer)
    stranger.refresh_from_db()
    assert stranger.status == "active"


@pytest.mark.parametrize("page", ["new", "{}/edit", "{}/close", "{}/reopen"])
def test_who_may_only_read_is_told_who_can(vera: Client, ann: Customer, page: str) -> None:
    for ask in (vera.get, vera.post):
        answer = ask(f"/customers/{page.format(ann.pk)}")
        assert answer.status_code == 403
        assert "A person with role agent, billing, manager or admin can." in words_of(answer)


def test_script_in_a_name_stays_text_in_the_forms(desk: Client, north: Provider) -> None:
    name = "<script>alert(1)</script>\u202e"
    customer = records.add_customer(north, "N-9", name=name)
    for page in ("edit", "close", "reopen"):
        assert "<script>alert" not in source_of(desk.get(f"/customers/{customer.pk}/{page}"))
    assert fields_of(desk.get(f"/customers/{customer.pk}/edit"))["name"] == name
