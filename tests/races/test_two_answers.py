"""Two answers of a processor about one charge or one refund, and two workers at one day: each is booked once."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest

from makegood.days.services.work_day import work_days
from makegood.gateways.models import Gateway, GatewayEvent
from makegood.gateways.selectors import get_active_gateway
from makegood.gateways.services.events import handle_events
from makegood.invoices.models import Invoice
from makegood.kit.clock import now
from makegood.ledger.models import JournalEntry
from makegood.payments.models import Payment, RefundTransfer
from makegood.payments.services.charge_by_hand import charge_invoices
from makegood.payments.services.collect_now import collect_now
from makegood.payments.services.make_charges import make_charges
from makegood.payments.services.refund_invoice import refund_invoice
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership, Provider
from tests.races.stripe_payers import add_payer, pay_by_card, require_as_processor, settle
from tests.support import movements, stripe_recorded
from tests.support.answers import Verified
from tests.support.collecting import connect_processor
from tests.support.stripe_events import post
from tests.support.stripe_proxy import Processor, stripe
from tests.support.together import at_once, held, in_background

pytestmark = pytest.mark.sql

CUSTOMERS = 12


@pytest.fixture
def processor(committed_db: dict[str, str]) -> Iterator[Processor]:
    with stripe() as processor:
        yield processor


@pytest.fixture
def north(manager: Membership, processor: Processor) -> Provider:
    connect_processor(manager.provider, at_once=2)
    return manager.provider


@pytest.fixture
def gateway(north: Provider) -> Gateway:
    return get_active_gateway(north)


def tell(gateway: Gateway, type: str, thing: stripe_recorded.Json) -> None:
    """The processor's event comes and is handled."""
    assert post(gateway, stripe_recorded.event(type, thing)) == 200
    handle_events(gateway=gateway)
    assert GatewayEvent.objects.get().state == "handled"


def test_the_event_of_a_charge_overtakes_its_answer(
    manager: Membership, north: Provider, gateway: Gateway, processor: Processor, assert_verified: Verified
) -> None:
    customer = add_payer(north, "C1")
    invoice = movements.owe(customer, 6000)
    charge_invoices(membership=manager, customer=customer, key="k")
    gate = processor.hold_next("/v1/payment_intents")
    with in_background(partial(collect_now, provider=north)) as answered, held(gate):
        # It is charged, and the answer has not come.
        (reference, key, *_) = processor.charges()[0]
        tell(gateway, "payment_intent.succeeded", stripe_recorded.intent(reference, "succeeded", 6000, key=key))
        invoice.refresh_from_db()
        assert invoice.state == "paid"
    assert answered.result() >= 1
    assert list(Payment.objects.values_list("state", "amount_minor", "over_minor")) == [("succeeded", 6000, 0)]
    assert JournalEntry.objects.filter(event="payment_recorded").count() == 1
    require_as_processor(north, processor)
    assert_verified()


def test_the_event_of_a_refund_overtakes_its_answer(
    manager: Membership, north: Provider, gateway: Gateway, processor: Processor, assert_verified: Verified
) -> None:
    invoice, payment = pay_by_card(manager, add_payer(north, "C1"), 6000)
    refund_invoice(membership=manager, invoice=invoice, amount_minor=2500, reason="Too much", key="k")
    gate = processor.hold_next("/v1/refunds")
    with in_background(partial(collect_now, provider=north)) as answered, held(gate):
        reference, key, charge, *_ = processor.refunds()[0]
        tell(gateway, "refund.updated", stripe_recorded.refund(reference, charge, "succeeded", 2500, key=key))
        assert RefundTransfer.objects.get().state == "succeeded"
    answered.result()
    payment.refresh_from_db()
    assert (payment.refunded_minor, payment.refunding_minor) == (2500, 0)
    assert payment.movements.filter(type="refunded").count() == 1
    require_as_processor(north, processor)
    assert_verified()


def test_who_takes_over_and_who_was_only_slow_both_get_an_answer(
    manager: Membership, north: Provider, gateway: Gateway, processor: Processor, assert_verified: Verified
) -> None:
    customer = add_payer(north, "C1")
    movements.owe(customer, 6000)
    charge_invoices(membership=manager, customer=customer, key="k")
    gate = processor.hold_next("/v1/payment_intents", is_done=False)
    with in_background(partial(collect_now, provider=north)) as slow, held(gate):
        # Nobody believes in the first one any more; what it has asked for arrives only after the second was answered.
        Payment.objects.update(held_until=now() - timedelta(seconds=1), next_check_at=now() - timedelta(seconds=1))
        collect_now(provider=north)
        assert Payment.objects.get().state == "succeeded"
    slow.result()
    assert len(processor.charges()) == 1
    require_as_processor(north, processor)
    assert_verified()


def test_two_workers_collect_the_same_day(
    manager: Membership, north: Provider, processor: Processor, assert_verified: Verified
) -> None:
    day = today_of(north)
    for number in range(1, CUSTOMERS + 1):
        movements.owe(add_payer(north, f"C{number}"), 6000, due_on=day)
    for how in ("cut_after", 429, "cut", 500, 409):
        processor.fail_next("/v1/payment_intents", how)

    def work() -> None:
        provider = Provider.objects.get(pk=north.pk)
        work_days(provider=provider)
        make_charges(provider=provider, day=day)
        collect_now(provider=provider)

    for _ in range(3):
        at_once(*[work] * 3)
        settle(north)
    assert len(processor.charges()) == CUSTOMERS
    assert list(Invoice.objects.values_list("state", "paid_minor")) == [("paid", 6000)] * CUSTOMERS
    assert Payment.objects.filter(state="succeeded").count() == CUSTOMERS
    require_as_processor(north, processor)
    assert_verified()
