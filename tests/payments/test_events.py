"""What a processor sends by itself is booked once, whatever the order, by how the object stands at the processor."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from makegood.customers.models import Customer
from makegood.gateways.interface import Event
from makegood.gateways.models import Gateway, GatewayEvent
from makegood.gateways.registry import open_gateway
from makegood.gateways.rules import EventAbout
from makegood.gateways.selectors import find_gateways_to_handle
from makegood.gateways.services.events import handle_events, store_event
from makegood.kit.clock import now
from makegood.notifications.models import Notification
from makegood.payments.models import PaymentMethod
from makegood.payments.selectors_events import list_disputes_of, list_events_of
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership
from tests.support import movements, records, sandbox
from tests.support.answers import Verified
from tests.support.billing import on_day
from tests.support.paying import stand_of
from tests.support.returns import charge, figures, movements_of, parts_of

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def today(clerk: Membership) -> Iterator[date]:
    """Noon of the provider's day after this one."""
    day = today_of(clerk.provider) + timedelta(days=1)
    with on_day(day):
        yield day


@pytest.fixture
def gateway(clerk: Membership, today: date) -> Gateway:
    records.add_person(clerk.provider, "manager")
    return sandbox.connect(clerk.provider)


def add_customer(clerk: Membership, outcome: str, number: str = "C1") -> Customer:
    customer = records.add_customer(clerk.provider, number)
    sandbox.add_method(customer, outcome)
    return customer


def send(gateway: Gateway, about: str, reference: str, charge: str = "", *, id: str = "evt_1", **more: Any) -> bool:
    """What a processor could send at any time; whether it is new."""
    event = Event(id, f"{about}.something", EventAbout(about), reference, charge, now(), {"id": id, **more})
    return store_event(gateway=gateway, event=event)


def outcomes(gateway: Gateway) -> list[tuple[str, str]]:
    """State and what was done of each event, in the order in which they came."""
    return list(GatewayEvent.objects.filter(gateway=gateway).order_by("id").values_list("state", "outcome"))


def test_a_debit_arrives_after_days(
    clerk: Membership, gateway: Gateway, today: date, assert_verified: Verified
) -> None:
    customer = add_customer(clerk, "ach_succeeds")
    invoice = movements.owe(customer, 4000)
    payment = charge(clerk, customer)
    assert payment.state == "submitted"
    with on_day(today + timedelta(days=3)):
        assert handle_events(gateway=gateway) == 0
    with on_day(today + timedelta(days=4)):
        assert find_gateways_to_handle() == [gateway.pk]
        assert handle_events(gateway=gateway) == 1
        assert find_gateways_to_handle() == []
    assert (stand_of(invoice)[0], parts_of(payment)) == ("paid", {"state": "succeeded", "allocated": 4000})
    assert outcomes(gateway) == [("handled", f"Payment {payment.pk} has succeeded.")]
    assert [event.type for event in list_events_of(payment)] == ["charge.succeeded"]
    assert_verified()


def test_a_returned_debit_is_lost_from_the_start(
    clerk: Membership, gateway: Gateway, today: date, assert_verified: Verified
) -> None:
    customer = add_customer(clerk, "ach_returned")
    invoice = movements.owe(customer, 4000)
    payment = charge(clerk, customer)
    with on_day(today + timedelta(days=4)):
        handle_events(gateway=gateway)
    with on_day(today + timedelta(days=7)):
        handle_events(gateway=gateway)
    assert (stand_of(invoice), invoice.by_hand) == (("open", 0, 4000), True)
    assert parts_of(payment) == {"state": "returned", "returned": 4000}
    assert list_disputes_of(payment).get().state == "lost"
    assert_verified()


def test_events_that_come_all_at_once_and_the_last_one_first(
    clerk: Membership, gateway: Gateway, today: date, assert_verified: Verified
) -> None:
    customer = add_customer(clerk, "ach_returned")
    movements.owe(customer, 4000)
    payment = charge(clerk, customer)
    reference = payment.gateway_reference
    with on_day(today + timedelta(days=8)):
        send(gateway, "dispute", reference.replace("_ch_", "_dp_"), reference)
        assert handle_events(gateway=gateway) == 3
    # The payment was not booked yet; the processor was asked of it first.
    assert movements_of(payment) == [("received", 4000), ("returned", -4000)]
    assert {state for state, _ in outcomes(gateway)} == {"handled"}
    assert_verified()


