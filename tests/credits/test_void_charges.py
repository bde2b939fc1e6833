"""What becomes of charges when an invoice is voided: of its late fee, and of the one-off charges that stand on it."""

from datetime import date, timedelta
from typing import Any

import pytest

from makegood.audit.models import AuditEntry
from makegood.credits.services.void_invoice import preview_void, void_invoice
from makegood.customers.selectors import get_customer
from makegood.invoices.models import Charge, Invoice
from makegood.invoices.services.invoice_run import bill_now
from makegood.providers.models import Membership, Provider
from tests.days.living import live
from tests.support.answers import Verified
from tests.support.billing import (
    FIRST,
    add_billed_customer,
    add_billing_provider,
    invoice_of,
    invoices_of,
    issue_invoices,
    lines_of,
    on_day,
)
from tests.support.charges import charge, charge_of
from tests.support.records import add_person, finish

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

FEE_WAITS = date(2026, 1, 22)
"""Due on the 15th; the fee is charged five days later."""
FEBRUARY = date(2026, 2, 1)


@pytest.fixture
def manager() -> Membership:
    """C1 pays 20.00 a month; a late fee is 7.00."""
    provider = add_billing_provider(late_fee="fixed", late_fee_minor=700)
    add_billed_customer(provider)
    return add_person(provider, "manager")


def add_charge(manager: Membership, amount_minor: int, day: date = FIRST) -> Charge:
    with on_day(day):
        charge(manager, customers=[get_customer(manager.provider, "C1")], amount_minor=amount_minor)
    return charge_of(manager.provider)


def void(manager: Membership, invoice: Invoice, day: date, **how: Any) -> None:
    with on_day(day):
        void_invoice(membership=manager, invoice=invoice, reason="wrong", **how)


def state_of(charge: Charge) -> str:
    charge.refresh_from_db()
    return charge.state


def billed_charges(provider: Provider) -> list[int]:
    """The charges on the customer's newest invoice."""
    return [amount for kind, amount, *_ in lines_of(invoice_of(provider)) if kind in ("charge", "late_fee")]


def verify_on(day: date, assert_verified: Verified) -> None:
    with on_day(day):
        assert_verified()


class TestTheLateFee:
    def test_it_is_cancelled_while_it_waits(self, manager: Membership, assert_verified: Verified) -> None:
        live(manager.provider, FIRST, FEE_WAITS)
        fee = Charge.objects.get()
        with on_day(FEE_WAITS):
            assert preview_void(invoice_of(manager.provider)).charges.waiting_fee == fee
        void(manager, invoice_of(manager.provider), FEE_WAITS)
        assert (state_of(fee), fee.cancelled_by) == ("cancelled", manager.staff)
        assert AuditEntry.objects.get(action="charge.cancelled").subject_id == fee.pk
        live(manager.provider, FEE_WAITS, FEBRUARY)
        assert invoice_of(manager.provider).total_minor == 2000
        verify_on(FEBRUARY, assert_verified)

    def test_days_that_are_billed_again_can_become_late_again(
        self, manager: Membership, assert_verified: Verified
    ) -> None:
        live(manager.provider, FIRST, FEE_WAITS)
        void(manager, invoice_of(manager.provider), FEE_WAITS, bill_again=True)
        live(manager.provider, FEE_WAITS, FEE_WAITS + timedelta(days=20))
        assert [(fee.late_fee_of.number, fee.state) for fee in Charge.objects.order_by("id") if fee.late_fee_of] == [
            (1, "cancelled"),
            (2, "waiting"),
        ]
        verify_on(FEE_WAITS + timedelta(days=20), assert_verified)

    def test_it_stays_where_it_is_once_it_is_invoiced_and_is_named(
        self, manager: Membership, assert_verified: Verified
    ) -> None:
        live(manager.provider, FIRST, FEBRUARY)
        january, february = invoices_of(manager.provider)
        with on_day(FEBRUARY):
            charges = preview_void(january).charges
        assert charges.waiting_fee is None
        assert charges.invoiced_fee == Charge.objects.get()
        assert charges.fee_stands_on == february
        void(manager, january, FEBRUARY)
        assert state_of(Charge.objects.get()) == "invoiced"
        verify_on(FEBRUARY, assert_verified)

    def test_it_does_not_wait_again_when_the_invoice_that_it_was_for_is_void(
        self, manager: Membership, assert_verified: Verified
    ) -> None:
        live(manager.provider, FIRST, FEBRUARY)
        january, february = invoices_of(manager.provider)
        void(manager, january, FEBRUARY)
        void(manager, february, FEBRUARY, bill_again=True)
        assert state_of(Charge.objects.get()) == "cancelled"
        issue_invoices(manager.provider, FEBRUARY)
        assert invoice_of(manager.provider).total_minor == 2000
        verify_on(FEBRUARY, assert_verified)

    def test_that_of_another_invoice_waits_again(self, manager: Membership, assert_verified: Verified) -> None:
        live(manager.provider, FIRST, FEBRUARY)
        void(manager, invoice_of(manager.provider), FEBRUARY)
        assert state_of(Charge.objects.get()) == "waiting"
        verify_on(FEBRUARY, assert_verified)


