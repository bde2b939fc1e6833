"""The window that settles a part of a refund of which nobody knows."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client

from makegood.credits.services.write_off import write_off_invoice
from makegood.gateways.interface import Refund as Answer
from makegood.gateways.rules import Standing
from makegood.invoices.models import Invoice
from makegood.kit.clock import frozen_clock, now
from makegood.payments.services.book_transfer import book_transfer
from makegood.payments.services.collect_now import collect_now
from makegood.providers.models import Membership, Provider
from tests.support import movements, records, refunding, sandbox
from tests.support.answers import Verified
from tests.support.collecting import through_stripe
from tests.support.paying import pay, reverse
from tests.support.stripe_proxy import Processor
from tests.web.people import open_browser
from tests.web.reading import words_of

WINDOW = {"HX-Request": "true", "HX-Target": "window-content", "X-Makegood-Provider": "north"}


@pytest.fixture
def manager(north: Provider) -> Membership:
    return records.add_person(north, "manager")


@pytest.fixture
def processor(north: Provider) -> Iterator[Processor]:
    with through_stripe(north) as processor:
        yield processor


@pytest.fixture
def browser(manager: Membership) -> Client:
    return open_browser(manager)


@pytest.fixture
def invoice(manager: Membership, processor: Processor) -> Invoice:
    """60.00 that a card has paid."""
    customer = records.add_customer(manager.provider, "C1")
    sandbox.add_method(customer)
    invoice = movements.owe(customer, 6000)
    refunding.charge(manager, invoice)
    return invoice


def test_a_part_of_which_nobody_knows_is_settled_by_hand(
    browser: Client,
    north: Provider,
    manager: Membership,
    processor: Processor,
    invoice: Invoice,
    assert_verified: Verified,
) -> None:
    transfer = refunding.refund(manager, invoice, 6000).transfers.get()
    with processor.failing("refund", "cut"):
        collect_now(provider=north)
    page, address, begun = f"/payments/{transfer.payment_id}", f"/refund-parts/{transfer.pk}/settle", now()
    assert "may still say what became of it" in words_of(browser.get(address, headers=WINDOW))
    assert "Settle by hand" not in words_of(browser.get(page))
    with processor.failing("find_refund", *["cut"] * 50):
        for hours in (1, 3, 5, 7, 9, 26):
            with frozen_clock(begun + timedelta(hours=hours)):
                collect_now(provider=north)
    with frozen_clock(begun + timedelta(hours=27)):
        # Whoever is logged in stays so for some hours only.
        browser = open_browser(records.add_person(north, "billing", "late@north.example"))
        assert "Settle by hand" in words_of(browser.get(page))
        assert str(transfer.attempt_key) in words_of(browser.get(address, headers=WINDOW))
        answer = browser.post(address, {"given_back": "yes", "reason": "It stands there"}, headers=WINDOW)
        assert (answer.status_code, "what the processor calls the refund" in words_of(answer)) == (422, True)
        sent = {"given_back": "yes", "reference": "re_9", "reason": "It stands there"}
        browser.post(address, sent, headers=WINDOW)
        assert "is booked as given back" in words_of(browser.get(page))
    transfer.refresh_from_db()
    assert (transfer.state, transfer.reference) == ("succeeded", "re_9")
    assert_verified()


def test_what_bounced_of_a_given_up_invoice_is_told_without_a_credit(
    browser: Client, north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    sandbox.connect(north)
    customer = records.add_customer(north, "C2")
    sandbox.add_method(customer)
    invoice = movements.owe(customer, 6000)
    cash = pay(manager, customer, 2000, allocations={invoice: 2000})
    refunding.charge(manager, invoice)
    reverse(manager, cash)
    sandbox.behave_as(north, "card_disputed", days_ago=2)
    transfer = refunding.refund(manager, invoice, 4000, follow="leave_open").transfers.get()
    page = words_of(browser.get(f"/invoices/{invoice.pk}"))
    assert "Asked for a refund of $40.00" in page
    assert "The refund of $40.00 failed; nothing was refunded" in page
    write_off_invoice(membership=manager, invoice=invoice, reason="Gone")
    for standing in (Standing.SUCCEEDED, Standing.FAILED):
        said = Answer("re_1", str(transfer.attempt_key), "", standing, 4000)
        book_transfer(provider=north, transfer_id=transfer.pk, refund=said)
    page = words_of(browser.get(f"/invoices/{invoice.pk}"))
    assert "is not written off any more" in page
    assert "The refund of $40.00 is done" in page
    assert "The bank sent $40.00 of a refund back" in page
    assert "Not written off any more" in words_of(browser.get(f"/payments/{transfer.payment_id}"))
    assert_verified()
