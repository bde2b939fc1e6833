"""Payments of which the processor does not say what became: people are told, and can settle them by hand."""

from collections.abc import Iterator

import pytest

from makegood.audit.models import AuditEntry
from makegood.gateways.interface import Charge
from makegood.gateways.models import GatewayEvent
from makegood.gateways.rules import Standing
from makegood.gateways.services.events import handle_events
from makegood.gateways.services.gateways import disconnect_gateway
from makegood.kit.refusal import Refused
from makegood.notifications.models import Notification
from makegood.payments.models import Payment
from makegood.payments.services.book_results import Answer, book_results
from makegood.payments.services.collect_now import collect_now
from makegood.payments.services.settle_by_hand import settle_by_hand
from makegood.providers.models import Membership, Provider
from makegood.providers.selectors import list_staff
from tests.payments.collecting import NOON, add_payer, after, ask, charge, gateway_of, invoices_of, state_of, submit
from tests.support import records, stripe_recorded
from tests.support.answers import Verified
from tests.support.collecting import through_stripe
from tests.support.stripe_proxy import Processor

REFUSED = [401] * 500
AWAY = ["cut"] * 500
INTENTS = "/v1/payment_intents"
IN_FLIGHT = [("open", 0, 6000, 6000)]


@pytest.fixture(autouse=True)
def processor(north: Provider) -> Iterator[Processor]:
    with through_stripe(north, at=NOON) as processor:
        yield processor


@pytest.fixture
def lost(north: Provider, processor: Processor) -> Payment:
    """Submitted; whether it was charged nobody knows."""
    add_payer(north)
    (payment,) = charge(north)
    with processor.failing("charge", "cut"):
        submit(north)
    return payment


@pytest.fixture
def debit(north: Provider, processor: Processor) -> Payment:
    return submit_debit(north, processor)


def submit_debit(north: Provider, processor: Processor) -> Payment:
    """A payment that the processor is at, and calls pi_debit."""
    add_payer(north, "C9")
    payment = charge(north)[-1]
    said = stripe_recorded.intent("pi_debit", "processing", 6000, key=str(payment.attempt_key))
    processor.overlay(INTENTS, said, method="POST")
    processor.overlay(f"{INTENTS}/pi_debit", said)
    submit(north)
    processor.remove_overlay(INTENTS, method="POST")
    assert state_of(payment) == "submitted"
    return payment


def say_otherwise(processor: Processor, payment: Payment) -> None:
    """From now on the processor tells of a charge of the payment that cannot be true: of less than was ordered."""
    said = stripe_recorded.intent("pi_1", "succeeded", payment.amount_minor - 100, key=str(payment.attempt_key))
    processor.overlay(INTENTS, {"object": "list", "url": INTENTS, "has_more": False, "data": [said]})
    processor.overlay(f"{INTENTS}/pi_1", said)


def leave_gateway(provider: Provider) -> None:
    admin = list_staff(provider).filter(role="admin").get()
    with after():
        disconnect_gateway(membership=admin, gateway=gateway_of(provider))


def collect_at(provider: Provider, *hours: float) -> None:
    for each in hours:
        with after(hours=each):
            collect_now(provider=provider)


def settle(clerk: Membership, payment: Payment, charged: bool, reference: str = "", hours: float = 30) -> Payment:
    with after(hours=hours):
        return settle_by_hand(
            membership=clerk, payment=payment, charged=charged, reason="Seen at the processor", reference=reference
        )


def told(title: str) -> int:
    return Notification.objects.filter(title=title).count()


