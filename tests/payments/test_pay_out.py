"""Paying prepaid and overpaid Available Funds out."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from makegood.accounting.funds_roll_forward import get_funds_roll_forward
from makegood.accounting.rules import Days
from makegood.credits.models import Credit, CreditEntry
from makegood.customers.models import Customer
from makegood.gateways.registry import open_gateway
from makegood.invoices.models import Invoice
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import get_balance
from makegood.payments.models import Refund
from makegood.payments.paying_out import preview_pay_out
from makegood.payments.refunding import preview_refund
from makegood.payments.services.book_transfer import book_transfer
from makegood.providers.models import Membership, Provider
from makegood.statements.range import Range
from makegood.statements.selectors import get_statement
from tests.support import sandbox
from tests.support.answers import Verified
from tests.support.billing import on_day
from tests.support.movements import owe
from tests.support.paying import lines_of, pay
from tests.support.records import add_person, credit
from tests.support.refunding import (
    DAY,
    account_of,
    add_invoiced,
    add_provider_with_sandbox,
    charge,
    gateway_of,
    give_out,
    parts_of,
    refund,
    transfers_of,
)


@pytest.fixture
def manager(db: None) -> Iterator[Membership]:
    _, manager = add_provider_with_sandbox()
    with on_day(DAY):
        yield manager


@pytest.fixture
def north(manager: Membership) -> Provider:
    return manager.provider


@pytest.fixture
def customer(north: Provider, manager: Membership) -> Customer:
    """Somebody who paid 60.00 by card and has 25.00 of a bank transfer, and 10.00 of goodwill."""
    invoice = add_invoiced(north, outcome="card_succeeds")
    charge(manager, invoice)
    credit(manager, customers=[invoice.customer], amount_minor=1000)
    pay(manager, invoice.customer, 2500)
    return invoice.customer


def refusal(membership: Membership, customer: Customer, amount_minor: int, **asked: Any) -> tuple[str, str | None]:
    with pytest.raises(Refused) as refused:
        give_out(membership, customer, amount_minor, **asked)
    assert not Refund.objects.exists()
    return refused.value.code, refused.value.field


def funds_of(customer: Customer) -> int:
    return get_balance(customer.provider_id, customer.pk).funds_minor


def test_to_the_card(manager: Membership, customer: Customer, assert_verified: Verified) -> None:
    preview = preview_pay_out(membership=manager, customer=customer)
    assert (preview.amount_minor, preview.most_minor, preview.by_method_minor) == (2500, 2500, 2500)
    assert (preview.funds_after_minor, preview.refusal) == (1000, None)
    done = give_out(
        manager,
        customer,
        2000,
        seen=preview_pay_out(membership=manager, customer=customer, amount_minor=2000).fingerprint,
    )
    assert (done.state, transfers_of(done), funds_of(customer)) == ("done", [("gateway", 2000, "succeeded")], 1500)
    transfer = done.transfers.get()
    assert lines_of(transfer.journal_entry) == [("1050", 0, 2000), ("2100", 2000, 0)]
    assert parts_of(transfer.payment) == {"allocated": 6000, "paid_out": 2000}
    # What went back so cannot go back once more.
    assert transfer.payment is not None
    invoice = transfer.payment.allocations.get().invoice
    assert preview_refund(membership=manager, invoice=invoice).methods_minor == 4000
    assert_verified()


def test_in_cash(manager: Membership, customer: Customer, assert_verified: Verified) -> None:
    done = give_out(manager, customer, 2500, way="cash", reference="Receipt 9")
    assert (done.state, transfers_of(done), funds_of(customer)) == ("done", [("cash", 2500, "succeeded")], 1000)
    transfer = done.transfers.get()
    assert (transfer.reference, lines_of(transfer.journal_entry)) == (
        "Receipt 9",
        [("1000", 0, 2500), ("2100", 2500, 0)],
    )
    assert parts_of(transfer.payment) == {"over": 2500, "paid_out": 2500}
    assert_verified()


def test_that_fails_is_there_again(
    north: Provider, manager: Membership, customer: Customer, assert_verified: Verified
) -> None:
    sandbox.behave_as(north, "card_disputed", days_ago=2)
    done = give_out(manager, customer, 2500)
    sandbox.behave_as(north, "card_succeeds")
    assert (done.state, transfers_of(done), funds_of(customer)) == ("failed", [("gateway", 2500, "failed")], 3500)
    paid = Credit.objects.get(customer=customer, kind="overpayment")
    types = CreditEntry.objects.filter(credit=paid).order_by("number").values_list("type", "amount_minor")
    assert list(types) == [("issued", 2500), ("refunded", -2500), ("unrefunded", 2500)]
    assert (paid.refunded_minor, paid.remaining_minor) == (0, 2500)
    assert_verified()
    rolled = get_funds_roll_forward(north, Days(date(2026, 1, 1), date(2026, 1, 31)))
    assert rolled.holds
    assert (rolled.total.moved["refunded"], rolled.total.moved["unrefunded"]) == (-2500, 2500)
    statement = get_statement(customer, Range(date(2026, 1, 1), date(2026, 1, 31)))
    assert statement.closing.funds_minor == 3500
    assert give_out(manager, customer, 2500).state == "done"
    assert_verified()


def test_that_bounces_later_is_there_again(north: Provider, manager: Membership, assert_verified: Verified) -> None:
    invoice = add_invoiced(north, outcome="card_refund_bounces")
    charge(manager, invoice)
    for amount_minor in (1000, 1500):
        pay(manager, invoice.customer, amount_minor)
    transfer = give_out(manager, invoice.customer, 2000).transfers.get()
    with on_day(DAY + timedelta(days=4)):
        answer = open_gateway(gateway_of(north)).find_refund(transfer.reference)
        assert answer is not None
        book_transfer(provider=north, transfer_id=transfer.pk, refund=answer)
    assert account_of(invoice) == (2500, 0)
    assert [credit.remaining_minor for credit in Credit.objects.order_by("id")] == [1000, 1500]
    assert_verified()


def test_own_payment_first_and_what_no_payment_brought(
    north: Provider, manager: Membership, assert_verified: Verified
) -> None:
    invoice = add_invoiced(north, outcome="card_refund_bounces")
    payment = charge(manager, invoice)
    transfer = refund(manager, invoice, 6000).transfers.get()
    pay(manager, invoice.customer, 500)
    with on_day(DAY + timedelta(days=4)):
        answer = open_gateway(gateway_of(north)).find_refund(transfer.reference)
        assert answer is not None
        book_transfer(provider=north, transfer_id=transfer.pk, refund=answer)
        # The card has shown that it takes nothing.
        assert preview_pay_out(membership=manager, customer=invoice.customer).refusal is not None
        done = give_out(manager, invoice.customer, 6500, way="bank_transfer")
    assert sorted(transfers_of(done)) == [("bank_transfer", 500, "succeeded"), ("bank_transfer", 6000, "succeeded")]
    # The processor holds it still: it did not go back there.
    assert parts_of(payment) == {"over": 6000}
    assert account_of(invoice) == (0, 0)
    assert_verified()


def test_refused(north: Provider, manager: Membership, customer: Customer, assert_verified: Verified) -> None:
    assert refusal(manager, customer, 2501) == ("amount_over_funds", "amount")
    assert refusal(manager, customer, 0) == ("amount_zero", "amount")
    assert refusal(manager, customer, 100, way="parcel") == ("way_unknown", "way")
    assert refusal(manager, customer, 100, seen="something else") == ("changed_meanwhile", None)
    assert refusal(manager, customer, 100, reason="") == ("reason_missing", "reason")
    assert refusal(add_person(north, "agent"), customer, 100) == ("not_allowed", None)
    other = add_invoiced(north, "C2").customer
    assert refusal(manager, other, 100) == ("nothing_to_pay_out", "customer")
    pay(manager, other, 7000)
    assert refusal(manager, other, 1000) == ("amount_over_methods", "way")
    assert_verified()


def test_not_while_a_late_invoice_is_owed(
    north: Provider, manager: Membership, customer: Customer, assert_verified: Verified
) -> None:
    owed = owe(customer, 9000, due_on=DAY)
    Invoice.objects.filter(pk=owed.pk).update(by_hand=True, state="late", late_on=DAY)
    assert refusal(manager, customer, 100) == ("late_invoices", "customer")
    assert_verified()


def test_the_key_belongs_to_one_request(manager: Membership, customer: Customer, assert_verified: Verified) -> None:
    first = give_out(manager, customer, 1000, key="k")
    assert give_out(manager, customer, 1000, key="k") == first
    with pytest.raises(Refused, match="another request"):
        give_out(manager, customer, 1001, key="k")
    assert_verified()
