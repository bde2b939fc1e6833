"""What the invented customers with autopay pay with: the same customer always with the same."""

import random

from makegood.customers.models import Customer
from makegood.gateways.selectors import find_active_gateway
from makegood.gateways.services.gateways import connect_sandbox
from makegood.payments.services.sandbox_methods import add_test_methods
from makegood.providers.models import Membership

_SHARES = {
    "card_succeeds": 770,
    "ach_succeeds": 80,
    "card_insufficient_once": 40,
    "card_declined": 20,
    "card_expired": 12,
    "card_stolen": 6,
    "ach_fails": 8,
    "ach_returned": 4,
    "card_disputed": 6,
    "card_dispute_won": 4,
    "card_timeout": 8,
    "": 12,
    "card_refund_bounces": 10,
    "card_refund_fails": 10,
    "card_refund_pending": 10,
}
"""In how many of a thousand which test method of the sandbox; without one: nothing that can be charged."""


def outcome_of(customer_number: str) -> str:
    """The test method of the customer of that number; empty if there is none."""
    chance = random.Random(f"method of {customer_number}")
    return chance.choices(list(_SHARES), weights=list(_SHARES.values()))[0]


def give_methods(*, admin: Membership, billing: Membership) -> None:
    """Connects the demo provider with the sandbox, and gives its customers with autopay their methods.

    Opens a transaction. Nothing is done where a gateway is connected already.
    """
    if find_active_gateway(admin.provider) is not None:
        return
    connect_sandbox(membership=admin)
    paying = Customer.objects.select_related("provider").filter(provider=admin.provider, autopay=True, status="active")
    outcomes = {customer: outcome_of(customer.number) for customer in paying.order_by("number")}
    add_test_methods(membership=billing, outcomes={each: outcome for each, outcome in outcomes.items() if outcome})
