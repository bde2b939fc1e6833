"""Refunds that have to wait, whose way is gone, that a bank does not take, or that a person may not make."""

import pytest
from django.test import Client

from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.gateways.services.gateways import disconnect_gateway
from makegood.invoices.models import Invoice
from makegood.payments.models import Refund
from makegood.providers.models import Membership, Provider
from makegood.providers.selectors import list_staff
from makegood.providers.services import set_end_customer_billing
from tests.support import movements, records, refunding
from tests.support.answers import Verified
from tests.support.collecting import through_stripe
from tests.support.paying import pay
from tests.support.sandbox import add_method, connect
from tests.web.payments.refund_window import WINDOW, address_of, fields_of, preview, type_in
from tests.web.people import open_browser
from tests.web.reading import source_of, words_of


def test_while_a_refund_is_on_its_way_the_page_says_why_there_is_no_other(
    browser: Client, north: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    connect(north)
    bob = get_customer(north, "N-2")
    add_method(bob, "card_refund_pending")
    invoice = movements.owe(bob, 3000)
    refunding.charge(clerk, invoice)
    sent = type_in(browser, invoice, reason="Because", amount="10")
    browser.post(address_of(invoice), sent)
    answer = browser.get(f"/invoices/{invoice.pk}")
    assert f"/invoices/{invoice.pk}/refund" not in source_of(answer)
    said = words_of(answer)
    assert "The refund of $10.00 is on its way. It stands here how far it has come." in said
    assert "A refund of $10.00 is on its way (since" in said
    assert "Until it has settled, the invoice can be neither credited nor refunded again." in said
    assert "On its way then settled with a credit" in said
    window = browser.get(address_of(invoice), headers=WINDOW)
    assert "is on its way. Wait until it has settled." in words_of(window)
    assert "button-main" not in source_of(window)
    assert_verified()


def test_while_a_payment_is_on_its_way_nothing_is_refunded(browser: Client, north: Provider, clerk: Membership) -> None:
    connect(north)
    bob = get_customer(north, "N-2")
    add_method(bob, "ach_succeeds")
    invoice = movements.owe(bob, 3000)
    pay(clerk, bob, 1000)
    refunding.charge(clerk, invoice)
    answer = browser.get(f"/invoices/{invoice.pk}")
    assert "$20.00 is on its way from Test Bank ending 6789" in words_of(answer)
    for offered in ("/refund", "/credit", "/charge-now", "/void", "payments/new"):
        assert f'{offered}"' not in source_of(answer).replace("?", '"'), offered
    assert "is on its way. Wait until it has settled." in words_of(browser.get(address_of(invoice)))


def test_where_the_way_is_gone_it_offers_funds_or_by_hand(
    browser: Client, north: Provider, mixed: Invoice, assert_verified: Verified
) -> None:
    admin = list_staff(north).get(role="admin")
    disconnect_gateway(membership=admin, gateway=refunding.gateway_of(north))
    assert address_of(mixed) in source_of(browser.get(f"/invoices/{mixed.pk}"))
    window = browser.get(address_of(mixed), headers=WINDOW)
    assert "is not connected any more. Give it as Available Funds instead, or pay it back by hand." in words_of(window)
    assert f"/customers/{mixed.customer_id}/credits/new?amount=50.00" in source_of(window)
    sent = fields_of(window, reason="Because")
    assert browser.post(address_of(mixed), sent, headers=WINDOW).status_code == 422
    by_hand = {**sent, "by_hand": "bank_transfer", "reference": "TR-9"}
    said = preview(browser, mixed, by_hand)
    assert "By bank transfer By hand: you make the transfer." in said
    browser.post(address_of(mixed), type_in(browser, mixed, **by_hand))
    [made] = Refund.objects.all()
    assert made.state == "done"
    assert refunding.transfers_of(made) == [("bank_transfer", 4000, "succeeded")]
    said = words_of(browser.get(f"/invoices/{mixed.pk}"))
    assert "The refund of $50.00 is done." in said
    assert "By bank transfer: $40.00 TR-9" in said
    assert_verified()


def test_it_says_why_less_can_go_back_than_was_paid(
    browser: Client, clerk: Membership, card_holder: Customer, assert_verified: Verified
) -> None:
    invoice = movements.owe(card_holder, 6500)
    payment = refunding.charge(clerk, invoice)
    pay(clerk, card_holder, 3000)
    refunding.give_out(clerk, card_holder, 3000)
    refunding.work_transfers(clerk.provider)
    said = words_of(browser.get(address_of(invoice), headers=WINDOW))
    assert "At most $35.00 can go back." in said
    why = f"$30.00 of payment {payment.pk} cannot go back: so much of it was paid out of Available Funds."
    assert why in said
    assert_verified()


def test_the_credit_window_knows_the_amount_that_could_not_go_back(browser: Client, card_holder: Customer) -> None:
    answer = browser.get(f"/customers/{card_holder.pk}/credits/new?amount=50.00", headers=WINDOW)
    assert 'value="50.00"' in source_of(answer).split('name="amount"')[1].split(">")[0]


def test_a_refund_that_the_bank_does_not_take_says_why(
    browser: Client, clerk: Membership, north: Provider, assert_verified: Verified
) -> None:
    connect(north)
    bob = get_customer(north, "N-2")
    add_method(bob, "card_refund_fails")
    invoice = movements.owe(bob, 3000)
    refunding.charge(clerk, invoice)
    refunding.refund(clerk, invoice, 3000)
    refunding.work_transfers(north)
    said = words_of(browser.get(f"/invoices/{invoice.pk}"))
    assert "To Visa ending 5126: $30.00 Failed" in said
    assert "settled with a credit" not in said
    assert_verified()


@pytest.mark.parametrize("role", ["viewer", "agent"])
def test_who_may_not_bill_sees_no_refund(north: Provider, mixed: Invoice, role: str) -> None:
    browser = open_browser(records.add_person(north, role))
    assert address_of(mixed) not in source_of(browser.get(f"/invoices/{mixed.pk}"))
    assert browser.get(address_of(mixed)).status_code == 403
    assert browser.post(address_of(mixed), {"amount": "1"}).status_code == 403
    assert not Refund.objects.exists()


def test_nothing_is_refunded_while_billing_is_off(browser: Client, north: Provider, mixed: Invoice) -> None:
    set_end_customer_billing(provider=north, on=False, staff_id=None)
    assert address_of(mixed) not in source_of(browser.get(f"/invoices/{mixed.pk}"))
    assert browser.post(address_of(mixed), {"amount": "1"}).status_code == 403


def test_an_amount_that_the_processor_cannot_move_is_corrected_in_the_window(
    browser: Client, north: Provider, clerk: Membership, assert_verified: Verified
) -> None:
    # Two decimals, and Stripe moves whole ones alone.
    Provider.objects.filter(pk=north.pk).update(currency="MGA")
    clerk = Membership.objects.get(pk=clerk.pk)
    bob = get_customer(north, "N-2")
    with through_stripe(clerk.provider):
        add_method(bob)
        invoice = movements.owe(bob, 3050)
        refunding.charge(clerk, invoice, movements.owe(bob, 2950))
        window = browser.get(address_of(invoice), headers=WINDOW)
        assert "MGA 30.50 cannot go back to a payment method: choose MGA 0.50 less" in words_of(window)
        sent = type_in(browser, invoice, reason="Because", amount="30.50")
        answer = browser.post(address_of(invoice), sent, headers=WINDOW)
        assert (answer.status_code, "Stripe moves MGA only in steps of MGA 1.00." in words_of(answer)) == (422, True)
        assert "cannot go back" not in preview(browser, invoice, {**sent, "amount": "30"})
    assert not Refund.objects.exists()
    assert_verified()
