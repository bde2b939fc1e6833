"""The windows that edit and void a credit: what is shown before, what is booked, and what is never booked twice."""

import re
from typing import Any

import pytest
from django.test import Client

from makegood.credits.models import Credit, CreditChange
from makegood.customers.selectors import get_customer
from makegood.providers.models import Membership, Provider
from tests.support import movements, records
from tests.support.answers import Verified
from tests.web.people import open_browser
from tests.web.reading import Answer, source_of, words_of

WINDOW = {"HX-Request": "true", "HX-Target": "window-content", "X-Makegood-Provider": "north"}


@pytest.fixture
def clerk(north: Provider) -> Membership:
    return records.add_person(north)


@pytest.fixture
def browser(clerk: Membership) -> Client:
    return open_browser(clerk)


@pytest.fixture
def credit(clerk: Membership) -> Credit:
    """A credit of 10.00 for Ann."""
    records.credit(clerk, customers=[get_customer(clerk.provider, "N-1")], description="Storm")
    return records.credit_of(clerk.provider, "N-1")


def inputs_of(answer: Answer) -> dict[str, str]:
    """What the form of the window would send, as it was given out."""
    source = source_of(answer)
    sent = {}
    for tag in re.findall(r"<input[^>]*>", source):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="checkbox"' not in tag:
            sent[name[1]] = value[1] if value else ""
    areas = r'<textarea name="(\w+)"[^>]*>\s*(.*?)</textarea>'
    sent |= dict(re.findall(areas, source, re.DOTALL))
    for name, body in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', source, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        sent[name] = chosen[1] if chosen else ""
    return sent


def test_the_window_opens_with_what_the_credit_says(browser: Client, credit: Credit) -> None:
    answer = browser.get(f"/credits/{credit.pk}/edit", headers=WINDOW)
    sent = inputs_of(answer)
    assert (sent["amount"], sent["description"], sent["gl_code"], sent["expires_on"]) == ("10.00", "Storm", "4900", "")
    assert (sent["initial-amount"], sent["initial-gl_code"], sent["seen_change"]) == ("10.00", "4900", "0")
    said = words_of(answer)
    assert "Nothing is different yet." in said
    assert "Send Notification to Customer" in said
    assert not re.search(r'name="notify"[^>]*checked', source_of(answer)), "off unless somebody ticks it"


