"""The page of a payment whose end came late: charged after it had counted as failed, or returned by the bank."""

from django.test import Client

from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.gateways.rules import Standing
from makegood.payments.models import Payment
from makegood.payments.services.charge_by_hand import charge_invoices
from makegood.providers.models import Membership, Provider
from tests.support import movements, records, sandbox
from tests.support.answers import Verified
from tests.support.returns import dispute, tell
from tests.web.people import open_browser
from tests.web.reading import words_of


def test_the_history_has_the_failure_the_questions_and_the_late_success(
    north: Provider, assert_verified: Verified
) -> None:
    clerk = records.add_person(north)
    sandbox.connect(north)
    ann = get_customer(north, "N-1")
    sandbox.add_method(ann)
    movements.owe(ann, 6000)
    payment = charge_invoices(membership=clerk, customer=ann, key="late")
    Payment.objects.filter(pk=payment.pk).update(checks=7)
    tell(payment, Standing.FAILED)
    tell(payment, Standing.SUCCEEDED)
    said = words_of(open_browser(clerk).get(f"/payments/{payment.pk}"))
    order = [
        "Charged: $60.00",
        "The processor said that it was charged after all",
        "Counted as failed: The bank did not allow it and does not say why.",
        "Asked the processor 7 times in vain",
    ]
    places = [said.find(words) for words in order]
    assert -1 not in places, said
    assert places == sorted(places)
    assert_verified()


def test_a_debit_that_the_bank_returned_is_no_dispute(
    browser: Client, clerk: Membership, card_holder: Customer, assert_verified: Verified
) -> None:
    bob = get_customer(clerk.provider, "N-2")
    sandbox.add_method(bob, "ach_succeeds")
    movements.owe(bob, 3000)
    payment = tell(charge_invoices(membership=clerk, customer=bob, key="debit"), Standing.SUCCEEDED)
    dispute(payment, 3000, "lost", reason="debit_not_authorized")
    said = words_of(browser.get(f"/payments/{payment.pk}"))
    assert "The bank returned $30.00. The account's owner says that the debit was not allowed." in said
    assert "Returned by the bank" in said
    assert "disput" not in said.lower()
    assert_verified()
