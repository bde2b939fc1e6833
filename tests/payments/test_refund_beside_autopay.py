"""An invoice with a refund under way is not charged by autopay: how much of it is owed is not known before it ends."""

from datetime import timedelta

import pytest

from makegood.payments.services.by_hand import turn_back
from tests.support.answers import Verified
from tests.support.autopay import charge_on, payments_of
from tests.support.billing import FIRST, add_billed_customer, invoice_of, issue_invoices, on_day
from tests.support.paying import stand_of
from tests.support.refunding import DAY, add_provider_with_sandbox, charge, refund, work_transfers
from tests.support.sandbox import add_method

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


def test_autopay_waits_for_a_refund_and_then_takes_what_is_owed(assert_verified: Verified) -> None:
    north, manager = add_provider_with_sandbox()
    with on_day(DAY):
        customer = add_billed_customer(north, price_minor=6000, autopay=True)
        add_method(customer, "card_refund_pending")
        issue_invoices(north, FIRST)
        invoice = invoice_of(north)
        charge(manager, invoice)
        refund(manager, invoice, 2000, follow="leave_open")
    with on_day(DAY + timedelta(days=2)):
        work_transfers(north)
        turn_back(membership=manager, invoice=invoice)
        assert (stand_of(invoice), invoice.by_hand) == (("open", 4000, 2000), False)
        underway = refund(manager, invoice, 1000)
    for days in (2, 3):
        assert underway.state == "pending"
        assert charge_on(north, DAY + timedelta(days=days)).customers == 0
    with on_day(DAY + timedelta(days=4)):
        work_transfers(north)
        underway.refresh_from_db()
        assert (underway.state, stand_of(invoice), invoice.by_hand) == ("done", ("open", 3000, 2000), False)
    made = charge_on(north, DAY + timedelta(days=4))
    assert (made.customers, made.amount_minor) == (1, 2000)
    assert [payment.amount_minor for payment in payments_of(customer)] == [6000, 2000]
    assert_verified()
