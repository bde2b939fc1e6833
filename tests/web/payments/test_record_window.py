"""The window that records a payment: what is shown while one types, and what is never booked twice."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.ledger.selectors import get_balance
from makegood.payments.models import Payment
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership, Provider
from tests.support import movements, records
from tests.support.answers import Verified
from tests.support.paying import pay, stand_of
from tests.web.credits.test_change_windows import inputs_of
from tests.web.people import open_browser
from tests.web.reading import Answer, source_of, words_of

WINDOW = {"HX-Request": "true", "HX-Target": "window-content", "X-Makegood-Provider": "north"}
LIVE = {"HX-Request": "true", "HX-Target": "payment-allocation", "X-Makegood-Provider": "north"}


@pytest.fixture
def clerk(north: Provider) -> Membership:
    return records.add_person(north)


@pytest.fixture
def browser(clerk: Membership) -> Client:
    return open_browser(clerk)


@pytest.fixture
def ann(north: Provider) -> Customer:
    return get_customer(north, "N-1")


def address_of(customer: Customer, what: str = "new") -> str:
    return f"/customers/{customer.pk}/payments/{what}"


def fields_of(answer: Answer) -> dict[str, str]:
    """What the form would send, as it was given out."""
    source = source_of(answer)
    sent = {name: value for name, value in inputs_of(answer).items() if name not in ("method", "how")}
    ticked = re.findall(r'<input type="radio" name="(\w+)" value="(\w+)"[^>]*checked', source)
    return {name: value for name, value in (sent | dict(ticked)).items() if name != "csrfmiddlewaretoken"}


def test_the_window_offers_what_is_due(browser: Client, ann: Customer) -> None:
    late = movements.owe(ann, 1000, due_on=today_of(ann.provider) - timedelta(days=1))
    answer = browser.get(address_of(ann), headers=WINDOW)
    sent = fields_of(answer)
    assert (sent["amount"], sent["method"], sent["how"], sent["gl_code"]) == ("", "bank_transfer", "oldest", "1000")
    assert sent["received_on"] == today_of(ann.provider).isoformat()
    assert f"{late.number} Late" in words_of(answer)
    assert "Type an amount to see what is paid." in words_of(answer)


def test_while_one_types_the_oldest_due_are_filled_in_and_nothing_is_booked(browser: Client, ann: Customer) -> None:
    movements.owe(ann, 1000)
    movements.owe(ann, 2000)
    sent = fields_of(browser.get(address_of(ann)))
    answer = browser.post(address_of(ann, "preview"), {**sent, "amount": "15"}, headers=LIVE)
    said = words_of(answer)
    for words in ("$10.00 in full", "$5.00 $15.00 left", "On invoices $15.00", "Then left to pay $15.00"):
        assert words in said, (words, said)
    said = words_of(browser.post(address_of(ann, "preview"), {**sent, "amount": "40"}, headers=LIVE))
    assert "Left over $10.00 becomes Available Funds" in said
    assert not Payment.objects.exists()


def test_who_chooses_to_type_begins_with_the_oldest_due(browser: Client, ann: Customer) -> None:
    first, second = movements.owe(ann, 1000), movements.owe(ann, 2000)
    sent = fields_of(browser.get(address_of(ann)))
    by_hand = {**sent, "amount": "15", "how": "hand"}
    answer = browser.post(address_of(ann, "preview"), by_hand, headers=LIVE)
    filled = fields_of(answer)
    assert (filled[f"allocation-{first.pk}"], filled[f"allocation-{second.pk}"]) == ("10.00", "5.00")
    assert filled["shown_how"] == "hand"
    # What is typed stays where it is: only the sums are sent anew.
    typed = {**by_hand, **filled, f"allocation-{second.pk}": "1"}
    answer = browser.post(address_of(ann, "preview"), typed, headers=LIVE)
    assert answer.headers["HX-Retarget"] == "#payment-summary"
    assert "allocation-" not in source_of(answer)
    assert "Left over $4.00 becomes Available Funds" in words_of(answer)
    assert "cannot get $90.00" in words_of(
        browser.post(address_of(ann, "preview"), {**typed, "amount": "100", f"allocation-{second.pk}": "90"})
    )


def test_a_payment_is_recorded_once_however_often_the_form_is_sent(
    browser: Client, ann: Customer, assert_verified: Verified
) -> None:
    invoice = movements.owe(ann, 1000)
    sent = {**fields_of(browser.get(address_of(ann))), "amount": "12.50", "reference": "TR-1", "method": "cash"}
    answers = [browser.post(address_of(ann), sent, headers=WINDOW) for _ in range(3)]
    [payment] = Payment.objects.all()
    assert {answer.headers["HX-Redirect"] for answer in answers} == {f"/payments/{payment.pk}"}
    assert (payment.method, payment.reference, payment.amount_minor) == ("cash", "TR-1", 1250)
    assert stand_of(invoice)[0] == "paid"
    assert "The payment of $12.50 is recorded." in words_of(browser.get(f"/payments/{payment.pk}"))
    assert get_balance(ann.provider_id, ann.pk).funds_minor == 250
    assert_verified()


def test_from_the_page_of_an_invoice_that_invoice_is_paid(
    browser: Client, ann: Customer, assert_verified: Verified
) -> None:
    movements.owe(ann, 1000)
    wanted = movements.owe(ann, 2000)
    sent = fields_of(browser.get(f"{address_of(ann)}?invoice={wanted.pk}"))
    assert (sent["amount"], sent["how"], sent[f"allocation-{wanted.pk}"]) == ("20.00", "hand", "20.00")
    browser.post(address_of(ann), sent)
    assert stand_of(wanted) == ("paid", 2000, 0)
    assert_verified()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"amount": ""}, "An amount is needed."),
        ({"amount": "x"}, "is not an amount"),
        ({"amount": "1.001"}, "has 2 decimals"),
        ({"received_on": "2999-01-01"}, "cannot have come on"),
        ({"received_on": "soon"}, "Enter a valid date."),
        ({"reference": "x" * 101}, "at most 100"),
        ({"gl_code": "4900"}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    browser: Client, ann: Customer, typed: dict[str, str], says: str
) -> None:
    sent = fields_of(browser.get(address_of(ann)))
    answer = browser.post(address_of(ann), {**sent, "amount": "5", **typed}, headers=WINDOW)
    assert answer.status_code == 422
    [name] = typed
    place = source_of(answer).split(f'id="payment_{name}"')[1].split("</div>")[0]
    assert says in place, place
    assert not Payment.objects.exists()


def test_an_invoice_that_somebody_paid_meanwhile_says_so(
    browser: Client, clerk: Membership, ann: Customer, assert_verified: Verified
) -> None:
    invoice = movements.owe(ann, 1000)
    sent = fields_of(browser.get(f"{address_of(ann)}?invoice={invoice.pk}"))
    pay(clerk, ann, 1000)
    answer = browser.post(address_of(ann), sent, headers=WINDOW)
    assert answer.status_code == 422
    assert f"Invoice {invoice.number} is paid already." in words_of(answer)
    assert Payment.objects.count() == 1
    assert_verified()


def test_a_strangers_invoice_is_refused(browser: Client, north: Provider, ann: Customer) -> None:
    stranger = movements.owe(get_customer(north, "N-2"), 1000)
    sent = fields_of(browser.get(address_of(ann)))
    wrong = {**sent, "amount": "5", "how": "hand", "shown_how": "hand", f"allocation-{stranger.pk}": "5"}
    answer = browser.post(address_of(ann), wrong)
    assert answer.status_code == 422
    assert "that this customer does not have" in words_of(answer)
    assert not Payment.objects.exists()


def test_without_scripts_the_form_shows_what_it_would_pay(browser: Client, ann: Customer) -> None:
    movements.owe(ann, 1000)
    sent = fields_of(browser.get(address_of(ann)))
    answer = browser.post(address_of(ann), {**sent, "amount": "4", "do": "preview"})
    assert "On invoices $4.00" in words_of(answer)
    assert not Payment.objects.exists()
