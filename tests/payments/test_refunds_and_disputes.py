"""Money that went back and that a bank takes besides: both, in any order, are booked once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from makegood.credits.models import CreditEntry
from makegood.credits.services.write_off import write_off_invoice
from makegood.customers.models import Customer
from makegood.gateways.interface import Refund as Answer
from makegood.gateways.rules import Standing
from makegood.gateways.selectors import get_active_gateway
from makegood.gateways.services.gateways import disconnect_gateway
from makegood.kit.refusal import Refused
from makegood.notifications.models import Notification
from makegood.payments.models import Dispute, Payment, Refund, RefundTransfer
from makegood.payments.refunding import preview_refund
from makegood.payments.services.book_transfer import book_transfer
from makegood.payments.services.collect_now import collect_now
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership
from tests.support import movements, records, sandbox
from tests.support.answers import Verified
from tests.support.collecting import through_stripe
from tests.support.paying import lines_of, pay, reverse, stand_of
from tests.support.refunding import give_out, refund
from tests.support.returns import charge, charge_late, dispute, figures, movements_of, parts_of
from tests.support.stripe_proxy import Processor

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


@pytest.fixture
def manager(clerk: Membership) -> Membership:
    sandbox.connect(clerk.provider)
    return records.add_person(clerk.provider, "manager")


@pytest.fixture
def customer(manager: Membership) -> Customer:
    customer = records.add_customer(manager.provider, "C1")
    sandbox.add_method(customer)
    return customer


def say(transfer: RefundTransfer, standing: Standing) -> None:
    """What the processor says of the part now, booked."""
    transfer.refresh_from_db()
    reference = transfer.reference or f"re_{transfer.pk}"
    failure = "declined" if standing == Standing.FAILED else ""
    said = Answer(reference, str(transfer.attempt_key), "", standing, transfer.amount_minor, failure, failure)
    book_transfer(provider=transfer.provider, transfer_id=transfer.pk, refund=said)


def titles() -> list[str]:
    return list(Notification.objects.order_by("pk").values_list("title", flat=True))


@pytest.fixture
def over(manager: Membership, customer: Customer) -> Payment:
    """A payment of 60.00 by card that is all over."""
    movements.owe(customer, 6000)
    return charge_late(manager, customer, paid_meanwhile_minor=6000)


@pytest.fixture
def processor(manager: Membership, over: Payment) -> Iterator[Processor]:
    """Another gateway; the one that charged what is over is not connected any more."""
    admin = records.add_person(manager.provider, "admin", "leaver@north.example")
    disconnect_gateway(membership=admin, gateway=get_active_gateway(manager.provider))
    with through_stripe(manager.provider) as processor:
        yield processor


@pytest.fixture
def transfer(manager: Membership, customer: Customer, over: Payment, processor: Processor) -> RefundTransfer:
    """What is over of the payment is on its way back through another, of which nobody knows."""
    sandbox.add_method(customer)
    other = charge(manager, customer, movements.owe(customer, 6000))
    transfer = give_out(manager, customer, 6000).transfers.get()
    with processor.failing("refund", "cut"):
        collect_now(provider=manager.provider)
    transfer.refresh_from_db()
    assert (transfer.payment, transfer.state) == (other, "unknown")
    return transfer


@pytest.mark.parametrize("first", [None, Standing.SUCCEEDED])
def test_a_pay_out_that_fails_or_bounces_makes_up_for_what_the_bank_took(
    first: Standing | None, customer: Customer, over: Payment, transfer: RefundTransfer, assert_verified: Verified
) -> None:
    if first:
        say(transfer, first)
    dispute(over, 6000, "lost")
    assert (parts_of(over), figures(customer)) == ({"state": "returned", "returned": 6000}, (0, 0))
    say(transfer, Standing.FAILED)
    assert figures(customer) == (0, 0)
    back = CreditEntry.objects.filter(credit=over.overpayment_credit).order_by("number")
    assert list(back.values_list("type", "amount_minor")) == [
        ("issued", 6000),
        ("refunded", -6000),
        ("unrefunded", 6000),
        ("taken_back", -6000),
    ]
    assert lines_of(back[3].journal_entry) == [("1050", 6000, 0), ("6100", 0, 6000)]
    assert "$60.00 of a failed pay-out is kept" in titles()
    assert_verified()


def test_what_it_made_up_for_is_the_customers_when_the_dispute_is_won(
    customer: Customer, over: Payment, transfer: RefundTransfer, assert_verified: Verified
) -> None:
    dispute(over, 6000)
    say(transfer, Standing.FAILED)
    assert figures(customer) == (0, 0)
    dispute(over, 6000, "won")
    assert (parts_of(over), figures(customer)) == ({"state": "succeeded", "over": 6000}, (0, 6000))
    assert_verified()


def test_only_what_was_lost_is_kept(
    customer: Customer, over: Payment, transfer: RefundTransfer, assert_verified: Verified
) -> None:
    dispute(over, 2500, "lost")
    say(transfer, Standing.FAILED)
    assert (parts_of(over), figures(customer)) == ({"state": "returned", "over": 3500, "returned": 2500}, (0, 3500))
    assert_verified()


def test_the_rest_of_a_dispute_is_booked_when_a_refund_bounces(
    manager: Membership, customer: Customer, assert_verified: Verified
) -> None:
    invoice = movements.owe(customer, 6000)
    payment = charge(manager, customer, invoice)
    transfer = refund(manager, invoice, 2000).transfers.get()
    dispute(payment, 6000)
    assert parts_of(payment) == {"state": "disputed", "refunded": 2000, "returned": 4000}
    say(transfer, Standing.FAILED)
    assert parts_of(payment) == {"state": "disputed", "returned": 6000}
    assert (Dispute.objects.get().booked_minor, figures(customer)) == (6000, (4000, 0))
    assert movements_of(payment)[-2:] == [("bounced", 2000), ("returned", -2000)]
    assert f"$20.00 of payment {payment.pk} is disputed" in titles()
    dispute(payment, 6000, "won")
    assert parts_of(payment) == {"state": "succeeded", "allocated": 4000, "over": 2000}
    assert_verified()


def test_a_dispute_that_found_nothing_takes_what_bounces(
    manager: Membership, customer: Customer, assert_verified: Verified
) -> None:
    invoice = movements.owe(customer, 6000)
    payment = charge(manager, customer, invoice)
    transfer = refund(manager, invoice, 6000).transfers.get()
    dispute(payment, 6000, "lost")
    late = movements.owe(customer, 1000, due_on=invoice.issued_on)
    say(transfer, Standing.FAILED)
    # What is late is not paid with what the bank has taken.
    assert (parts_of(payment), stand_of(late)[2]) == ({"state": "returned", "returned": 6000}, 1000)
    assert figures(customer) == (1000, 0)
    assert not late.by_hand
    assert_verified()


def test_what_was_paid_out_by_hand_is_written_off_when_the_bank_takes_the_payment(
    manager: Membership, customer: Customer, over: Payment, assert_verified: Verified
) -> None:
    give_out(manager, customer, 6000, way="cash")
    assert (parts_of(over), figures(customer)) == ({"state": "succeeded", "over": 6000}, (0, 0))
    dispute(over, 6000, "lost")
    assert (parts_of(over), figures(customer)) == ({"state": "returned", "returned": 6000}, (0, 0))
    entry = over.movements.get(type="returned").journal_entry
    assert lines_of(entry) == [("1050", 0, 6000), ("6100", 6000, 0)]
    assert f"$60.00 of payment {over.pk} could not be taken back" in titles()
    assert_verified()


def test_what_bounces_of_a_given_up_invoice_is_not_written_off_any_more(
    manager: Membership, customer: Customer, assert_verified: Verified
) -> None:
    invoice = movements.owe(customer, 6000, due_on=today_of(manager.provider) - timedelta(days=40))
    cash = pay(manager, customer, 2000, allocations={invoice: 2000})
    payment = charge(manager, customer, invoice)
    reverse(manager, cash)
    sandbox.behave_as(manager.provider, "card_refund_fails")
    transfer = refund(manager, invoice, 4000, follow="leave_open").transfers.get()
    write_off_invoice(membership=manager, invoice=invoice, reason="Gone")
    before = stand_of(invoice), invoice.written_off_minor, parts_of(payment), figures(customer)
    say(transfer, Standing.SUCCEEDED)
    assert (stand_of(invoice)[1], invoice.written_off_minor, figures(customer)) == (0, 6000, (0, 0))
    assert_verified()
    say(transfer, Standing.FAILED)
    assert (stand_of(invoice), invoice.written_off_minor, parts_of(payment), figures(customer)) == before
    assert movements_of(payment)[-2:] == [("refunded", -4000), ("bounced", 4000)]
    assert_verified()


def test_what_is_left_of_a_partly_returned_payment_can_go_back(
    manager: Membership, customer: Customer, assert_verified: Verified
) -> None:
    invoice = movements.owe(customer, 6000)
    payment = charge(manager, customer, invoice)
    dispute(payment, 1000)
    with pytest.raises(Refused, match="disputed"):
        refund(manager, invoice, 5000)
    dispute(payment, 1000, "lost")
    preview = preview_refund(membership=manager, invoice=invoice)
    assert (preview.refusal, preview.most_minor) == (None, 5000)
    assert refund(manager, invoice, 5000).state == "done"
    assert parts_of(payment) == {"state": "returned", "refunded": 5000, "returned": 1000}
    assert (stand_of(invoice), figures(customer)) == (("open", 0, 1000), (1000, 0))
    assert_verified()


def test_while_another_dispute_of_it_is_open_nothing_goes_back(
    manager: Membership, customer: Customer, assert_verified: Verified
) -> None:
    invoice = movements.owe(customer, 6000)
    payment = charge(manager, customer, invoice)
    dispute(payment, 1000, "lost")
    dispute(payment, 1000, reference="dp_2")
    with pytest.raises(Refused, match="disputed"):
        refund(manager, invoice, 1000)
    assert not Refund.objects.exists()
    assert_verified()
