"""The window that refunds an invoice: what is shown before, what goes back once, what is refused beside the field."""

import pytest
from django.test import Client

from makegood.invoices.models import Invoice
from makegood.ledger.models import GLCode
from makegood.payments.models import Refund
from makegood.providers.models import Membership, Provider
from tests.support import refunding
from tests.support.answers import Verified
from tests.support.sandbox import refunds
from tests.web.credits.test_change_windows import inputs_of
from tests.web.payments.refund_window import WINDOW, address_of, fields_of, preview, type_in
from tests.web.reading import source_of, words_of


def test_the_split_is_shown_before_card_first_then_the_credits(browser: Client, mixed: Invoice) -> None:
    answer = browser.get(address_of(mixed), headers=WINDOW)
    said = words_of(answer)
    assert inputs_of(answer)["amount"] == "50.00"
    assert "To Visa ending 4242 Payment" in said
    card, funds = said.index("To Visa ending 4242"), said.index("To Available Funds")
    assert card < funds
    assert ("$40.00" in said[card:funds], "$10.00" in said[funds:]) == (True, True)
    assert "Together $50.00" in said
    assert "Then a credit of $50.00 pays the invoice again: nothing is left to pay." in said
    assert "It is booked when the processor says that the money has gone back." in said


def test_while_one_types_the_split_follows_and_nothing_goes_back(browser: Client, mixed: Invoice) -> None:
    sent = fields_of(browser.get(address_of(mixed)), amount="45")
    said = preview(browser, mixed, sent)
    assert "$40.00" in said
    assert "$5.00" in said
    assert "Available Funds" not in preview(browser, mixed, {**sent, "amount": "12.5"})
    assert "Then $45.00 is left to pay. The invoice is Open and collected by hand." in preview(
        browser, mixed, {**sent, "follow": "leave_open"}
    )
    assert "At most $50.00 can go back." in preview(browser, mixed, {**sent, "amount": "50.01"})
    assert "Correct what is marked" in preview(browser, mixed, {**sent, "amount": "x"})
    assert not Refund.objects.exists()


def test_a_refund_settles_the_invoice_and_goes_back_once_however_often_it_is_sent(
    browser: Client, north: Provider, mixed: Invoice, assert_verified: Verified
) -> None:
    sent = fields_of(browser.get(address_of(mixed)), reason="Was never connected")
    answers = [browser.post(address_of(mixed), sent, headers=WINDOW) for _ in range(3)]
    assert {answer.headers["HX-Redirect"] for answer in answers} == {f"/invoices/{mixed.pk}"}
    [made] = Refund.objects.all()
    made.refresh_from_db()
    mixed.refresh_from_db()
    assert (made.state, mixed.state, mixed.due_minor) == ("done", "paid", 0)
    assert [amount for _, amount, _ in refunds(north)] == [4000]
    said = words_of(browser.get(f"/invoices/{mixed.pk}"))
    for words in (
        "The refund of $50.00 is done.",
        "This window was sent before: here is its refund. Nothing goes back twice.",
        "Was never connected",
        "Done settled with a credit",
        "To Visa ending 4242: $40.00",
        "To Available Funds: $10.00",
        "Asked for a refund of $50.00 of invoice",
    ):
        assert words in said, (words, said)
    assert_verified()


def test_left_open_it_is_due_again_and_collected_by_hand_until_a_person_turns_it_back(
    browser: Client, north: Provider, mixed: Invoice, assert_verified: Verified
) -> None:
    sent = type_in(browser, mixed, amount="15", follow="leave_open", reason="Half of the month")
    browser.post(address_of(mixed), sent)
    refunding.work_transfers(north)
    mixed.refresh_from_db()
    assert (mixed.state, mixed.due_minor, mixed.by_hand) == ("open", 1500, True)
    said = words_of(browser.get(f"/invoices/{mixed.pk}"))
    assert "Collected by hand since" in said
    assert "it was paid, and the money went back. No autopay, no Available Funds by themselves" in said
    said = words_of(browser.post(f"/invoices/{mixed.pk}/turn-back", follow=True))
    mixed.refresh_from_db()
    assert not mixed.by_hand
    assert "This invoice is collected by itself again." in said
    assert "Collected by hand" not in said
    assert "Had invoice" in said
    assert_verified()


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"amount": ""}, "amount", "An amount is needed."),
        ({"amount": "0"}, "amount", "greater than zero"),
        ({"amount": "x"}, "amount", "is not an amount"),
        ({"amount": "50.01"}, "amount", "At most $50.00 can go back."),
        ({"reason": " "}, "reason", "Say why; it is kept with the refund."),
        ({"gl_code": "1000"}, "gl_code", "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    browser: Client, mixed: Invoice, typed: dict[str, str], field: str, says: str
) -> None:
    sent = fields_of(browser.get(address_of(mixed)), **{"reason": "Because", **typed})
    answer = browser.post(address_of(mixed), sent, headers=WINDOW)
    assert answer.status_code == 422
    place = source_of(answer).split(f'id="refund_{field}"')[1].split("</div>")[0]
    assert says in place, place
    assert not Refund.objects.exists()


def test_a_gl_code_that_was_deactivated_meanwhile_is_refused(browser: Client, north: Provider, mixed: Invoice) -> None:
    sent = fields_of(browser.get(address_of(mixed)), reason="Because", gl_code="4910")
    GLCode.objects.filter(provider=north, code="4910").update(active=False)
    answer = browser.post(address_of(mixed), sent, headers=WINDOW)
    assert answer.status_code == 422
    assert "Select a valid choice." in words_of(answer)
    assert not Refund.objects.exists()


def test_who_looked_at_something_else_looks_again(
    browser: Client, clerk: Membership, north: Provider, mixed: Invoice, assert_verified: Verified
) -> None:
    sent = type_in(browser, mixed, amount="20", reason="Because")
    refunding.refund(clerk, mixed, 2500, follow="leave_open")
    refunding.work_transfers(north)
    answer = browser.post(address_of(mixed), sent, headers=WINDOW)
    assert answer.status_code == 422
    assert "has changed since you looked. Look again." in words_of(answer)
    assert "At most $25.00 can go back." in words_of(answer)
    assert Refund.objects.count() == 1
    again = fields_of(answer, reason="Because")
    assert browser.post(address_of(mixed), again, headers=WINDOW).status_code == 200
    assert Refund.objects.count() == 2
    assert_verified()


def test_who_has_not_seen_the_split_of_what_is_typed_sees_it_first(browser: Client, mixed: Invoice) -> None:
    sent = fields_of(browser.get(address_of(mixed)), amount="45", reason="Because")
    answer = browser.post(address_of(mixed), sent, headers=WINDOW)
    assert answer.status_code == 422
    assert "Look at what goes back now. If that is right, send it once more." in words_of(answer)
    assert "$5.00" in words_of(answer)
    assert not Refund.objects.exists()
    browser.post(address_of(mixed), fields_of(answer, reason="Because"), headers=WINDOW)
    assert [refund.amount_minor for refund in Refund.objects.all()] == [4500]


def test_without_scripts_the_form_shows_what_would_go_back(browser: Client, mixed: Invoice) -> None:
    sent = fields_of(browser.get(address_of(mixed)), amount="45", do="preview", reason="Because")
    answer = browser.post(address_of(mixed), sent)
    assert "$5.00" in words_of(answer)
    assert not Refund.objects.exists()
