"""How the collection of an invoice stands, on its page, in the list and on the customer's page."""

import pytest
from django.test import Client
from django.urls import reverse

from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.invoices.models import Invoice
from makegood.payments.models import Collection
from makegood.payments.services.by_hand import collect_by_hand
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership, Provider
from tests.support import movements, records, refunding
from tests.support.answers import Verified
from tests.support.sandbox import add_method, connect
from tests.web.people import open_browser
from tests.web.reading import rows_of, source_of, words_of


@pytest.fixture
def clerk(north: Provider) -> Membership:
    return records.add_person(north)


@pytest.fixture
def browser(clerk: Membership) -> Client:
    return open_browser(clerk)


@pytest.fixture
def ann(north: Provider) -> Customer:
    """Ann, who pays by autopay with a card."""
    connect(north)
    ann = get_customer(north, "N-1")
    add_method(ann)
    return ann


def page_of(browser: Client, invoice: Invoice) -> str:
    return words_of(browser.get(f"/invoices/{invoice.pk}"))


def try_in_vain(invoice: Invoice, clerk: Membership, **stand: object) -> None:
    """Autopay has tried the invoice, and its card was declined."""
    payment = refunding.charge(clerk, invoice)
    fields = {"provider": invoice.provider, "customer": invoice.customer, "last_payment": payment, **stand}
    Collection.objects.update_or_create(invoice=invoice, defaults=fields)


def test_it_says_what_autopay_will_charge_and_when(browser: Client, ann: Customer) -> None:
    invoice = movements.owe(ann, 3000)
    assert "Autopay charges Visa ending 4242 on" in page_of(browser, invoice)
    Customer.objects.filter(pk=ann.pk).update(autopay=False)
    assert "Autopay charges" not in page_of(browser, invoice)


def test_it_says_that_autopay_failed_and_when_it_tries_again(
    browser: Client, north: Provider, clerk: Membership
) -> None:
    connect(north)
    bob = get_customer(north, "N-2")
    Customer.objects.filter(pk=bob.pk).update(autopay=True)
    add_method(bob, "card_declined")
    invoice = movements.owe(bob, 3000)
    try_in_vain(invoice, clerk, tries=2, next_try_on=today_of(north).replace(year=2099))
    said = page_of(browser, invoice)
    assert "The bank did not allow it" in said
    assert "Autopay charges Visa ending 0002 on" in said
    assert ", 2099" in said
    try_in_vain(invoice, clerk, tries=3, next_try_on=None, given_up_on=today_of(north))
    said = page_of(browser, invoice)
    assert "Autopay gave up on" in said
    assert "and begins again with a new default payment method." in said


def test_who_leaves_an_invoice_to_people_says_why_and_a_person_turns_it_back(
    browser: Client, clerk: Membership, ann: Customer, assert_verified: Verified
) -> None:
    invoice = movements.owe(ann, 3000)
    collect_by_hand(membership=clerk, invoice=invoice, reason="She pays in the shop")
    said = page_of(browser, invoice)
    assert "no autopay, no Available Funds by themselves" in said
    assert "no suspension. Reason: She pays in the shop" in said
    assert "Autopay charges" not in said
    assert "by hand" in words_of(browser.get(f"/customers/{ann.pk}"))
    assert "by hand" in words_of(browser.get(f"/customers/{ann.pk}/invoices"))
    browser.post(f"/invoices/{invoice.pk}/turn-back")
    invoice.refresh_from_db()
    assert not invoice.by_hand
    assert "This invoice is collected by itself again." in page_of(browser, invoice)
    assert_verified()


def test_who_may_not_bill_sees_the_state_and_cannot_turn_it_back(
    north: Provider, clerk: Membership, ann: Customer
) -> None:
    invoice = movements.owe(ann, 3000)
    collect_by_hand(membership=clerk, invoice=invoice, reason="She pays in the shop")
    agent = open_browser(records.add_person(north, "agent"))
    answer = agent.get(f"/invoices/{invoice.pk}")
    assert "Collected by hand" in words_of(answer)
    assert "turn-back" not in source_of(answer)
    assert agent.post(f"/invoices/{invoice.pk}/turn-back").status_code == 403


def test_the_list_marks_and_filters_what_is_on_its_way_and_what_people_collect(
    browser: Client, clerk: Membership, north: Provider, ann: Customer
) -> None:
    bob = get_customer(north, "N-2")
    add_method(bob, "ach_succeeds")
    by_hand, on_its_way, plain = (movements.owe(each, 1000) for each in (ann, bob, ann))
    collect_by_hand(membership=clerk, invoice=by_hand, reason="She pays in the shop")
    refunding.charge(clerk, on_its_way)

    def found(query: str) -> dict[str, str]:
        return {row["number"]: row["state"] for row in rows_of(browser.get(f"/invoices?{query}"))}

    of_hand, of_way, of_plain = str(by_hand.number), str(on_its_way.number), str(plain.number)
    assert found("by_hand=yes") == {of_hand: "Open by hand"}
    assert found("in_flight=yes") == {of_way: "Open on its way"}
    assert found("in_flight=no&by_hand=no") == {of_plain: "Open"}
    assert "cannot be used" in words_of(browser.get("/invoices?in_flight=perhaps"))


def test_the_customers_page_says_what_is_charged_and_what_autopay_has_given_up(
    browser: Client, north: Provider, clerk: Membership
) -> None:
    connect(north)
    bob = get_customer(north, "N-2")
    Customer.objects.filter(pk=bob.pk).update(autopay=True)
    assert "Autopay Yes but nothing can be charged" in words_of(browser.get(f"/customers/{bob.pk}"))
    add_method(bob, "card_declined")
    invoice = movements.owe(bob, 3000)
    try_in_vain(invoice, clerk, tries=4, given_up_on=today_of(north))
    said = words_of(browser.get(f"/customers/{bob.pk}"))
    assert "Autopay Yes charges Visa ending 0002" in said
    assert "1 failed payment for what is still owed. Nothing is tried again by itself" in said
    said = words_of(browser.get(reverse("customer-methods", args=[bob.pk])))
    assert "Autopay gave up on 1 invoice , $30.00" in said
    assert "No invoice waits for it now" not in said
    assert "The bank did not allow it" in words_of(browser.get(f"/customers/{bob.pk}/payments"))