class TestAGatewayThatRefusesItsKey:
    def test_what_it_may_have_charged_counts_as_failed_after_twenty_hours_and_managers_are_told(
        self, north: Provider, lost: Payment, processor: Processor, assert_verified: Verified
    ) -> None:
        records.add_person(north, "manager")
        leave_gateway(north)
        with processor.failing("find_charge", *REFUSED):
            collect_at(north, 1, 10, 19)
            assert state_of(lost) == "unknown"
            collect_at(north, 21)
        assert (state_of(lost), lost.failure_code) == ("failed", "never_answered")
        assert invoices_of(lost.customer) == [("open", 0, 6000, 0)]
        assert told(f"Payment {lost.pk} counts as failed without an answer") == 1
        assert told("Stripe refuses the connection") == 0
        assert_verified()

    def test_what_came_out_later_is_booked_by_hand(
        self, north: Provider, clerk: Membership, lost: Payment, processor: Processor, assert_verified: Verified
    ) -> None:
        leave_gateway(north)
        with processor.failing("find_charge", *REFUSED):
            collect_at(north, 1, 21)
        settle(clerk, lost, True, "ch_seen")
        assert (state_of(lost), lost.gateway_reference) == ("succeeded", "ch_seen")
        assert invoices_of(lost.customer) == [("paid", 6000, 0, 0)]
        assert_verified()

    def test_what_the_processor_had_taken_on_never_counts_as_failed(
        self, north: Provider, debit: Payment, processor: Processor, assert_verified: Verified
    ) -> None:
        records.add_person(north, "manager")
        leave_gateway(north)
        with processor.failing("find_charge", *REFUSED):
            collect_at(north, 2, 21, 23, 25, 27, 29, 31, 50, 70)
        assert (state_of(debit), invoices_of(debit.customer)) == ("submitted", IN_FLIGHT)
        assert told(f"Payment {debit.pk} is unknown for more than a day") == 1
        assert_verified()


class TestByHand:
    def test_it_was_charged(
        self, north: Provider, clerk: Membership, lost: Payment, processor: Processor, assert_verified: Verified
    ) -> None:
        with processor.failing("find_charge", *AWAY):
            collect_at(north, *range(1, 26))
            settle(clerk, lost, True, " ch_seen ")
            settle(clerk, lost, True, "ch_seen")
            with pytest.raises(Refused, match="The processor calls this payment ch_seen"):
                settle(clerk, lost, True, "ch_other")
        assert (state_of(lost), lost.gateway_reference) == ("succeeded", "ch_seen")
        assert invoices_of(lost.customer) == [("paid", 6000, 0, 0)]
        entry = AuditEntry.objects.get(action="payment.said_charged")
        assert (entry.staff_id, entry.detail["reason"]) == (clerk.staff_id, "Seen at the processor")
        assert_verified()

    def test_it_was_not_charged_and_a_success_that_comes_all_the_same_is_booked(
        self, north: Provider, clerk: Membership, lost: Payment, processor: Processor, assert_verified: Verified
    ) -> None:
        with processor.failing("find_charge", *AWAY):
            collect_at(north, *range(1, 26))
            settle(clerk, lost, False)
            settle(clerk, lost, False)
        assert (state_of(lost), lost.failure_code, lost.failure) == (
            "failed",
            "never_arrived",
            "Seen at the processor",
        )
        assert invoices_of(lost.customer) == [("open", 0, 6000, 0)]
        assert AuditEntry.objects.filter(action="payment.said_not_charged").count() == 1
        settle(clerk, lost, True, "ch_after_all", hours=40)
        assert (state_of(lost), invoices_of(lost.customer)[0][0]) == ("succeeded", "paid")
        assert_verified()

    def test_of_a_gateway_that_is_not_in_use_at_once(
        self, north: Provider, clerk: Membership, lost: Payment, assert_verified: Verified
    ) -> None:
        leave_gateway(north)
        settle(clerk, lost, False, hours=1)
        assert state_of(lost) == "failed"
        assert_verified()

    def test_it_is_refused_as_long_as_the_processor_may_say_it(
        self,
        north: Provider,
        clerk: Membership,
        lost: Payment,
        processor: Processor,
        assert_verified: Verified,
    ) -> None:
        def refused(payment: Payment = lost, by: Membership = clerk, **how: float | str) -> str:
            with pytest.raises(Refused) as refusal:
                settle(by, payment, True, **how)  # type: ignore[arg-type]  # hours and reference, as a test says
            return refusal.value.code

        assert refused(hours=30) == "payment_not_stuck"
        with processor.failing("find_charge", *AWAY):
            collect_at(north, *range(1, 8))
            assert refused(hours=9) == "payment_not_stuck"
            assert refused(by=records.add_person(north, "viewer")) == "not_allowed"
            assert refused() == "reference_missing"
            assert refused(reference="x" * 256) == "too_long"
        debit = submit_debit(north, processor)
        assert refused(debit) == "payment_not_stuck"
        assert refused(reference=debit.gateway_reference) == "reference_used"
        ask(north, days=3)
        assert refused(debit, hours=80) == "payment_not_stuck"
        assert_verified()


