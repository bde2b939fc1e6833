"""The window that charges what a customer owes now: what is ticked, charged once, and what stands against it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.invoices.models import Invoice
from makegood.payments.models import Collection, CollectionSettings, Payment
from makegood.payments.pace import HOUR
from makegood.payments.services.charge_by_hand import charge_invoices
from makegood.payments.services.submit import submit_payments
from makegood.providers.models import Membership, Provider
from makegood.statements.words import say_day
from makegood.web.frame.sentences import say_time
from tests.support import movements, records, refunding
from tests.support.answers import Verified
from tests.support.paying import pay, stand_of
from tests.support.sandbox import add_method, charges, connect
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
def ann(north: Provider) -> Customer:
    """Ann with a card, which is the default, and a bank account."""
    connect(north)
    ann = get_customer(north, "N-1")
    add_method(ann, "ach_succeeds", default=False)
    add_method(ann)
    return ann


@pytest.fixture
def owed(ann: Customer) -> list[Invoice]:
    return [movements.owe(ann, 2500, due_on=records.FIRST_DAY), movements.owe(ann, 6000)]


def address_of(customer: Customer, what: str = "") -> str:
    return f"/customers/{customer.pk}/charge-now{what}"


def fields_of(answer: Answer) -> dict[str, object]:
    """What the window would send as it was given out."""
    source = source_of(answer)
    hidden = dict(re.findall(r'<input type="hidden" name="(key|seen)" value="([^"]*)"', source))
    method = re.search(r'name="method" value="(\d+)"[^>]*checked', source)
    assert method is not None
    return {**hidden, "method": method[1], "invoices": re.findall(r'name="invoices" value="(\d+)" checked', source)}


def test_all_that_is_owed_is_ticked_and_the_default_is_charged(
    browser: Client, ann: Customer, owed: list[Invoice]
) -> None:
    answer = browser.get(address_of(ann), headers=WINDOW)
    said = words_of(answer)
    assert fields_of(answer)["invoices"] == [str(invoice.pk) for invoice in owed]
    assert "Visa ending 4242 (default)" in said
    assert "Test Bank ending 6789" in said
    assert "$85.00 is charged to Visa ending 4242 in one payment." in said
    one = browser.get(f"{address_of(ann)}?invoice={owed[1].pk}")
    assert fields_of(one)["invoices"] == [str(owed[1].pk)]
    assert "$60.00 is charged to Visa ending 4242 . Until" in words_of(one)


def test_what_is_ticked_is_charged_once_however_often_it_is_sent(
    browser: Client, north: Provider, ann: Customer, owed: list[Invoice], assert_verified: Verified
) -> None:
    address = f"{address_of(ann)}?invoice={owed[1].pk}"
    sent = fields_of(browser.get(address))
    answers = [browser.post(address, sent, headers=WINDOW) for _ in range(3)]
    [payment] = Payment.objects.all()
    assert {answer.headers["HX-Redirect"] for answer in answers} == {f"/payments/{payment.pk}"}
    assert (payment.purpose, payment.amount_minor) == ("charge", 6000)
    said = words_of(browser.get(f"/payments/{payment.pk}"))
    assert "It waits to be submitted to the processor." in said
    assert "$60.00 is on its way from Visa ending 4242 (since" in words_of(browser.get(f"/invoices/{owed[1].pk}"))
    assert "on its way" in words_of(browser.get(f"/customers/{ann.pk}"))
    submit_payments(gateway=refunding.gateway_of(north), at_once=1)
    assert [amount for _, amount, _ in charges(north)] == [6000]
    assert stand_of(owed[1]) == ("paid", 6000, 0)
    assert stand_of(owed[0])[0] == "late"
    assert_verified()


def test_a_charge_that_the_limit_of_the_hour_holds_back_says_so_and_when_it_goes(
    browser: Client, north: Provider, ann: Customer, owed: list[Invoice], assert_verified: Verified
) -> None:
    CollectionSettings.objects.create(provider=north, charges_per_hour=1)
    first, second = owed
    for invoice in (first, second):
        address = f"{address_of(ann)}?invoice={invoice.pk}"
        answer = browser.post(address, fields_of(browser.get(address)), headers=WINDOW)
        submit_payments(gateway=refunding.gateway_of(north), at_once=1)
    sent, waiting = Payment.objects.order_by("id")
    assert (sent.state, waiting.state) == ("succeeded", "created")
    assert sent.submitted_at is not None
    with timezone.override(north.timezone):
        goes = say_time(sent.submitted_at + HOUR)
    says = f"Waiting: the limit of this hour is reached (Settings > Billing > Collection). It goes out at about {goes}"
    page = words_of(browser.get(answer.headers["HX-Redirect"]))
    assert page.count(says) == 1
    assert "Submit it now" not in page
    assert "Withdraw" in page
    said = words_of(browser.get(f"/invoices/{second.pk}"))
    assert "$60.00 is asked for from Visa ending 4242 (since" in said
    assert says in said
    assert_verified()


@pytest.mark.parametrize("of", ["invoices", "payments"])
def test_the_page_looks_again_until_it_has_settled(
    browser: Client, north: Provider, ann: Customer, owed: list[Invoice], of: str
) -> None:
    answer = browser.post(address_of(ann), fields_of(browser.get(address_of(ann))), headers=WINDOW)
    address = answer.headers["HX-Redirect"] if of == "payments" else f"/invoices/{owed[1].pk}"
    looks = re.search(r'hx-get="([^"]*/look-again\?seen=[^"]*)"', source_of(browser.get(address)))
    assert looks is not None
    assert browser.get(looks[1]).status_code == 204
    submit_payments(gateway=refunding.gateway_of(north), at_once=1)
    assert browser.get(looks[1]).headers["HX-Refresh"] == "true"
    assert "look-again" not in source_of(browser.get(address))


def test_a_charge_that_is_declined_says_why(browser: Client, north: Provider, clerk: Membership) -> None:
    connect(north)
    bob = get_customer(north, "N-2")
    add_method(bob, "card_declined")
    invoice = movements.owe(bob, 3000)
    answer = browser.post(address_of(bob), fields_of(browser.get(address_of(bob))), headers=WINDOW)
    submit_payments(gateway=refunding.gateway_of(north), at_once=1)
    [payment] = Payment.objects.all()
    said = words_of(browser.get(answer.headers["HX-Redirect"]))
    assert "The bank did not allow it" in said
    assert "it waits for a person" in said
    assert "is being charged" not in said
    said = words_of(browser.get(f"/invoices/{invoice.pk}"))
    assert "to Visa ending 0002 failed. The bank did not allow it" in said
    assert f"Payment {payment.pk}" in said
    assert "Charge now" in said
    said = words_of(browser.get(f"/customers/{bob.pk}"))
    assert "1 failed payment for what is still owed. Nothing is tried again by itself" in said


def test_a_charge_that_fails_after_autopay_gave_up_is_the_one_that_is_named(
    browser: Client, north: Provider, clerk: Membership
) -> None:
    connect(north)
    bob = get_customer(north, "N-2")
    add_method(bob, "card_declined")
    invoice = movements.owe(bob, 3000)
    first = refunding.charge(clerk, invoice)
    Collection.objects.create(
        invoice=invoice, provider=north, customer=bob, last_payment=first, tries=4, given_up_on=records.FIRST_DAY
    )
    second = refunding.charge(clerk, invoice)
    said = words_of(browser.get(f"/invoices/{invoice.pk}"))
    assert f"Payment {second.pk}" in said
    assert "to Visa ending 0002 failed. The bank did not allow it" in said
    gave_up = f"Autopay gave up on {say_day(records.FIRST_DAY)}"
    assert f"{gave_up} and begins again with a new default payment method." in said


def test_a_payment_that_settles_while_the_page_is_made_leaves_no_mixture(
    browser: Client, clerk: Membership, north: Provider, assert_verified: Verified
) -> None:
    gateway = connect(north)
    bob = get_customer(north, "N-2")
    add_method(bob, "card_declined")
    invoice = movements.owe(bob, 3000)
    charge_invoices(membership=clerk, customer=bob, invoices=[invoice], key="now")
    address = f"/invoices/{invoice.pk}"
    assert "failed" not in words_of(browser.get(address))
    asked: list[str] = []

    def settle_when_the_invoice_was_read(execute: Callable[..., Any], sql: str, *more: Any) -> Any:
        """Just before the page asks for the payment that is on its way."""
        if not asked and 'FROM "payment_claim"' in sql:
            asked.append(sql)
            assert submit_payments(gateway=gateway).taken == 1
        return execute(sql, *more)

    with connection.execute_wrapper(settle_when_the_invoice_was_read):
        answer = browser.get(address)
    assert asked
    assert "failed. The bank did not allow it" in words_of(answer)
    assert "charge-now" in source_of(answer)
    assert_verified()


def test_who_saw_another_amount_looks_again(
    browser: Client, clerk: Membership, ann: Customer, owed: list[Invoice]
) -> None:
    sent = fields_of(browser.get(address_of(ann)))
    pay(clerk, ann, 2500)
    answer = browser.post(address_of(ann), sent, headers=WINDOW)
    assert answer.status_code == 422
    assert Payment.objects.filter(purpose="charge").count() == 0
    pay(clerk, ann, 1000)
    sent = fields_of(browser.get(address_of(ann)))
    pay(clerk, ann, 1000)
    answer = browser.post(address_of(ann), sent, headers=WINDOW)
    assert "What is due has changed since you looked." in words_of(answer)
    assert "$40.00 is charged" in words_of(answer)


def test_nothing_ticked_is_refused_beside_the_rows(browser: Client, ann: Customer, owed: list[Invoice]) -> None:
    sent = {**fields_of(browser.get(address_of(ann))), "invoices": []}
    answer = browser.post(address_of(ann), sent, headers=WINDOW)
    assert answer.status_code == 422
    assert "Tick what is to be charged." in words_of(answer)
    assert "Nothing is ticked, so nothing is charged." in words_of(browser.post(address_of(ann, "/preview"), sent))


def test_it_says_why_nothing_can_be_charged(browser: Client, north: Provider, ann: Customer) -> None:
    assert "Nothing is due, so nothing can be charged." in words_of(browser.get(address_of(ann)))
    bob = get_customer(north, "N-2")
    invoice = movements.owe(bob, 500)
    assert "no payment method that can be charged now" in words_of(browser.get(address_of(bob)))
    assert "charge-now" not in source_of(browser.get(f"/invoices/{invoice.pk}"))
    assert "charge-now" not in source_of(browser.get(f"/customers/{bob.pk}"))


@pytest.mark.parametrize("role", ["viewer", "agent"])
def test_who_may_not_bill_is_offered_nothing(north: Provider, ann: Customer, owed: list[Invoice], role: str) -> None:
    browser = open_browser(records.add_person(north, role))
    assert "charge-now" not in source_of(browser.get(f"/customers/{ann.pk}"))
    assert "charge-now" not in source_of(browser.get(f"/invoices/{owed[0].pk}"))
    assert browser.get(address_of(ann)).status_code == 403
