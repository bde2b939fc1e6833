"""What Stripe sends comes to the webhook's address, signed, and is booked by how the object stands there.

Cards are charged by localstripe. Disputes, debits and refunds that fail later, which it does not know, are answers
recorded from Stripe's documentation, laid over its paths.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from makegood.customers.models import Customer
from makegood.gateways.models import Gateway
from makegood.gateways.services.gateways import disconnect_gateway
from makegood.invoices.models import Invoice
from makegood.notifications.models import Notification
from makegood.payments.models import Dispute, Payment, PaymentMethod, Refund
from makegood.payments.services.collect_now import collect_now
from makegood.payments.services.methods import add_method_by_reference
from makegood.providers.models import Membership
from tests.support import movements, records, stripe_recorded
from tests.support.answers import Verified
from tests.support.paying import stand_of
from tests.support.refunding import refund
from tests.support.returns import figures, movements_of, parts_of
from tests.support.stripe_events import charge, connect, send, send_dispute
from tests.support.stripe_proxy import Processor, stripe
from tests.support.stripe_recorded import Json

DEBIT = "pi_debit"


@pytest.fixture
def processor(db: None) -> Iterator[Processor]:
    with stripe(seconds=2) as processor:
        yield processor


@pytest.fixture
def gateway(processor: Processor, clerk: Membership) -> Gateway:
    records.add_person(clerk.provider, "manager")
    return connect(records.add_person(clerk.provider, "admin"))


@pytest.fixture
def invoice(customer: Customer) -> Invoice:
    return movements.owe(customer, 4500)


@pytest.fixture
def card(clerk: Membership, gateway: Gateway, processor: Processor, invoice: Invoice) -> Payment:
    """45.00 that localstripe has charged."""
    add_method_by_reference(membership=clerk, customer=invoice.customer, reference=processor.add_card())
    payment = charge(clerk, invoice.customer)
    assert parts_of(payment) == {"state": "succeeded", "allocated": 4500}
    return payment


@pytest.fixture
def debit(clerk: Membership, gateway: Gateway, processor: Processor, invoice: Invoice) -> Payment:
    """45.00 of an ACH debit, which the bank takes days for."""
    attached: list[str] = []

    def attach(asked: dict[str, str]) -> Json:
        attached.append(asked["customer"])
        return stripe_recorded.ach_method("pm_ach", asked["customer"])

    def order(asked: dict[str, str]) -> Json:
        made = {"key": asked["metadata[makegood_key]"], "customer": asked["customer"]}
        processor.overlay(f"/v1/payment_intents/{DEBIT}", stripe_recorded.intent(DEBIT, "processing", 4500, **made))
        return stripe_recorded.intent(DEBIT, "processing", int(asked["amount"]), **made)

    processor.overlay("/v1/payment_methods/pm_ach", stripe_recorded.ach_method("pm_ach"))
    processor.overlay("/v1/payment_methods/pm_ach/attach", attach, method="POST")
    processor.overlay("/v1/payment_intents", order, method="POST")
    add_method_by_reference(membership=clerk, customer=invoice.customer, reference="pm_ach")
    payment = charge(clerk, invoice.customer)
    assert (payment.state, payment.gateway_reference, stand_of(invoice)) == ("submitted", DEBIT, ("open", 0, 4500))
    return payment


def stand_debit(processor: Processor, payment: Payment, status: str, **more: Any) -> Json:
    """The debit stands so at the processor from now on."""
    thing = stripe_recorded.intent(DEBIT, status, 4500, key=str(payment.attempt_key), **more)
    processor.overlay(f"/v1/payment_intents/{DEBIT}", thing)
    return thing


def titles() -> list[str]:
    """What the manager was told, in order."""
    told = Notification.objects.filter(staff__email__startswith="manager@")
    return list(told.order_by("id").values_list("title", flat=True))


def test_a_chargeback_is_opened_and_won(
    gateway: Gateway, processor: Processor, card: Payment, invoice: Invoice, assert_verified: Verified
) -> None:
    opened = send_dispute(gateway, processor, card, "created", "needs_response", due_by=1_900_000_000)
    assert opened == ("handled", f"The dispute of payment {card.pk} is open. $45.00 went back.")
    assert (parts_of(card), stand_of(invoice)) == ({"state": "disputed", "returned": 4500}, ("open", 0, 4500))
    assert invoice.by_hand
    won = send_dispute(gateway, processor, card, "closed", "won")
    assert won == ("handled", f"The dispute of payment {card.pk} is won. $45.00 came back.")
    assert (parts_of(card), stand_of(invoice)) == ({"state": "succeeded", "allocated": 4500}, ("paid", 4500, 0))
    assert titles() == [f"$45.00 of payment {card.pk} is disputed", f"The dispute of payment {card.pk} is won"]
    assert figures(invoice.customer) == (0, 0)
    assert_verified()


def test_a_chargeback_is_lost(
    gateway: Gateway, processor: Processor, card: Payment, invoice: Invoice, assert_verified: Verified
) -> None:
    send_dispute(gateway, processor, card, "created", "needs_response")
    lost = send_dispute(gateway, processor, card, "closed", "lost")
    assert lost == ("handled", f"The dispute of payment {card.pk} is lost. No money moved by it.")
    assert (parts_of(card), stand_of(invoice)) == ({"state": "returned", "returned": 4500}, ("open", 0, 4500))
    assert movements_of(card) == [("received", 4500), ("returned", -4500)]
    assert_verified()


def test_the_end_of_a_chargeback_comes_before_its_beginning(
    gateway: Gateway, processor: Processor, card: Payment, assert_verified: Verified
) -> None:
    assert send_dispute(gateway, processor, card, "closed", "lost")[0] == "handled"
    late = stripe_recorded.dispute("dp_1", card.gateway_reference, "needs_response", 4500)
    # What the message claims is not booked: the processor is asked.
    assert send(gateway, "charge.dispute.created", late)[0] == "handled"
    assert parts_of(card) == {"state": "returned", "returned": 4500}
    assert movements_of(card) == [("received", 4500), ("returned", -4500)]
    assert_verified()


def test_an_inquiry_moves_nothing(
    gateway: Gateway, processor: Processor, card: Payment, assert_verified: Verified
) -> None:
    send_dispute(gateway, processor, card, "created", "warning_needs_response")
    send_dispute(gateway, processor, card, "closed", "warning_closed")
    assert parts_of(card) == {"state": "succeeded", "allocated": 4500}
    assert titles() == [f"The bank asks about payment {card.pk}"]
    assert_verified()


def test_a_debit_arrives(
    gateway: Gateway, processor: Processor, debit: Payment, invoice: Invoice, assert_verified: Verified
) -> None:
    under_way = send(gateway, "payment_intent.processing", stand_debit(processor, debit, "processing"))
    assert under_way == ("handled", f"Payment {debit.pk} is under way.")
    arrived = send(gateway, "payment_intent.succeeded", stand_debit(processor, debit, "succeeded"))
    assert arrived == ("handled", f"Payment {debit.pk} has succeeded.")
    assert (parts_of(debit), stand_of(invoice)) == ({"state": "succeeded", "allocated": 4500}, ("paid", 4500, 0))
    assert_verified()


def test_a_debit_fails(
    gateway: Gateway, processor: Processor, debit: Payment, invoice: Invoice, assert_verified: Verified
) -> None:
    error = {"code": "payment_intent_payment_attempt_failed", "decline_code": "insufficient_funds", "message": "No."}
    thing = stand_debit(processor, debit, "requires_payment_method", last_payment_error=error)
    assert send(gateway, "payment_intent.payment_failed", thing) == ("handled", f"Payment {debit.pk} has failed.")
    debit.refresh_from_db()
    assert (debit.state, debit.failure_code, stand_of(invoice)) == ("failed", "insufficient_funds", ("open", 0, 4500))
    assert_verified()


def test_a_debit_that_has_arrived_is_returned_by_the_bank(
    gateway: Gateway, processor: Processor, debit: Payment, invoice: Invoice, assert_verified: Verified
) -> None:
    stand_debit(processor, debit, "succeeded")
    # The return is told before the arrival.
    returned = send_dispute(gateway, processor, debit, "created", "lost", reason="debit_not_authorized")
    assert returned == ("handled", f"The bank returned payment {debit.pk}. $45.00 went back.")
    assert send(gateway, "payment_intent.succeeded", stand_debit(processor, debit, "succeeded"))[0] == "handled"
    assert movements_of(debit) == [("received", 4500), ("returned", -4500)]
    assert (parts_of(debit), stand_of(invoice)) == ({"state": "returned", "returned": 4500}, ("open", 0, 4500))
    assert Dispute.objects.get().why == "The account's owner says that the debit was not allowed."
    assert_verified()


def test_a_refund_that_the_bank_sends_back_becomes_available_funds(
    clerk: Membership,
    gateway: Gateway,
    processor: Processor,
    card: Payment,
    invoice: Invoice,
    assert_verified: Verified,
) -> None:
    made = refund(clerk, invoice, 1500, follow="leave_open")
    collect_now(provider=clerk.provider)
    transfer = made.transfers.get()
    assert (transfer.state, parts_of(card)["refunded"]) == ("succeeded", 1500)
    key = str(transfer.attempt_key)
    thing = stripe_recorded.refund(
        transfer.reference, card.gateway_reference, "failed", 1500, key=key, failure_reason="lost_or_stolen_card"
    )
    processor.overlay(f"/v1/refunds/{transfer.reference}", thing)
    said = send(gateway, "refund.updated", thing)
    assert said == ("handled", f"A part of refund {made.pk} was sent back by the bank.")
    assert send(gateway, "refund.failed", thing)[0] == "handled"
    assert figures(invoice.customer) == (1500, 1500)
    assert titles() == ["$15.00 given back has bounced"]
    assert_verified()


def test_a_refund_that_is_pending_fails_in_the_end(
    clerk: Membership,
    gateway: Gateway,
    processor: Processor,
    card: Payment,
    invoice: Invoice,
    assert_verified: Verified,
) -> None:
    def order(asked: dict[str, str]) -> Json:
        made = {"key": asked["metadata[makegood_key]"]}
        return stripe_recorded.refund("re_1", asked["payment_intent"], "pending", int(asked["amount"]), **made)

    processor.overlay("/v1/refunds", order, method="POST")
    made = refund(clerk, invoice, 1500, follow="leave_open")
    collect_now(provider=clerk.provider)
    key = str(made.transfers.get().attempt_key)
    thing = stripe_recorded.refund("re_1", card.gateway_reference, "failed", 1500, key=key, failure_reason="declined")
    processor.overlay("/v1/refunds/re_1", thing)
    assert send(gateway, "refund.updated", thing) == ("handled", f"A part of refund {made.pk} failed.")
    assert (Refund.objects.get().state, parts_of(card)) == ("failed", {"state": "succeeded", "allocated": 4500})
    assert stand_of(invoice) == ("paid", 4500, 0)
    assert_verified()


def test_a_refund_that_was_made_there_is_told_and_not_booked(
    gateway: Gateway, processor: Processor, card: Payment, assert_verified: Verified
) -> None:
    thing = stripe_recorded.refund("re_theirs", card.gateway_reference, "succeeded", 1500)
    processor.overlay("/v1/refunds/re_theirs", thing)
    assert send(gateway, "refund.created", thing)[0] == "ignored"
    assert send(gateway, "refund.updated", thing)[0] == "ignored"
    assert titles() == [f"$15.00 of payment {card.pk} was given back at the processor"]
    assert parts_of(card) == {"state": "succeeded", "allocated": 4500}
    assert_verified()


def test_a_card_is_renewed_and_then_removed_there(
    gateway: Gateway, processor: Processor, card: Payment, assert_verified: Verified
) -> None:
    method = PaymentMethod.objects.get()
    owner = card.customer
    thing = {
        "id": method.reference,
        "object": "payment_method",
        "type": "card",
        "customer": "cus_1",
        "card": {"brand": "visa", "last4": "1881", "exp_month": 3, "exp_year": 2042},
    }
    path = f"/v1/payment_methods/{method.reference}"
    processor.overlay(path, thing)
    assert send(gateway, "payment_method.automatically_updated", thing)[0] == "handled"
    method.refresh_from_db()
    assert (method.last_four, str(method.expires_on), method.is_default) == ("1881", "2042-03-31", True)
    gone = thing | {"customer": None}
    processor.overlay(path, gone)
    assert send(gateway, "payment_method.detached", gone)[0] == "handled"
    method.refresh_from_db()
    assert method.removed_at is not None
    assert titles() == [f"{method} of customer {owner.number} was removed at the processor"]
    assert_verified()


def test_an_account_that_was_connected_anew_still_tells_of_earlier_charges(
    gateway: Gateway, processor: Processor, card: Payment, assert_verified: Verified
) -> None:
    admin = records.add_person(gateway.provider, "admin", email="other@example.org")
    disconnect_gateway(membership=admin, gateway=gateway)
    # As of the time when nobody knew whose account it was.
    Gateway.objects.update(account="")
    processor.fail_next("/v1/account", 403, method="GET")
    anew = connect(admin)
    assert anew.pk != gateway.pk
    opened = send_dispute(anew, processor, card, "created", "needs_response")
    assert opened == ("handled", f"The dispute of payment {card.pk} is open. $45.00 went back.")
    assert Dispute.objects.get().gateway_id == gateway.pk
    assert_verified()
