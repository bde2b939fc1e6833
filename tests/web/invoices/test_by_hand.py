"""An invoice is left to people in a window of its page, with a reason, and they are told what that means."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from makegood.audit.models import AuditEntry
from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.invoices.models import Invoice
from makegood.payments.models import Collection
from makegood.payments.services.by_hand import collect_by_hand
from makegood.payments.services.make_charges import make_charges
from makegood.providers.models import Membership, Provider
from makegood.web.invoices.table import InvoiceTable
from tests.payments.collecting import DAY, add_payer, after, charge, state_of, submit
from tests.support import movements, records
from tests.support.answers import Verified
from tests.support.paying import pay
from tests.support.sandbox import add_method, connect
from tests.web.people import open_browser
from tests.web.reading import source_of, words_of

WINDOW = {"HX-Request": "true", "HX-Target": "window-content", "X-Makegood-Provider": "north"}
WHY = "She pays in the shop"


@pytest.fixture
def clerk(north: Provider) -> Membership:
    return records.add_person(north, "billing", "agnes@north.example")


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


@pytest.fixture
def invoice(ann: Customer) -> Invoice:
    return movements.owe(ann, 3000)


def address_of(invoice: Invoice) -> str:
    return f"/invoices/{invoice.pk}/by-hand"


def window_of(browser: Client, invoice: Invoice) -> Any:
    return browser.get(address_of(invoice), headers=WINDOW)


def leave(browser: Client, invoice: Invoice, reason: str = WHY) -> Any:
    return browser.post(address_of(invoice), {"reason": reason}, headers=WINDOW)


def page_of(browser: Client, invoice: Invoice) -> str:
    return words_of(browser.get(f"/invoices/{invoice.pk}"))


def is_by_hand(invoice: Invoice) -> bool:
    invoice.refresh_from_db()
    return invoice.by_hand


def reasons_of(invoice: Invoice) -> list[str]:
    entries = AuditEntry.objects.filter(action="invoice.by_hand", subject_id=invoice.pk).order_by("id")
    return [entry.detail["reason"] for entry in entries]


def test_the_window_says_what_it_means_and_does_it(
    browser: Client, invoice: Invoice, assert_verified: Verified
) -> None:
    assert address_of(invoice) in source_of(browser.get(f"/invoices/{invoice.pk}"))
    said = words_of(window_of(browser, invoice))
    assert "The $30.00 that is due is left to people: no autopay, no Available Funds by themselves" in said
    assert "on its way already" not in said
    assert "suspended" not in said
    assert leave(browser, invoice)["HX-Redirect"] == f"/invoices/{invoice.pk}"
    assert is_by_hand(invoice)
    answer = browser.get(f"/invoices/{invoice.pk}")
    said = words_of(answer)
    assert f"Invoice {invoice.number} is collected by hand from now on." in said
    assert f"no late fee and no suspension. Reason: {WHY}" in said
    assert f"Left invoice {invoice.number} to be collected by hand: {WHY}" in said
    assert address_of(invoice) not in source_of(answer)
    assert "Collect automatically again" in said
    assert_verified()


@pytest.mark.parametrize(
    ("reason", "words"), [(" ", "Say why"), ("Card 4242 4242 4242 4242", "This looks like the number of a card")]
)
def test_a_reason_is_needed_and_no_number_of_a_card_is_one(
    browser: Client, invoice: Invoice, reason: str, words: str
) -> None:
    answer = leave(browser, invoice, reason)
    assert (answer.status_code, words in words_of(answer)) == (422, True)
    assert not is_by_hand(invoice)


def test_a_double_click_is_one(browser: Client, invoice: Invoice) -> None:
    leave(browser, invoice)
    leave(browser, invoice)
    assert reasons_of(invoice) == [WHY]


def test_who_comes_second_is_told_and_the_first_reason_stays(
    browser: Client, clerk: Membership, invoice: Invoice
) -> None:
    other = records.add_person(clerk.provider, "manager", "mary@north.example")
    collect_by_hand(membership=other, invoice=invoice, reason="He called me")
    answer = window_of(browser, invoice)
    assert "This invoice is collected by hand already." in words_of(answer)
    assert "<button" not in source_of(answer).partition("<form")[2]
    leave(browser, invoice)
    said = page_of(browser, invoice)
    assert f"Invoice {invoice.number} was collected by hand already. Nothing is changed." in said
    assert "Reason: He called me" in said
    assert reasons_of(invoice) == ["He called me"]


def test_what_was_paid_in_between_is_not_left_to_anybody(
    browser: Client, clerk: Membership, invoice: Invoice, assert_verified: Verified
) -> None:
    window_of(browser, invoice)
    pay(clerk, invoice.customer, 3000)
    answer = leave(browser, invoice)
    assert answer.status_code == 422
    assert "Nothing is due of this invoice; it is paid." in words_of(answer)
    assert "<button" not in source_of(answer).partition("<form")[2]
    assert not is_by_hand(invoice)
    assert "Nothing is due of this invoice, so there is nothing to collect." in words_of(window_of(browser, invoice))
    assert address_of(invoice) not in source_of(browser.get(f"/invoices/{invoice.pk}"))
    assert_verified()


def test_once_it_is_paid_nobody_collects_it_any_more(browser: Client, clerk: Membership, invoice: Invoice) -> None:
    def in_table() -> tuple[str, str]:
        (shown,) = InvoiceTable([Invoice.objects.get(pk=invoice.pk)], clerk.provider).rows
        return str(shown.get_cell("state")), str(shown.get_cell("by_hand"))

    leave(browser, invoice)
    assert ("by hand" in in_table()[0], "Yes" in in_table()[1]) == (True, True)
    pay(clerk, invoice.customer, 3000)
    assert ("by hand" in in_table()[0], "Yes" in in_table()[1]) == (False, False)
    said = page_of(browser, invoice)
    assert "Collected by hand" not in said
    assert "no suspension" not in said
    assert "by hand" not in words_of(browser.get(f"/customers/{invoice.customer_id}/invoices"))


def test_who_may_not_bill_is_not_offered_it(north: Provider, invoice: Invoice) -> None:
    agent = open_browser(records.add_person(north, "agent", "amy@north.example"))
    assert address_of(invoice) not in source_of(agent.get(f"/invoices/{invoice.pk}"))
    assert window_of(agent, invoice).status_code == 403
    assert leave(agent, invoice).status_code == 403
    assert not is_by_hand(invoice)


def test_an_invoice_of_another_provider_does_not_exist(browser: Client, invoice: Invoice) -> None:
    south = records.add_provider("south")
    foreign = movements.owe(records.add_customer(south, "S-1"), 3000)
    assert window_of(browser, foreign).status_code == 404
    assert leave(browser, foreign).status_code == 404
    assert not is_by_hand(foreign)


def test_what_is_on_its_way_goes_on_and_is_not_tried_again_if_it_fails(
    north: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    customer = add_payer(north, "C1", "card_declined")
    (payment,) = charge(north)
    invoice = Invoice.objects.get(customer=customer)
    with after(minutes=1):
        browser = open_browser(clerk)
        assert address_of(invoice) in source_of(browser.get(f"/invoices/{invoice.pk}"))
        said = words_of(window_of(browser, invoice))
        assert f"$60.00 is on its way already, and that is not stopped: payment {payment.pk}" in said
        leave(browser, invoice)
        assert "$60.00 is on its way" in page_of(browser, invoice)
    submit(north, minutes=2)
    assert state_of(payment) == "failed"
    collection = Collection.objects.get(invoice=invoice)
    assert (collection.next_try_on, collection.given_up_on) == (None, None)
    with after(days=10):
        assert make_charges(provider=north, day=DAY + timedelta(days=10)).customers == 0
    assert_verified()


def test_what_is_on_its_way_pays_it_if_it_succeeds(
    north: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    customer = add_payer(north, "C1")
    (payment,) = charge(north)
    invoice = Invoice.objects.get(customer=customer)
    with after(minutes=1):
        leave(open_browser(clerk), invoice)
    submit(north, minutes=2)
    assert state_of(payment) == "succeeded"
    assert Invoice.objects.get(pk=invoice.pk).state == "paid"
    assert_verified()
