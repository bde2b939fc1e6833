"""Autopay beside itself and beside people, at the same moment: each invoice has one payment in flight."""

import secrets
from datetime import UTC, date, datetime
from functools import partial

import pytest

from makegood.credits.services.apply_funds import apply_due_funds
from makegood.customers.selectors import get_customer
from makegood.invoices.models import Invoice
from makegood.kit.refusal import Refused
from makegood.payments.models import Payment, PaymentClaim
from makegood.payments.services.charge_by_hand import charge_invoices
from makegood.payments.services.make_charges import make_charges
from makegood.providers.models import Membership, Provider
from makegood.runs.chunked import Chunked
from tests.support.answers import Verified
from tests.support.autopay import add_card, add_gateway
from tests.support.billing import FIRST, add_billed_customer, add_billing_provider, give_credit, issue_invoices
from tests.support.moved_clock import moved_clock
from tests.support.paying import pay
from tests.support.records import add_person
from tests.support.together import at_once

pytestmark = pytest.mark.sql

COLLECTED = date(2026, 1, 6)
NUMBERS = tuple(f"C{number}" for number in range(1, 9))
NOON = datetime(2026, 1, 6, 20, tzinfo=UTC)


@pytest.fixture
def clerk(committed_db: dict[str, str]) -> Membership:
    """A provider with eight customers who owe 20.00 each and pay by autopay."""
    provider = add_billing_provider()
    add_gateway(provider, kind="stripe")
    for number in NUMBERS:
        add_card(add_billed_customer(provider, number, autopay=True))
    issue_invoices(provider, FIRST)
    return add_person(provider)


def charge(provider: Provider) -> Chunked:
    return make_charges(provider=Provider.objects.get(pk=provider.pk), day=COLLECTED)


def in_flight() -> list[int]:
    return list(Invoice.objects.order_by("id").values_list("in_flight_minor", flat=True))


def test_two_workers_make_each_payment_once(clerk: Membership, assert_verified: Verified) -> None:
    with moved_clock(NOON):
        answers = at_once(*[partial(charge, clerk.provider)] * 3)
    assert sum(answer.customers for answer in answers if isinstance(answer, Chunked)) == len(NUMBERS)
    assert Payment.objects.count() == PaymentClaim.objects.filter(open=True).count() == len(NUMBERS)
    assert in_flight() == [2000] * len(NUMBERS)
    assert_verified()


def test_autopay_and_a_person_who_charges(clerk: Membership, assert_verified: Verified) -> None:
    customers = [get_customer(clerk.provider, number) for number in NUMBERS]
    by_hand = [
        partial(charge_invoices, membership=clerk, customer=customer, key=secrets.token_hex(8))
        for customer in customers[:4]
    ]
    with moved_clock(NOON):
        at_once(partial(charge, clerk.provider), *by_hand)
    assert PaymentClaim.objects.filter(open=True).count() == len(NUMBERS)
    assert in_flight() == [2000] * len(NUMBERS)
    assert_verified()


def test_autopay_beside_funds_and_payments_by_hand(clerk: Membership, assert_verified: Verified) -> None:
    for number in NUMBERS[:4]:
        give_credit(clerk.provider, number, 500)
    customers = [get_customer(clerk.provider, number) for number in NUMBERS]
    with moved_clock(NOON):
        answers = at_once(
            partial(charge, clerk.provider),
            partial(apply_due_funds, provider=clerk.provider, day=COLLECTED),
            *[partial(pay, clerk, customer, 700) for customer in customers[2:6]],
        )
    assert not [answer for answer in answers if isinstance(answer, Refused)]
    for invoice in Invoice.objects.all():
        # Whoever came first: all that is due is in flight, and nothing more.
        assert invoice.in_flight_minor == invoice.due_minor
        assert invoice.paid_minor + invoice.used_minor + invoice.due_minor == 2000
    assert_verified()
