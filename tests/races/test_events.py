"""Two handlers at the same moment: each event is handled once, and what it tells of is booked once."""

from datetime import timedelta
from functools import partial

import pytest

from makegood.gateways.interface import Event
from makegood.gateways.models import Gateway, GatewayEvent
from makegood.gateways.rules import EventAbout
from makegood.gateways.services.events import handle_events, store_event
from makegood.kit.clock import now
from makegood.payments.models import Payment
from makegood.payments.services.handle_dispute import book_dispute
from makegood.providers.models import Membership
from tests.support import movements, records, sandbox
from tests.support.answers import Verified
from tests.support.returns import charge, movements_of, said_of
from tests.support.together import at_once

pytestmark = pytest.mark.sql

CUSTOMERS = 4


@pytest.fixture
def payments(committed_db: dict[str, str]) -> list[Payment]:
    """Payments that succeeded, each of which the processor calls disputed by now."""
    clerk = records.add_person(records.add_provider())
    sandbox.connect(clerk.provider)
    return [pay_by_card(clerk, f"C{number}") for number in range(CUSTOMERS)]


def pay_by_card(clerk: Membership, number: str) -> Payment:
    customer = records.add_customer(clerk.provider, number)
    sandbox.add_method(customer)
    movements.owe(customer, 4000)
    return charge(clerk, customer)


def test_two_handlers_of_the_same_events(payments: list[Payment], assert_verified: Verified) -> None:
    gateway = Gateway.objects.get()
    for payment in payments:
        reference = payment.gateway_reference
        event = Event(f"evt_{payment.pk}", "charge.succeeded", EventAbout.CHARGE, reference, reference, now(), {})
        assert store_event(gateway=gateway, event=event)
    answers = at_once(*[partial(handle_events, gateway=gateway)] * 2)
    assert sum(answer for answer in answers if isinstance(answer, int)) == CUSTOMERS
    assert set(GatewayEvent.objects.values_list("state", "attempts")) == {("handled", 1)}
    assert_verified()


def test_the_same_event_is_stored_once_by_two(payments: list[Payment]) -> None:
    gateway = Gateway.objects.get()
    event = Event("evt_1", "charge.succeeded", EventAbout.CHARGE, "ch_1", "ch_1", now() - timedelta(minutes=1), {})
    assert at_once(*[partial(store_event, gateway=gateway, event=event)] * 4).count(True) == 1
    assert GatewayEvent.objects.count() == 1


def test_the_same_dispute_is_booked_once_by_two(payments: list[Payment], assert_verified: Verified) -> None:
    for payment in payments:
        said = said_of(payment, 4000, "open", f"dp_{payment.pk}")
        at_once(*[partial(book_dispute, provider=payment.provider, payment=payment, said=said)] * 3)
        assert movements_of(payment) == [("received", 4000), ("returned", -4000)]
    assert_verified()


def test_a_dispute_that_is_opened_and_won_at_the_same_moment(
    payments: list[Payment], assert_verified: Verified
) -> None:
    for payment in payments:
        opened, won = (said_of(payment, 4000, state, f"dp_{payment.pk}") for state in ("open", "won"))
        book = partial(book_dispute, provider=payment.provider, payment=payment)
        at_once(partial(book, said=opened), partial(book, said=won))
        payment.refresh_from_db()
        assert (payment.state, payment.allocated_minor) == ("succeeded", 4000)
    assert_verified()
