"""Since when an invoice is Late, when something of it goes back after its due date."""

from collections.abc import Iterator
from datetime import date

import pytest

from makegood.credits.services.apply_funds import apply_now
from makegood.invoices.models import Invoice
from makegood.invoices.services.late import mark_late
from makegood.providers.models import Membership
from tests.support.answers import CommandLine, Verified, read_json
from tests.support.billing import on_day
from tests.support.paying import pay
from tests.support.records import credit
from tests.support.refunding import DAY, add_invoiced, add_provider_with_sandbox, charge, refund

AFTER_DUE = date(2026, 2, 10)
LATE_FROM = date(2026, 1, 16)
"""The day after the due date of January's invoice."""


@pytest.fixture
def manager(db: None) -> Iterator[Membership]:
    _, manager = add_provider_with_sandbox()
    with on_day(DAY):
        yield manager


def since(invoice: Invoice) -> tuple[str, date | None]:
    invoice.refresh_from_db()
    return invoice.state, invoice.late_on


@pytest.fixture
def mixed(manager: Membership) -> Invoice:
    """An invoice of 60.00, paid in time: 20.00 by funds, the rest by card."""
    invoice = add_invoiced(manager.provider, outcome="card_succeeds")
    credit(manager, customers=[invoice.customer], amount_minor=2000)
    apply_now(membership=manager, customer=invoice.customer, invoice=invoice)
    charge(manager, invoice)
    return invoice


def test_what_was_paid_in_time_and_is_settled_never_was_late(
    manager: Membership, mixed: Invoice, makegood_cli: CommandLine, assert_verified: Verified
) -> None:
    with on_day(AFTER_DUE):
        refund(manager, mixed, 3000)
        assert since(mixed) == ("paid", None)
        refund(manager, mixed, 3000)  # the rest of the card, and the funds
        assert since(mixed) == ("paid", None)
    said = read_json(makegood_cli("invoices", "show", str(mixed.number), "--json"))
    assert (said["state"], said["late_on"]) == ("paid", None)
    assert_verified()


def test_what_is_left_open_is_late_from_the_day_on_which_it_was_refunded(
    manager: Membership, mixed: Invoice, assert_verified: Verified
) -> None:
    with on_day(AFTER_DUE):
        refund(manager, mixed, 3000, follow="leave_open")
    assert since(mixed) == ("late", AFTER_DUE)
    assert_verified()


def test_what_was_paid_late_stays_late_from_the_first_day(manager: Membership, assert_verified: Verified) -> None:
    invoice = add_invoiced(manager.provider)
    with on_day(LATE_FROM):
        mark_late(provider=manager.provider, day=LATE_FROM)
        pay(manager, invoice.customer, 6000)
    assert since(invoice) == ("paid", LATE_FROM)
    with on_day(AFTER_DUE):
        refund(manager, invoice, 6000)
    assert since(invoice) == ("paid", LATE_FROM)
    assert_verified()