def test_the_preview_shows_what_will_be_booked_and_books_nothing(browser: Client, credit: Credit) -> None:
    sent = inputs_of(browser.get(f"/credits/{credit.pk}/edit"))
    said = words_of(browser.post(f"/credits/{credit.pk}/edit/preview", {**sent, "amount": "6", "gl_code": "4910"}))
    for words in (
        "Amount $10.00 becomes $6.00",
        "GL code 4900 Goodwill credits becomes 4910 Outage credits",
        "4910 Outage credits $10.00",
        "2100 Available Funds $4.00",
        "Adjusted: -$4.00 . Remaining $10.00 becomes $6.00",
        "Available Funds $10.00 become $6.00",
    ):
        assert words in said, (words, said)
    assert not CreditChange.objects.exists()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"amount": "x"}, "is not an amount"),
        ({"amount": ""}, "An amount is needed."),
        ({"amount": "0"}, "must be greater than zero"),
        ({"amount": "1.001"}, "has 2 decimals"),
        ({"amount": "999999"}, "the most that one customer may have"),
        ({"description": "x" * 10_000}, "at most 500 fit"),
        ({"expires_on": "2001-01-01"}, "cannot expire in the past"),
        ({"expires_on": "soon"}, "Enter a valid date."),
        ({"gl_code": "1000"}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays(
    browser: Client, credit: Credit, typed: dict[str, str], says: str
) -> None:
    address = f"/credits/{credit.pk}/edit"
    sent = inputs_of(browser.get(address))
    answer = browser.post(address, {**sent, "description": "Kept", **typed}, headers=WINDOW)
    assert answer.status_code == 422
    source = source_of(answer)
    [(name, value)] = typed.items()
    place = source.split(f'id="credit_{name}"')[1].split("</div>")[0]
    assert says in place, place
    assert typed.get("description", "Kept") in source
    if name != "gl_code":
        assert inputs_of(answer)[name] == value
    assert says in words_of(browser.post(f"{address}/preview", {**sent, **typed}))
    assert not CreditChange.objects.exists()


def test_a_change_is_saved_and_said(browser: Client, credit: Credit, assert_verified: Verified) -> None:
    address = f"/credits/{credit.pk}/edit"
    sent = inputs_of(browser.get(address))
    answer = browser.post(address, {**sent, "amount": "12.50", "expires_on": "2099-12-31"}, headers=WINDOW)
    assert answer.headers["HX-Redirect"] == f"/credits/{credit.pk}"
    said = words_of(browser.get(f"/credits/{credit.pk}"))
    assert "The credit is changed." in said
    assert "Remaining $12.50" in said
    assert "Expires Dec 31, 2099" in said
    assert_verified()


def test_the_same_window_sent_again_books_once(browser: Client, credit: Credit, assert_verified: Verified) -> None:
    address = f"/credits/{credit.pk}/edit"
    sent = {**inputs_of(browser.get(address)), "amount": "9"}
    for _ in range(3):
        assert browser.post(address, sent).status_code == 302
    assert CreditChange.objects.count() == 1
    other = browser.post(address, {**sent, "amount": "8"})
    assert other.status_code == 422
    assert "belongs to another change" in words_of(other)
    assert_verified()


def test_without_javascript_a_button_shows_what_will_be_booked(browser: Client, credit: Credit) -> None:
    address = f"/credits/{credit.pk}/edit"
    sent = inputs_of(browser.get(address))
    answer = browser.post(address, {**sent, "amount": "9", "do": "preview"})
    assert answer.status_code == 200
    assert "Amount $10.00 becomes $9.00" in words_of(answer)
    assert (inputs_of(answer)["amount"], inputs_of(answer)["key"]) == ("9", sent["key"])
    assert not CreditChange.objects.exists()


def test_what_somebody_else_changed_meanwhile_is_shown_and_what_was_typed_is_kept(
    browser: Client, north: Provider, credit: Credit, assert_verified: Verified
) -> None:
    address = f"/credits/{credit.pk}/edit"
    sent = inputs_of(browser.get(address))
    records.edit(records.add_person(north, "manager"), credit, description="Theirs", amount_minor=900)
    answer = browser.post(address, {**sent, "amount": "7.00"})
    assert answer.status_code == 422
    said = words_of(answer)
    assert "manager@north.example has changed this credit since you opened it." in said
    assert "Somebody else saved “9.00” here." in said
    again = inputs_of(answer)
    assert (again["amount"], again["description"], again["seen_change"]) == ("7.00", "Theirs", "1")
    assert browser.post(address, again).status_code == 302
    credit.refresh_from_db()
    assert (credit.remaining_minor, credit.description) == (700, "Theirs"), "what I did not touch stays theirs"
    assert_verified()


def test_a_notification_is_asked_for_by_a_tick(browser: Client, credit: Credit) -> None:
    address = f"/credits/{credit.pk}/edit"
    sent = inputs_of(browser.get(address))
    browser.post(address, {**sent, "amount": "9", "notify": "on"})
    assert CreditChange.objects.get().notify


def test_a_credit_is_voided_after_it_was_said_what_happens(
    browser: Client, credit: Credit, assert_verified: Verified
) -> None:
    movements.owe(credit.customer, 300)
    movements.use(credit, 300)
    address = f"/credits/{credit.pk}/void"
    opened = browser.get(address, headers=WINDOW)
    said = words_of(opened)
    assert "The unused $7.00 is taken back from the customer's Available Funds, which become $0.00 ." in said
    assert "$3.00 that paid what the customer owed stays paid." in said
    assert "2100 Available Funds $7.00" in said
    sent = inputs_of(opened)
    for _ in range(2):
        assert browser.post(address, sent, headers=WINDOW).headers["HX-Redirect"] == f"/credits/{credit.pk}"
    assert CreditChange.objects.count() == 1
    late = browser.post(address, {**sent, "key": "another", "seen_change": "1"})
    assert late.status_code == 422
    assert "Nothing of this credit is left: $3.00 used and $7.00 taken back." in words_of(late)
    assert "Void credit</button>" not in source_of(late)
    assert_verified()


@pytest.mark.parametrize(
    "wrong", [{}, {"key": "k"}, {"key": "k", "seen_change": "-1"}, {"key": "x" * 65, "seen_change": "0"}]
)
def test_a_window_that_is_not_whole_voids_nothing(browser: Client, credit: Credit, wrong: dict[str, Any]) -> None:
    assert browser.post(f"/credits/{credit.pk}/void", wrong).status_code == 422
    edited = browser.post(f"/credits/{credit.pk}/edit", wrong)
    assert edited.status_code == 422
    assert "The window was not sent whole." in words_of(edited)
    assert not CreditChange.objects.exists()


def test_who_voids_what_somebody_has_changed_is_told_and_may_go_on(
    browser: Client, clerk: Membership, credit: Credit, assert_verified: Verified
) -> None:
    address = f"/credits/{credit.pk}/void"
    sent = inputs_of(browser.get(address))
    records.edit(clerk, credit, amount_minor=400)
    answer = browser.post(address, sent)
    assert answer.status_code == 422
    assert "has changed this credit since you opened it" in words_of(answer)
    assert "The unused $4.00" in words_of(answer)
    assert browser.post(address, inputs_of(answer)).status_code == 302
    assert_verified()


def test_a_preview_is_no_page(browser: Client, credit: Credit) -> None:
    assert browser.get(f"/credits/{credit.pk}/edit/preview").status_code == 405
