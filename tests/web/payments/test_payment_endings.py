"""The windows that withdraw a payment that waits, and settle one of which nobody knows."""

from collections.abc import Iterator

import pytest
from django.test import Client

from makegood.payments.models import Payment
from makegood.payments.services.collect_now import collect_now
from makegood.providers.models import Membership, Provider
from tests.payments.collecting import NOON, add_payer, after, charge, state_of, submit
from tests.support import records
from tests.support.answers import Verified
from tests.support.collecting import through_stripe
from tests.support.stripe_proxy import Processor
from tests.web.people import open_browser
from tests.web.reading import words_of

WINDOW = {"HX-Request": "true", "HX-Target": "window-content", "X-Makegood-Provider": "north"}


@pytest.fixture
def clerk(north: Provider) -> Membership:
    return records.add_person(north)


@pytest.fixture
def browser(clerk: Membership) -> Client:
    return open_browser(clerk)


@pytest.fixture
def processor(north: Provider) -> Iterator[Processor]:
    with through_stripe(north, at=NOON) as processor:
        yield processor


@pytest.fixture
def payment(north: Provider, processor: Processor) -> Payment:
    add_payer(north, "P-1")
    return charge(north)[0]


def test_a_waiting_payment_is_withdrawn(
    browser: Client, north: Provider, payment: Payment, assert_verified: Verified
) -> None:
    assert "Withdraw" in words_of(browser.get(f"/payments/{payment.pk}"))
    address = f"/payments/{payment.pk}/withdraw"
    assert "Autopay tries them again on the next day" in words_of(browser.get(address, headers=WINDOW))
    answer = browser.post(address, {"reason": " "}, headers=WINDOW)
    assert (answer.status_code, "Say why" in words_of(answer)) == (422, True)
    browser.post(address, {"reason": "Pays cash"}, headers=WINDOW)
    assert (state_of(payment), payment.failure_code) == ("failed", "withdrawn")
    page = words_of(browser.get(f"/payments/{payment.pk}"))
    assert (
        "Withdrawn before it was submitted . Pays cash" in page
        or "Withdrawn before it was submitted. Pays cash" in page
    )
    assert "Somebody withdrew it before it was submitted." in page
    assert "Withdraw payment" not in words_of(browser.get(address, headers=WINDOW)).partition("?")[2]
    assert_verified()


def test_a_payment_of_which_nobody_knows_is_settled_by_hand(
    browser: Client, north: Provider, processor: Processor, payment: Payment, assert_verified: Verified
) -> None:
    with processor.failing("charge", "cut"):
        submit(north)
    page, address = f"/payments/{payment.pk}", f"/payments/{payment.pk}/settle"
    with after(hours=1):
        said = words_of(browser.get(address, headers=WINDOW))
    assert "may still say what became of payment" in said
    with processor.failing("find_charge", *["cut"] * 50):
        for hours in (1, 3, 5, 7, 25):
            with after(hours=hours):
                collect_now(provider=north)
    with after(hours=26):
        # Whoever is logged in stays so for some hours only.
        browser = open_browser(records.add_person(north, "billing", "late@north.example"))
        assert "Settle by hand" in words_of(browser.get(page))
        assert str(payment.attempt_key) in words_of(browser.get(address, headers=WINDOW))
        answer = browser.post(address, {"charged": "yes", "reason": "Stands there"}, headers=WINDOW)
        assert (answer.status_code, "what the processor calls the charge" in words_of(answer)) == (422, True)
        sent = {"charged": "yes", "reference": "ch_9", "reason": "Stands there"}
        browser.post(address, sent, headers=WINDOW)
        assert (state_of(payment), payment.gateway_reference) == ("succeeded", "ch_9")
        assert "is booked as charged" in words_of(browser.get(page))
    assert_verified()


def test_who_may_not_is_not_offered_either(north: Provider, payment: Payment) -> None:
    viewer = open_browser(records.add_person(north, "viewer", "viewer@north.example"))
    assert "Withdraw" not in words_of(viewer.get(f"/payments/{payment.pk}"))
    for what in ("withdraw", "settle"):
        assert viewer.get(f"/payments/{payment.pk}/{what}").status_code == 403
