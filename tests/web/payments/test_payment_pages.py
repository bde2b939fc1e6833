"""The list of payments, a payment's page, its reversal, and the customer's tab."""

import pytest
from django.test import Client

from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.providers.models import Membership, Provider
from tests.support import movements, records
from tests.support.answers import Verified
from tests.support.paying import pay, reverse, stand_of
from tests.support.returns import charge, dispute
from tests.web.credits.test_change_windows import inputs_of
from tests.web.people import open_browser
from tests.web.reading import rows_of, source_of, words_of

WINDOW = {"HX-Request": "true", "HX-Target": "window-content", "X-Makegood-Provider": "north"}


@pytest.fixture
def clerk(north: Provider) -> Membership:
    return records.add_person(north)


@pytest.fixture
def browser(clerk: Membership) -> Client:
    return open_browser(clerk)


@pytest.fixture
def ann(north: Provider) -> Customer:
    return get_customer(north, "N-1")


def test_payments_are_listed_filtered_and_exported(
    browser: Client, clerk: Membership, north: Provider, ann: Customer
) -> None:
    assert "No payment has been recorded yet" in words_of(browser.get("/payments"))
    invoice = movements.owe(ann, 1000)
    first = pay(clerk, ann, 1500, reference="TR-4711")
    second = reverse(clerk, pay(clerk, get_customer(north, "N-2"), 300, method="cash"))

    def found(query: str) -> list[str]:
        return [row["payment"] for row in rows_of(browser.get(f"/payments?{query}"))]

    both, one, other = [str(second.pk), str(first.pk)], [str(first.pk)], [str(second.pk)]
    assert found("") == both
    assert found("q=4711") == found("q=N-1") == found("reference=tr-47") == found("customer=N-1") == one
    assert found(f"invoice={invoice.number}") == found("overpaid=yes&state=succeeded") == one
    assert found("state=reversed") == found("method=cash") == found("amount_max=3") == other
    assert found("sort=amount") == other + one
    assert found("invoice=x") == []
    row = rows_of(browser.get("/payments?q=4711"))[0]
    assert (row["amount"], row["allocated"], row["method"], row["state"]) == (
        "$15.00",
        "$10.00",
        "Bank transfer",
        "Received",
    )
    file = source_of(browser.get("/payments.csv?q=4711"))
    assert "15.00" in file
    assert "TR-4711" in file


def test_the_page_says_what_became_of_the_money(browser: Client, clerk: Membership, ann: Customer) -> None:
    invoice = movements.owe(ann, 1000)
    payment = pay(clerk, ann, 1500, reference="TR-1", note="Called before")
    said = words_of(browser.get(f"/payments/{payment.pk}"))
    for words in (
        f"Payment {payment.pk} Received",
        f"Invoice {invoice.number}",
        "On invoices $10.00",
        "$5.00 became Available Funds",
        "Called before",
        "Recorded: $15.00",
        "Reverse",
    ):
        assert words in said, (words, said)
    assert f"/credits/{payment.overpayment_credit_id}" in source_of(browser.get(f"/payments/{payment.pk}"))


def test_reversing_shows_what_it_does_and_does_it_once(
    browser: Client, clerk: Membership, ann: Customer, assert_verified: Verified
) -> None:
    invoice = movements.owe(ann, 1000)
    payment = pay(clerk, ann, 1500)
    address = f"/payments/{payment.pk}/reverse"
    window = browser.get(address, headers=WINDOW)
    said = words_of(window)
    assert f"Invoice {invoice.number}: $10.00 is due again; it will be Open, with $10.00 left to pay." in said
    assert "$5.00 is taken back from the customer's Available Funds." in said
    sent = inputs_of(window)
    answer = browser.post(address, sent, headers=WINDOW)
    assert answer.status_code == 422
    assert "Say why" in words_of(answer)
    answers = [browser.post(address, {**sent, "reason": "It bounced"}, headers=WINDOW) for _ in range(2)]
    assert {each.headers["HX-Redirect"] for each in answers} == {f"/payments/{payment.pk}"}
    assert stand_of(invoice) == ("open", 0, 1000)
    said = words_of(browser.get(f"/payments/{payment.pk}"))
    assert "It bounced" in said
    assert "Reversed: $15.00" in said
    assert "reversed already" in words_of(browser.get(address))
    assert_verified()


def test_the_customers_page_has_a_tab_of_payments(browser: Client, clerk: Membership, ann: Customer) -> None:
    address = f"/customers/{ann.pk}/payments"
    assert "No payments yet" in words_of(browser.get(address))
    payment = pay(clerk, ann, 700, reference="TR-1")
    said = words_of(browser.get(address))
    assert f"Payment {payment.pk}" in said
    assert "$7.00 became Available Funds" in said
    assert "Recorded a payment of $7.00" in words_of(browser.get(f"/customers/{ann.pk}/history"))


def test_who_may_only_look_is_offered_nothing(north: Provider, clerk: Membership, ann: Customer) -> None:
    payment = pay(clerk, ann, 700)
    browser = open_browser(records.add_person(north, "viewer"))
    for address in (f"/payments/{payment.pk}", f"/customers/{ann.pk}/payments"):
        answer = browser.get(address)
        assert "/reverse" not in source_of(answer)
        assert "payments/new" not in source_of(answer)
    assert browser.get(f"/payments/{payment.pk}/reverse").status_code == 403
    assert browser.get(f"/customers/{ann.pk}/payments/new").status_code == 403


def test_what_was_won_back_was_paid_once(north: Provider, clerk: Membership, card_holder: Customer) -> None:
    movements.owe(card_holder, 6000)
    payment = charge(clerk, card_holder)
    dispute(payment, 6000)
    dispute(payment, 6000, "won")
    page = open_browser(clerk).get(f"/payments/{payment.pk}")
    assert [each.amount_minor for each in page.context["allocations"]] == [6000]
    assert "at first" not in words_of(page)
