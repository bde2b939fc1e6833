"""Charging through Stripe's protocol: whatever happens on the way, each is charged once and booked once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from makegood.customers.models import Customer
from makegood.gateways.models import Gateway, GatewayCustomer
from makegood.gateways.registry import open_gateway
from makegood.gateways.services.gateways import connect_stripe
from makegood.invoices.models import Invoice
from makegood.kit.clock import now
from makegood.payments.models import Payment, PaymentMethod
from makegood.payments.services.collect_now import collect_now
from makegood.payments.services.make_charges import make_charges
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider
from tests.support import movements, records
from tests.support.answers import Verified
from tests.support.stripe_proxy import KEY, PUBLISHABLE_KEY, Processor, stripe

INTENTS = "/v1/payment_intents"
DECLINED_WHEN_CHARGED = "4000000000000341"


@pytest.fixture
def processor() -> Iterator[Processor]:
    with stripe(seconds=2) as processor:
        yield processor


@pytest.fixture
def gateway(north: Provider, processor: Processor) -> Gateway:
    return connect_stripe(
        membership=records.add_person(north, "admin"), secret_key=KEY, publishable_key=PUBLISHABLE_KEY
    )


def add_payer(gateway: Gateway, method: str, number: str = "C1") -> Customer:
    """A customer with autopay who owes 60.00, with a method that the processor keeps."""
    customer = records.add_customer(gateway.provider, number, autopay=True)
    client = open_gateway(gateway)
    reference = client.make_customer(f"customer {customer.pk}", number, customer.name, customer.email)
    kept = client.attach_method(method, reference)
    owner = {"provider_id": gateway.provider_id, "gateway": gateway, "customer": customer}
    GatewayCustomer.objects.create(reference=reference, **owner)
    PaymentMethod.objects.create(
        reference=kept.reference,
        kind=kept.kind,
        brand=kept.brand,
        last_four=kept.last_four,
        is_default=True,
        created_at=now(),
        **owner,
    )
    movements.owe(customer, 6000, due_on=today_of(gateway.provider))
    return customer


def collect(provider: Provider) -> None:
    """What is due now, and what would be due in the hours to come."""
    make_charges(provider=provider, day=today_of(provider))
    for _ in range(4):
        collect_now(provider=provider)
        under_way = Payment.objects.filter(state__in=["created", "submitted", "unknown"])
        under_way.update(next_check_at=now() - timedelta(seconds=1), held_until=None)


def standing(provider: Provider) -> list[tuple[str, str, int]]:
    """State of each invoice, of its payment, and what it has in flight."""
    found = Invoice.objects.filter(provider=provider).order_by("id")
    return list(found.values_list("state", "payment_claims__payment__state", "in_flight_minor"))


def charged(processor: Processor) -> list[tuple[str, int]]:
    """Key and amount of what was really charged."""
    return [(key, amount) for _, key, amount, state in processor.charges() if state == "succeeded"]


def test_a_card_is_charged_and_booked(
    north: Provider, gateway: Gateway, processor: Processor, assert_verified: Verified
) -> None:
    add_payer(gateway, processor.add_card())
    collect(north)
    payment = Payment.objects.get()
    assert charged(processor) == [(str(payment.attempt_key), 6000)]
    assert (standing(north), payment.gateway_reference) == ([("paid", "succeeded", 0)], processor.charges()[0][0])
    assert processor.count(INTENTS) == 1
    assert_verified()


def test_a_declined_card_has_failed(
    north: Provider, gateway: Gateway, processor: Processor, assert_verified: Verified
) -> None:
    add_payer(gateway, processor.add_card(DECLINED_WHEN_CHARGED))
    collect(north)
    payment = Payment.objects.get()
    assert (standing(north), payment.failure_code) == ([("open", "failed", 0)], "card_declined")
    assert charged(processor) == []
    assert_verified()


@pytest.mark.parametrize("how", ["cut", "cut_after", "half", "error_after", 409, 429, 500, 2.6])
def test_whatever_goes_wrong_on_the_way_it_is_charged_once(
    how: int | float | str, north: Provider, gateway: Gateway, processor: Processor, assert_verified: Verified
) -> None:
    add_payer(gateway, processor.add_card())
    processor.fail_next(INTENTS, how)
    collect(north)
    payment = Payment.objects.get()
    assert standing(north) == [("paid", "succeeded", 0)]
    assert charged(processor) == [(str(payment.attempt_key), 6000)]
    assert_verified()


def test_what_went_wrong_while_asking_is_asked_again(
    north: Provider, gateway: Gateway, processor: Processor, assert_verified: Verified
) -> None:
    add_payer(gateway, processor.add_card())
    processor.fail_next(INTENTS, "cut_after")
    processor.fail_next(INTENTS, 500, method="GET")
    processor.fail_next(INTENTS, "cut", method="GET")
    collect(north)
    assert (standing(north), len(charged(processor))) == ([("paid", "succeeded", 0)], 1)
    assert_verified()


def test_many_at_once_with_everything_going_wrong_are_each_charged_once(
    north: Provider, gateway: Gateway, processor: Processor, assert_verified: Verified
) -> None:
    for number in range(1, 13):
        add_payer(gateway, processor.add_card(), f"C{number}")
    for how in ("cut", "cut_after", 429, "error_after", 500, 409):
        processor.fail_next(INTENTS, how)
    collect(north)
    assert standing(north) == [("paid", "succeeded", 0)] * 12
    assert sorted(charged(processor)) == sorted((str(each.attempt_key), 6000) for each in Payment.objects.all())
    assert_verified()


def test_refused_keys_pause_and_nothing_is_lost(
    north: Provider, gateway: Gateway, processor: Processor, assert_verified: Verified
) -> None:
    add_payer(gateway, processor.add_card())
    processor.fail_next(INTENTS, 401)
    make_charges(provider=north, day=today_of(north))
    collect_now(provider=north)
    payment = Payment.objects.get()
    assert (payment.state, payment.submitted_at) == ("created", None)
    assert payment.next_check_at is not None
    assert payment.next_check_at > now() + timedelta(minutes=4)
    collect(north)
    assert (standing(north), len(charged(processor))) == ([("paid", "succeeded", 0)], 1)
    assert_verified()


def test_a_debit_is_on_its_way_until_the_bank_has_decided(
    gateway: Gateway, processor: Processor, assert_verified: Verified
) -> None:
    provider = gateway.provider
    Provider.objects.filter(pk=provider.pk).update(currency="EUR")
    provider.refresh_from_db()
    add_payer(gateway, processor.add_sepa("DE62370400440532013001"))
    make_charges(provider=provider, day=today_of(provider))
    collect_now(provider=provider)
    assert standing(provider) == [("open", "submitted", 6000)]
    processor.wait_until(lambda: processor.charges()[0][3] != "processing")
    collect_now(provider=provider)
    assert standing(provider) == [("open", "submitted", 6000)]
    Payment.objects.update(next_check_at=now())
    collect_now(provider=provider)
    assert standing(provider) == [("open", "failed", 0)]
    assert_verified()