def test_a_chargeback_that_is_won(clerk: Membership, gateway: Gateway, today: date, assert_verified: Verified) -> None:
    customer = add_customer(clerk, "card_dispute_won")
    invoice = movements.owe(customer, 4000)
    payment = charge(clerk, customer)
    with on_day(today + timedelta(days=2)):
        handle_events(gateway=gateway)
    assert (parts_of(payment), stand_of(invoice)[0]) == ({"state": "disputed", "returned": 4000}, "open")
    with on_day(today + timedelta(days=12)):
        handle_events(gateway=gateway)
    assert (parts_of(payment), stand_of(invoice)[0]) == ({"state": "succeeded", "allocated": 4000}, "paid")
    assert figures(customer) == (0, 0)
    assert_verified()


def test_the_same_event_is_stored_and_handled_once(
    clerk: Membership, gateway: Gateway, today: date, assert_verified: Verified
) -> None:
    customer = add_customer(clerk, "card_disputed")
    movements.owe(customer, 4000)
    payment = charge(clerk, customer)
    reference = payment.gateway_reference
    with on_day(today + timedelta(days=3)):
        dispute = reference.replace("_ch_", "_dp_")
        assert send(gateway, "dispute", dispute, reference)
        assert not send(gateway, "dispute", dispute, reference)
        handle_events(gateway=gateway)
        assert handle_events(gateway=gateway) == 0
    assert movements_of(payment) == [("received", 4000), ("returned", -4000)]
    assert list_disputes_of(payment).count() == 1
    assert_verified()


def test_what_nobody_here_asked_for_is_ignored_and_said_so(
    clerk: Membership, gateway: Gateway, today: date, assert_verified: Verified
) -> None:
    for number, about in enumerate(("charge", "refund", "dispute", "method", "other")):
        send(gateway, about, f"sandbox_{number}", id=f"evt_{number}")
    handle_events(gateway=gateway)
    found = outcomes(gateway)
    assert [state for state, _ in found] == ["ignored"] * 5
    assert all(words for _, words in found)
    assert_verified()


def test_another_providers_payment_is_left_alone(
    clerk: Membership, gateway: Gateway, today: date, assert_verified: Verified
) -> None:
    customer = add_customer(clerk, "card_disputed")
    movements.owe(customer, 4000)
    payment = charge(clerk, customer)
    reference = payment.gateway_reference
    other = sandbox.connect(records.add_provider("south"))
    with on_day(today + timedelta(days=3)):
        send(other, "dispute", reference.replace("_ch_", "_dp_"), reference)
        handle_events(gateway=other)
    assert [state for state, _ in outcomes(other)] == ["ignored"]
    assert parts_of(payment) == {"state": "succeeded", "allocated": 4000}
    assert_verified()


def die_when_the_charge_is_read(execute: Callable[..., Any], sql: str, *more: Any) -> Any:
    """What the sandbox does first when it is asked for a dispute; the event is taken by then."""
    if 'FROM "sandbox_charge"' in sql and GatewayEvent.objects.filter(attempts=1).exists():
        raise SystemExit
    return execute(sql, *more)


def test_an_event_whose_handler_died_is_handled_by_the_next(
    clerk: Membership, gateway: Gateway, today: date, assert_verified: Verified
) -> None:
    customer = add_customer(clerk, "card_disputed")
    movements.owe(customer, 4000)
    payment = charge(clerk, customer)
    with on_day(today + timedelta(days=3)):
        with connection.execute_wrapper(die_when_the_charge_is_read), pytest.raises(SystemExit):
            handle_events(gateway=gateway)
        assert handle_events(gateway=gateway) == 0
    with on_day(today + timedelta(days=4)):
        assert handle_events(gateway=gateway) == 1
    assert parts_of(payment) == {"state": "disputed", "returned": 4000}
    assert_verified()


def test_a_card_that_was_detached_at_the_processor_is_removed(
    clerk: Membership, gateway: Gateway, today: date, assert_verified: Verified
) -> None:
    customer = add_customer(clerk, "card_succeeds")
    method = PaymentMethod.objects.get()
    send(gateway, "method", method.reference)
    handle_events(gateway=gateway)
    assert outcomes(gateway) == [("handled", f"{method} is as it was known.")]
    open_gateway(gateway).detach_method(method.reference)
    send(gateway, "method", method.reference, id="evt_2")
    handle_events(gateway=gateway)
    method.refresh_from_db()
    assert not method.is_default
    assert method.removed_at is not None
    assert Notification.objects.filter(subject_type="customer", subject_id=customer.pk).count() == 1
    assert_verified()
