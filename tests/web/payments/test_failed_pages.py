"""The failed payments on the list, the dashboard and the page of a payment that a processor was asked for."""

from datetime import date

import pytest
from django.test import Client

from makegood.payments.models import Collection, Payment
from makegood.payments.services.make_charges import make_charges
from makegood.providers.models import Membership, Provider
from tests.payments.collecting import add_payer, after, charge, submit
from tests.support import records
from tests.support.answers import Verified
from tests.support.paying import pay
from tests.web.people import open_browser
from tests.web.reading import rows_of, source_of, words_of


@pytest.fixture
def clerk(north: Provider) -> Membership:
    return records.add_person(north)


@pytest.fixture
def browser(clerk: Membership) -> Client:
    return open_browser(clerk)


@pytest.fixture
def failed(north: Provider) -> Payment:
    """A payment of two invoices that was declined; it is tried again on March 5."""
    add_payer(north, "C1", "card_declined", 4000, 2000)
    (payment,) = charge(north)
    submit(north)
    payment.refresh_from_db()
    return payment


def test_the_list_says_what_is_owed_why_and_what_comes_next(browser: Client, failed: Payment) -> None:
    (row,) = rows_of(browser.get("/payments/failed"))
    assert (row["customer"], row["owed"], row["tries"]) == ("C1", "$60.00", "1")
    assert row["why"] == "The bank did not allow it and does not say why."
    assert "2026" in row["next_try"]
    numbers = [str(claim.invoice.number) for claim in failed.claims.order_by("invoice__number")]
    assert row["invoices"] == ", ".join(numbers)
    page = source_of(browser.get("/payments/failed"))
    assert f"/customers/{failed.customer_id}/charge-now" in page
    assert f"/customers/{failed.customer_id}/payments/new" in page
    assert [row["payment"] for row in rows_of(browser.get("/payments/failed?stage=left"))] == []
    file = source_of(browser.get("/payments/failed.csv"))
    assert "The bank did not allow it" in file


def test_the_list_says_what_is_left_to_pay_not_what_was_asked_for(
    browser: Client, clerk: Membership, failed: Payment
) -> None:
    pay(clerk, failed.customer, 1500)
    (row,) = rows_of(browser.get("/payments/failed"))
    assert row["owed"] == "$45.00"
    assert "45.00" in source_of(browser.get("/payments/failed.csv"))


def test_the_list_is_empty_in_words(browser: Client, north: Provider) -> None:
    assert "No failed payment to work on" in words_of(browser.get("/payments/failed"))


def test_the_dashboard_says_how_many_there_are(browser: Client, north: Provider) -> None:
    assert "Payments to look at" not in words_of(browser.get("/dashboard"))
    add_payer(north, "C1", "card_declined")
    add_payer(north, "C2", "card_timeout")
    charge(north)
    submit(north)
    said = words_of(browser.get("/dashboard"))
    assert "1 failed payment for what is still owed: 1 tried again by autopay" in said
    assert "left to a person" not in said
    assert "1 payment that nobody knows of yet" in said


def test_the_page_of_a_failed_payment_says_why_and_offers_another_try(browser: Client, failed: Payment) -> None:
    answer = browser.get(f"/payments/{failed.pk}")
    said = words_of(answer)
    for words in (
        f"Payment {failed.pk} Failed",
        "The bank did not allow it and does not say why. Autopay tries again on Mar 5, 2026",
        "What it was to pay",
        "Asked for by autopay of Mar 2, 2026: $60.00 from Visa ending 0002",
        "Submitted to Sandbox",
        "Failed: The bank did not allow it",
        "Processor's word card_declined",
        "Try again",
    ):
        assert words in said, (words, said)
    assert "/reverse" not in source_of(answer)
    Collection.objects.update(next_try_on=None, given_up_on="2026-03-02")
    assert "It is not tried again by itself" in words_of(browser.get(f"/payments/{failed.pk}"))


def test_the_page_names_the_tries_before_and_after(browser: Client, north: Provider, failed: Payment) -> None:
    with after(days=3):
        make_charges(provider=north, day=date(2026, 3, 5))
    second = Payment.objects.exclude(pk=failed.pk).get()
    assert f"Payment {second.pk} after this one" in words_of(browser.get(f"/payments/{failed.pk}"))
    assert f"Payment {failed.pk} before this one" in words_of(browser.get(f"/payments/{second.pk}"))


def test_an_unknown_payment_can_be_asked_about(browser: Client, north: Provider, assert_verified: Verified) -> None:
    add_payer(north, "C1", "card_timeout")
    (payment,) = charge(north)
    submit(north)
    address = f"/payments/{payment.pk}"
    said = words_of(browser.get(address))
    assert "Nobody knows yet whether it was charged" in said
    assert "Ask the processor now" in said
    assert "The processor is asked now. What it says stands here." in words_of(
        browser.post(f"{address}/ask", follow=True)
    )
    Payment.objects.filter(pk=payment.pk).update(held_until="2100-01-01T00:00Z")
    assert "is being looked at" in words_of(browser.post(f"{address}/ask", follow=True))
    Payment.objects.filter(pk=payment.pk).update(held_until=None)
    assert_verified()


def test_a_charged_payment_is_listed_with_its_card_and_cannot_be_reversed(browser: Client, north: Provider) -> None:
    add_payer(north)
    (payment,) = charge(north)
    (row,) = rows_of(browser.get("/payments"))
    assert (row["state"], row["method"], row["purpose"]) == ("Waiting", "Visa ending 4242", "Autopay")
    assert row["received"].startswith("asked ")
    assert "Submit it now" not in words_of(browser.get(f"/payments/{payment.pk}"))
    Payment.objects.filter(pk=payment.pk).update(next_check_at="2100-01-01T00:00Z")
    assert "Submit it now" in words_of(browser.get(f"/payments/{payment.pk}"))
    Payment.objects.filter(pk=payment.pk).update(next_check_at=payment.next_check_at)
    submit(north)
    (row,) = rows_of(browser.get("/payments"))
    assert (row["state"], row["allocated"]) == ("Received", "$60.00")
    answer = browser.get(f"/payments/{payment.pk}")
    assert "Charged: $60.00" in words_of(answer)
    assert f"/payments/{payment.pk}/reverse" not in source_of(answer)
    assert "asked" not in words_of(browser.get(f"/customers/{payment.customer_id}/payments"))


def test_who_may_only_look_is_offered_nothing(north: Provider, failed: Payment) -> None:
    viewer = open_browser(records.add_person(north, "viewer"))
    answer = viewer.get(f"/payments/{failed.pk}")
    assert "Try again" not in words_of(answer)
    assert "charge-now" not in source_of(viewer.get("/payments/failed"))
    assert viewer.post(f"/payments/{failed.pk}/ask").status_code == 403


def test_only_what_comes_by_hand_can_be_recorded_by_hand(browser: Client, failed: Payment) -> None:
    window = source_of(browser.get(f"/customers/{failed.customer_id}/payments/new"))
    assert 'value="cash"' in window
    assert 'value="bank_transfer"' in window
    assert 'value="card"' not in window
