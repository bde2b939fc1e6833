"""The page of a payment of which a pay-out failed says so, and not that a refund bounced."""

from django.test import Client

from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.payments.services.pay_out import pay_out
from makegood.providers.models import Membership
from tests.support import movements, sandbox
from tests.support.answers import Verified
from tests.support.returns import charge_late
from tests.web.reading import words_of


def test_a_pay_out_that_failed_is_not_told_as_a_refund_that_bounced(
    browser: Client, clerk: Membership, card_holder: Customer, assert_verified: Verified
) -> None:
    bob = get_customer(clerk.provider, "N-2")
    sandbox.add_method(bob, "card_refund_fails")
    movements.owe(bob, 6000)
    payment = charge_late(clerk, bob, paid_meanwhile_minor=6000)
    pay_out(membership=clerk, customer=bob, amount_minor=1000, reason="Moved away", key="out")
    said = words_of(browser.get(f"/payments/{payment.pk}"))
    assert "A pay-out that failed is Available Funds again: $10.00" in said
    assert "A pay-out of $10.00 failed: " in said
    assert "bounced" not in said
    assert_verified()