class TestOneOffCharges:
    def test_they_wait_for_the_next_invoice(self, manager: Membership, assert_verified: Verified) -> None:
        added = add_charge(manager, 5000)
        live(manager.provider, FIRST, FIRST)
        with on_day(FIRST):
            preview = preview_void(invoice_of(manager.provider))
        assert (preview.charges.on_it, preview.charges.on_it_minor) == ([added], 5000)
        void(manager, invoice_of(manager.provider), FIRST)
        assert state_of(added) == "waiting"
        live(manager.provider, FIRST, FEBRUARY)
        assert billed_charges(manager.provider) == [5000]
        assert invoice_of(manager.provider).total_minor == 7000
        verify_on(FEBRUARY, assert_verified)

    def test_they_are_cancelled_where_a_person_says_so(self, manager: Membership, assert_verified: Verified) -> None:
        added = add_charge(manager, 5000)
        live(manager.provider, FIRST, FIRST)
        void(manager, invoice_of(manager.provider), FIRST, charges_wait=False)
        assert (state_of(added), added.cancelled_by) == ("cancelled", manager.staff)
        live(manager.provider, FIRST, FEBRUARY)
        assert billed_charges(manager.provider) == []
        verify_on(FEBRUARY, assert_verified)

    def test_they_wait_in_any_case_where_the_days_are_billed_again(
        self, manager: Membership, assert_verified: Verified
    ) -> None:
        added = add_charge(manager, 5000)
        live(manager.provider, FIRST, FIRST)
        void(manager, invoice_of(manager.provider), FIRST, bill_again=True, charges_wait=False)
        assert state_of(added) == "waiting"
        issue_invoices(manager.provider, FIRST)
        assert invoice_of(manager.provider).total_minor == 7000
        verify_on(FIRST, assert_verified)

    def test_those_of_an_invoice_of_their_own_wait_too(self, manager: Membership, assert_verified: Verified) -> None:
        live(manager.provider, FIRST, FIRST)
        added = add_charge(manager, 5000)
        with on_day(FIRST):
            finish(bill_now(membership=manager, customer=get_customer(manager.provider, "C1"), key="now"))
        single = invoice_of(manager.provider)
        assert (single.kind, state_of(added)) == ("single", "invoiced")
        void(manager, single, FIRST)
        assert state_of(added) == "waiting"
        verify_on(FIRST, assert_verified)

    def test_the_audit_says_what_waits_again_and_what_is_cancelled(
        self, manager: Membership, assert_verified: Verified
    ) -> None:
        add_charge(manager, 5000)
        live(manager.provider, FIRST, FEE_WAITS)
        void(manager, invoice_of(manager.provider), FEE_WAITS)
        detail = AuditEntry.objects.get(action="invoice.voided").detail
        assert (detail["charges_again_minor"], detail["charges_cancelled_minor"]) == (5000, 700)
        verify_on(FEE_WAITS, assert_verified)