class TestPeopleAreTold:
    def test_once_of_what_is_unknown_for_more_than_a_day(
        self, north: Provider, lost: Payment, processor: Processor, assert_verified: Verified
    ) -> None:
        manager = records.add_person(north, "manager")
        with processor.failing("find_charge", *AWAY):
            collect_at(north, 1, 5, 23)
            assert not Notification.objects.exists()
            collect_at(north, 25)
            Notification.objects.update(read_at=NOON)
            collect_at(north, 27, 50)
        told = Notification.objects.get(staff=manager.staff)
        assert (told.title, told.subject_id) == (f"Payment {lost.pk} is unknown for more than a day", lost.pk)
        assert_verified()

    def test_once_of_an_answer_that_cannot_be_booked(
        self, north: Provider, lost: Payment, processor: Processor, assert_verified: Verified
    ) -> None:
        records.add_person(north, "manager")
        say_otherwise(processor, lost)
        collect_at(north, *range(1, 30))
        assert state_of(lost) == "unknown"
        assert list(Notification.objects.values_list("title", flat=True)) == [f"Payment {lost.pk} cannot be booked"]
        assert_verified()

    def test_an_event_that_cannot_be_booked_is_given_up_and_told(
        self, north: Provider, lost: Payment, processor: Processor, assert_verified: Verified
    ) -> None:
        records.add_person(north, "manager")
        event = GatewayEvent.objects.create(
            provider=north,
            gateway=gateway_of(north),
            event_id="e1",
            type="charge.succeeded",
            about="charge",
            reference="pi_1",
            charge="pi_1",
            payload={},
            happened_at=NOON,
            received_at=NOON,
            next_try_at=NOON,
            attempts=23,
        )
        say_otherwise(processor, lost)
        with after(hours=1):
            handle_events(gateway=gateway_of(north))
        event.refresh_from_db()
        assert (event.state, "does not fit it" in event.outcome) == ("failed", True)
        assert Notification.objects.filter(subject_type="gateway_event", subject_id=event.pk).exists()
        assert_verified()


def test_what_the_processor_knew_once_and_does_not_find_any_more_is_not_taken_for_failed(
    north: Provider, debit: Payment, processor: Processor, assert_verified: Verified
) -> None:
    # localstripe itself has never heard of it.
    processor.remove_overlay(f"{INTENTS}/pi_debit")
    for hours in (1, 21, 40):
        ask(north, hours=hours)
    assert (state_of(debit), invoices_of(debit.customer)) == ("submitted", IN_FLIGHT)
    found = stripe_recorded.intent("pi_debit", "succeeded", 6000, key=str(debit.attempt_key))
    processor.overlay(f"{INTENTS}/pi_debit", found)
    assert ask(north, days=6).booked.succeeded == [debit.pk]
    assert_verified()


def test_a_payment_that_waits_again_and_is_said_to_be_processing_counts_as_submitted(
    north: Provider, processor: Processor, assert_verified: Verified
) -> None:
    add_payer(north, "C1")
    (payment,) = charge(north)
    with processor.failing("charge", 429):
        submit(north)
    assert state_of(payment) == "created"
    with after(minutes=1):
        said = Charge("ch_z", str(payment.attempt_key), Standing.PROCESSING, payment.amount_minor)
        book_results(provider=north, answers=[Answer(payment.pk, said)])
    assert state_of(payment) == "submitted"
    assert payment.submitted_at is not None
    assert_verified()
