"""The window that pays prepaid and overpaid funds out: what is shown before, and what is paid out once."""

import pytest
from django.test import Client

from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.ledger.selectors import get_balance
from makegood.payments.models import Refund
from makegood.providers.models import Membership, Provider
from tests.support import movements, records, refunding
from tests.support.answers import Verified
from tests.support.paying import pay
from tests.web.credits.test_change_windows import inputs_of
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
def ann(north: Provider, clerk: Membership) -> Customer:
    """Ann, who has overpaid by 75.00 and was given 10.00."""
    ann = get_customer(north, "N-1")
    pay(clerk, ann, 7500, reference="TR-7")
    records.credit(clerk, customers=[ann], amount_minor=1000)
    return ann


def address_of(customer: Customer, what: str = "") -> str:
    return f"/customers/{customer.pk}/pay-out{what}"


def fields_of(answer: Answer, **typed: str) -> dict[str, str]:
    sent = {name: value for name, value in inputs_of(answer).items() if name != "csrfmiddlewaretoken"}
    return {**sent, "way": "bank_transfer", **typed}


def test_only_paid_money_is_offered_and_what_is_left_is_said(browser: Client, ann: Customer) -> None:
    assert "/pay-out" in source_of(browser.get(f"/customers/{ann.pk}"))
    answer = browser.get(address_of(ann), headers=WINDOW)
    said = words_of(answer)
    assert inputs_of(answer)["amount"] == "75.00"
    assert (
        "$75.00 of the funds is money that the customer has paid. Credits that were given are never paid out." in said
    )
    assert "Then Available Funds are $10.00" in said
    live = words_of(browser.post(address_of(ann, "/preview"), fields_of(answer, amount="20", way="cash")))
    assert "In cash By hand: you hand it over. $20.00" in live
    assert "Then Available Funds are $65.00" in live
    assert not Refund.objects.exists()


def test_it_is_paid_out_once_however_often_it_is_sent(
    browser: Client, ann: Customer, assert_verified: Verified
) -> None:
    sent = fields_of(browser.get(address_of(ann)), amount="30", reference="TR-8", reason="She leaves")
    sent |= inputs_of(browser.post(address_of(ann, "/preview"), sent))
    answers = [browser.post(address_of(ann), sent, headers=WINDOW) for _ in range(3)]
    assert {answer.headers["HX-Redirect"] for answer in answers} == {f"/customers/{ann.pk}/credits"}
    [made] = Refund.objects.all()
    assert (made.state, refunding.transfers_of(made)) == ("done", [("bank_transfer", 3000, "succeeded")])
    assert get_balance(ann.provider_id, ann.pk).funds_minor == 5500
    assert "The pay-out of $30.00 is done." in words_of(browser.get(f"/customers/{ann.pk}/credits"))
    history = words_of(browser.get(f"/customers/{ann.pk}/history"))
    assert "Asked for a pay-out of Available Funds of $30.00: She leaves" in history
    assert "The pay-out of $30.00 is done" in history
    assert_verified()


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"amount": "75.01"}, "amount", "At most $75.00 can be paid out."),
        ({"amount": "0"}, "amount", "greater than zero"),
        ({"reason": ""}, "reason", "Say why; it is kept with the pay-out."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    browser: Client, ann: Customer, typed: dict[str, str], field: str, says: str
) -> None:
    sent = fields_of(browser.get(address_of(ann)), **{"reason": "Because", **typed})
    answer = browser.post(address_of(ann), sent, headers=WINDOW)
    assert answer.status_code == 422
    place = source_of(answer).split(f'id="pay_out_{field}"')[1].split("</div>")[0]
    assert says in place, place
    assert not Refund.objects.exists()


def test_nothing_is_paid_out_while_something_is_late(browser: Client, ann: Customer) -> None:
    movements.owe(ann, 20000, due_on=records.FIRST_DAY)
    said = words_of(browser.get(address_of(ann)))
    assert "Nothing is paid out as long as a late invoice is owed" in said


def test_who_has_only_given_funds_is_offered_no_pay_out(browser: Client, clerk: Membership, north: Provider) -> None:
    bob = get_customer(north, "N-2")
    records.credit(clerk, customers=[bob], amount_minor=1000)
    assert "/pay-out" not in source_of(browser.get(f"/customers/{bob.pk}"))
    assert "no prepaid or overpaid Available Funds" in words_of(browser.get(address_of(bob)))


@pytest.mark.parametrize("role", ["viewer", "agent"])
def test_who_may_not_bill_is_offered_nothing(north: Provider, ann: Customer, role: str) -> None:
    browser = open_browser(records.add_person(north, role))
    assert "/pay-out" not in source_of(browser.get(f"/customers/{ann.pk}/credits"))
    assert browser.get(address_of(ann)).status_code == 403
