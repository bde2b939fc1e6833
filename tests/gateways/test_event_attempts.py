"""Events that wait for long."""

import pytest

from makegood.gateways.models import GatewayEvent
from makegood.gateways.services.events import handle_events
from makegood.kit.clock import now
from tests.support import records, sandbox


@pytest.mark.django_db
def test_an_event_can_be_looked_at_any_number_of_times() -> None:
    gateway = sandbox.connect(records.add_provider())
    event = GatewayEvent.objects.create(
        provider=gateway.provider,
        gateway=gateway,
        event_id="evt_1",
        type="payout.paid",
        about="other",
        payload={},
        happened_at=now(),
        received_at=now(),
        next_try_at=now(),
        attempts=32767,
    )
    assert handle_events(gateway=gateway) == 1
    event.refresh_from_db()
    assert event.state == "ignored"
