"""One refund or pay-out, and where one gets to it from."""

import pytest
from django.test import Client

from makegood.credits.models import Credit
from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.payments.models import Refund, RefundTransfer
from makegood.payments.refund_rules import NEVER_ARRIVED
from makegood.payments.refund_words import sum_given
from makegood.providers.models import Membership
from makegood.web.customers import paging
from tests.support import movements
from tests.support.answers import Verified
from tests.support.paying import pay
from tests.support.refunding import charge, give_out, refund, work_transfers
from tests.support.sandbox import add_method
from tests.web.reading import source_of, words_of


@pytest.fixture
def mixed_refund(clerk: Membership, mixed: Invoice) -> Refund:
    """45.00 of the invoice: 40.00 to the card, 5.00 to the credit."""
    return refund(clerk, mixed, 4500, reason="No service in May")


def test_a_refund_with_all_that_followed(
    browser: Client, mixed_refund: Refund, mixed: Invoice, assert_verified: Verified
) -> None:
    said = words_of(browser.get(f"/refunds/{mixed_refund.pk}"))
    for words in (
        f"Refund {mixed_refund.pk} Done",
        "To Visa ending 4242",
        "Given back",
        "To Available Funds",
        "Reason No service in May",
        "Asked for by billing@north.example",
        f"Invoice {mixed.number} , now paid $0.00 is due",
        "What followed Settled with credit",
        "Returned",
    ):
        assert words in said, words
    settling = Credit.objects.filter(description__startswith="Settles invoice").values_list("pk", flat=True)
    source = source_of(browser.get(f"/refunds/{mixed_refund.pk}"))
    assert all(f'href="/credits/{pk}"' in source for pk in settling)
    assert_verified()


def test_a_pay_out_says_out_of_which_credits(browser: Client, clerk: Membership, card_holder: Customer) -> None:
    payment = pay(clerk, card_holder, 2500)
    done = give_out(clerk, card_holder, 1000, way="cash", reference="R-7", reason="Moves away")
    said = words_of(browser.get(f"/refunds/{done.pk}"))
    assert f"Pay-out {done.pk} Done" in said
    assert "In cash" in said
    assert "R-7" in said
    assert f"Credit {payment.overpayment_credit_id} " in said
    assert "Paid out" in said
    assert "What followed" not in said
    # The page of the credit leads to it.
    assert f'href="/refunds/{done.pk}"' in source_of(browser.get(f"/credits/{payment.overpayment_credit_id}"))


def test_why_nothing_was_given_back(browser: Client, clerk: Membership, card_holder: Customer) -> None:
    add_method(card_holder, "card_refund_fails")
    invoice = movements.owe(card_holder, 2000)
    charge(clerk, invoice)
    failed = refund(clerk, invoice, 2000)
    said = words_of(browser.get(f"/refunds/{failed.pk}"))
    assert f"Refund {failed.pk} Failed" in said
    assert "Nothing was given back." in said
    assert "the invoice is as it was" in said
    assert sum_given(failed) == 0


def test_what_can_be_done_of_a_pay_out_that_was_made_after_all_when_its_funds_are_used(
    browser: Client, clerk: Membership, card_holder: Customer, assert_verified: Verified
) -> None:
    add_method(card_holder, "card_refund_fails")
    charge(clerk, movements.owe(card_holder, 6000))
    pay(clerk, card_holder, 2500)
    failed = give_out(clerk, card_holder, 2500)
    work_transfers(clerk.provider)
    RefundTransfer.objects.filter(refund=failed).update(failure_code=NEVER_ARRIVED)
    give_out(clerk, card_holder, 2000, way="cash")
    said = words_of(browser.get(f"/refunds/{failed.pk}"))
    assert "Settle by hand" not in said
    assert "the customer has the money twice. Ask for it back, and record what comes as a payment." in said
    assert "it can be settled by hand on its page." in said
    payment = RefundTransfer.objects.get(refund=failed).payment_id
    assert "Ask for it back, and record what comes as a payment." in words_of(browser.get(f"/payments/{payment}"))
    pay(clerk, card_holder, 2000)
    said = words_of(browser.get(f"/refunds/{failed.pk}"))
    assert "Settle by hand" in said
    assert "Ask for it back" not in said
    assert_verified()


@pytest.mark.parametrize("place", ["payment", "invoice", "credit", "customer"])
def test_every_place_that_it_is_about_leads_to_it(
    browser: Client, mixed_refund: Refund, mixed: Invoice, place: str
) -> None:
    transfer = RefundTransfer.objects.get(refund=mixed_refund)
    address = {
        "payment": f"/payments/{transfer.payment_id}",
        "invoice": f"/invoices/{mixed.pk}",
        "credit": f"/credits/{transfer.credit_id}",
        "customer": f"/customers/{mixed.customer_id}/payments",
    }[place]
    assert f'href="/refunds/{mixed_refund.pk}"' in source_of(browser.get(address))


def test_the_credit_that_funds_came_back_to_leads_to_it(browser: Client, mixed_refund: Refund) -> None:
    outage = Credit.objects.get(description="Outage")
    assert f"Refund {mixed_refund.pk} of invoice" in words_of(browser.get(f"/credits/{outage.pk}"))


def test_the_customers_tab_turns_its_two_tables_apart(
    browser: Client, clerk: Membership, card_holder: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "ROWS_A_PAGE", 2)
    address = f"/customers/{card_holder.pk}/payments"
    assert "Refunds and pay-outs" not in words_of(browser.get(address))
    payments = [pay(clerk, card_holder, 500) for _ in range(3)]
    outs = [give_out(clerk, card_holder, 100, way="cash") for _ in range(3)]
    source = source_of(browser.get(f"{address}?page=2"))
    assert f'href="{address}?page=2&amp;refunds=2#refunds"' in source
    assert f"/payments/{payments[0].pk}" in source
    assert f"/refunds/{outs[2].pk}" in source
    assert f"/refunds/{outs[0].pk}" not in source
    source = source_of(browser.get(f"{address}?page=2&refunds=2"))
    assert f"/refunds/{outs[0].pk}" in source
    assert f"/refunds/{outs[2].pk}" not in source
