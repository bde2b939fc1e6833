"""Money that goes back on real days: the clock is moved, the sandbox answers, and what must have happened is said."""

from datetime import date

import pytest

from makegood.credits.models import Credit
from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.payments.models import Refund
from makegood.payments.refunding import preview_refund
from makegood.payments.services.by_hand import turn_back
from makegood.providers.models import Membership, Provider
from tests.support import records, sandbox
from tests.support.answers import Verified
from tests.support.billing import add_billed_customer, add_billing_provider, invoice_of
from tests.support.living import amounts, at, give, live
from tests.support.paying import pay, stand_of
from tests.support.refunding import give_out, refund

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

NEW_YEAR = date(2026, 1, 1)
COLLECTED = date(2026, 1, 8)
"""The autopay date: seven days after the issue."""
CALLS = date(2026, 1, 12)
"""The day on which the customer calls."""


@pytest.fixture
def north() -> Provider:
    """A provider that bills from January 1, due after 14 days, by autopay after 7; Fiber costs 60.00."""
    provider = add_billing_provider(autopay_days=7)
    with at(date(2025, 12, 20)):
        records.add_service(provider, "Fiber", 6000)
        sandbox.connect(provider)
    return provider


@pytest.fixture
def manager(north: Provider) -> Membership:
    return records.add_person(north, "manager")


def add_payer(north: Provider, number: str, outcome: str = "card_succeeds") -> Customer:
    """A customer with Fiber who pays by autopay, with a method of that outcome."""
    customer = add_billed_customer(north, number, service="Fiber", autopay=True)
    with at(date(2025, 12, 20)):
        sandbox.add_method(customer, outcome)
    return customer


def charged(north: Provider) -> list[int]:
    """What the cards were charged, oldest first."""
    return [amount for _, amount, failure in sandbox.charges(north) if not failure]


def given_back(north: Provider) -> list[int]:
    """What the cards got back, oldest first."""
    return [amount for _, amount, failure in sandbox.refunds(north) if not failure]


def by_hand(invoice: Invoice) -> bool:
    invoice.refresh_from_db()
    return invoice.by_hand


def test_refund_then_credit(north: Provider, manager: Membership, assert_verified: Verified) -> None:
    """Ann paid 60.00 for a month in which nothing worked: all of it goes back to her card, and nothing is owed."""
    add_payer(north, "Ann")
    live(north, NEW_YEAR, date(2026, 1, 11))
    invoice = invoice_of(north, "Ann")
    assert (charged(north), stand_of(invoice)) == ([6000], ("paid", 6000, 0))
    with at(CALLS):
        done = refund(manager, invoice, 6000, reason="No service in January")
    assert (done.state, given_back(north)) == ("done", [6000])
    assert (stand_of(invoice), amounts(north, "Ann")) == (("paid", 0, 0), (0, 0))
    settling = Credit.objects.get()
    assert (settling.kind, settling.used_minor, settling.description) == (
        "correction",
        6000,
        f"Settles invoice {invoice.number} after the refund to Visa ending 4242",
    )
    # The next days charge her for February alone.
    live(north, CALLS, date(2026, 2, 9))
    assert charged(north) == [6000, 6000]
    assert amounts(north, "Ann") == (0, 0)
    assert_verified()


def test_mixed_refund(north: Provider, manager: Membership, assert_verified: Verified) -> None:
    """20.00 of Bob's invoice were funds, 40.00 came by card; 50.00 go back: 40.00 to the card, 10.00 to the credit."""
    add_payer(north, "Bob")
    live(north, NEW_YEAR, date(2026, 1, 4))
    goodwill = give(manager, "Bob", 2000, date(2026, 1, 5))
    live(north, date(2026, 1, 5), date(2026, 1, 11))
    invoice = invoice_of(north, "Bob")
    assert charged(north) == [4000]
    with at(CALLS):
        shown = preview_refund(membership=manager, invoice=invoice, amount_minor=5000)
        assert (shown.to_methods_minor, shown.to_funds_minor) == (4000, 1000)
        refund(manager, invoice, 5000, seen=shown.fingerprint)
    goodwill.refresh_from_db()
    assert (given_back(north), goodwill.remaining_minor) == ([4000], 1000)
    settling = Credit.objects.filter(kind="correction").order_by("pk").values_list("issued_minor", "description")
    assert list(settling) == [
        (4000, f"Settles invoice {invoice.number} after the refund to Visa ending 4242"),
        (1000, f"Settles invoice {invoice.number} after the refund to Available Funds"),
    ]
    assert (stand_of(invoice), amounts(north, "Bob")) == (("paid", 0, 0), (1000, 0))
    # The 10.00 pay a part of February; the card pays the rest.
    live(north, CALLS, date(2026, 2, 9))
    assert charged(north) == [4000, 5000]
    assert_verified()


def test_left_open_is_collected_by_people_until_somebody_turns_it_back(
    north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    """Cleo paid with the wrong card: it gets the money back, and the invoice waits for people, then for autopay."""
    add_payer(north, "Cleo")
    live(north, NEW_YEAR, date(2026, 1, 11))
    invoice = invoice_of(north, "Cleo")
    with at(CALLS):
        refund(manager, invoice, 6000, follow="leave_open", reason="The wrong card")
    assert (stand_of(invoice), by_hand(invoice)) == (("open", 0, 6000), True)
    live(north, CALLS, date(2026, 1, 20))
    assert (charged(north), stand_of(invoice)[2]) == ([6000], 6000)
    with at(date(2026, 1, 20)):
        turn_back(membership=manager, invoice=invoice)
    live(north, date(2026, 1, 21), date(2026, 1, 22))
    assert (charged(north), stand_of(invoice)) == ([6000, 6000], ("paid", 6000, 0))
    assert_verified()


def test_refund_that_the_bank_sends_back(north: Provider, manager: Membership, assert_verified: Verified) -> None:
    """Dora's card is canceled: three days after the refund the bank sends it back, and she gets it in cash."""
    customer = add_payer(north, "Dora", "card_refund_bounces")
    live(north, NEW_YEAR, date(2026, 1, 11))
    invoice = invoice_of(north, "Dora")
    with at(CALLS):
        refund(manager, invoice, 6000)
    live(north, CALLS, date(2026, 1, 16))
    assert (amounts(north, "Dora"), Refund.objects.get().transfers.get().bounced_at is not None) == ((6000, 0), True)
    with at(date(2026, 1, 17)):
        out = give_out(manager, customer, 6000, way="cash")
    assert (out.state, amounts(north, "Dora")) == ("done", (0, 0))
    assert_verified()


def test_who_leaves_gets_what_was_prepaid(north: Provider, manager: Membership, assert_verified: Verified) -> None:
    """Emil's bank transfer of 25.00 was not needed; it goes back to his card, goodwill does not."""
    customer = add_payer(north, "Emil")
    live(north, NEW_YEAR, date(2026, 1, 11))
    with at(CALLS):
        pay(manager, customer, 2500)
        give(manager, "Emil", 700, CALLS)
        out = give_out(manager, customer, 2500)
    assert (out.state, given_back(north), amounts(north, "Emil")) == ("done", [2500], (700, 0))
    assert_verified()
