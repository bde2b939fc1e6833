"""What processors send: stored first, handled later, each once."""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from psycopg.types.json import Jsonb

from makegood.audit.services import record
from makegood.gateways.event_rules import LEASE, MOST_ATTEMPTS, clean_payload, wait_after, wait_for_other
from makegood.gateways.handlers import Done, NotYet, find_handler, tell_of_failure
from makegood.gateways.interface import Event, GatewayClient, GatewayError
from makegood.gateways.models import Gateway, GatewayEvent
from makegood.gateways.registry import open_gateway
from makegood.gateways.rules import EventState, GatewayKind
from makegood.gateways.sandbox.events import due_events
from makegood.gateways.wake import wake_handling
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.kit.sql import load_sql, run_sql
from makegood.kit.transactions import opens_transaction
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.providers.selectors import require_right

log = logging.getLogger(__name__)

EVENTS_AT_ONCE = 20
"""How many are taken in one go; their lease has to last for all of them."""


def store_event(*, gateway: Gateway, event: Event) -> bool:
    """Stores what a processor sent and is known to be its; says whether it is new. One statement of its own."""
    at = now()
    parameters = {
        "provider": gateway.provider_id,
        "gateway": gateway.pk,
        "event_id": event.id,
        "type": event.type[:100],
        "about": event.about,
        "reference": event.reference[:255],
        "charge": event.charge[:255],
        "payload": Jsonb(clean_payload(event.payload)),
        "happened_at": event.happened_at,
        "received_at": at,
    }
    return bool(run_sql(load_sql(__package__, "store_event"), parameters))


def receive_event(*, gateway: Gateway, event: Event) -> bool:
    """Stores what a processor sent and has it handled in the background; whether it is new. Opens a transaction."""
    with opens_transaction():
        is_new = store_event(gateway=gateway, event=event)
        if is_new:
            wake_handling(gateway.pk)
    return is_new


def handle_events(*, gateway: Gateway, should_let_go: Callable[[], bool] = lambda: False) -> int:
    """Handles what is due of a gateway's events, oldest first; returns how many were looked at.

    Opens a transaction for each of them; the processor is asked outside any. An event that cannot be handled is tried
    again, longer and longer after, and is given up in the end, of which managers are told. Several may be at it.
    """
    if gateway.kind == GatewayKind.SANDBOX:
        _store_sandbox_events(gateway)
    client, looked_at = open_gateway(gateway), 0
    while not should_let_go():
        taken = _take(gateway)
        for event in GatewayEvent.objects.filter(pk__in=taken).order_by("happened_at", "id"):
            _handle(event, client)
        looked_at += len(taken)
        if len(taken) < EVENTS_AT_ONCE:
            break
    return looked_at


def handle_again(*, membership: Membership, event: GatewayEvent) -> GatewayEvent:
    """Puts an event that was given up back among those to be handled. Opens a transaction. Twice it is the same.

    Refused without the right, and for an event that was handled: then there is nothing to do again.
    """
    require_right(membership, Right.BILL, "have events handled again")
    at = now()
    with opens_transaction():
        events = GatewayEvent.objects.select_for_update().filter(provider=membership.provider)
        event = events.get(pk=event.pk)
        if event.state in (EventState.HANDLED, EventState.IGNORED):
            raise Refused("event_handled", "This event is handled, so there is nothing to do again.", "event")
        if event.state == EventState.FAILED:
            GatewayEvent.objects.filter(pk=event.pk).update(
                state=EventState.RECEIVED, attempts=0, next_try_at=at, handled_at=None
            )
            wake_handling(event.gateway_id)
            record(
                provider_id=event.provider_id,
                staff_id=membership.staff_id,
                action="gateway_event.again",
                subject_type="gateway_event",
                subject_id=event.pk,
                detail={"event": event.event_id, "type": event.type},
            )
    event.refresh_from_db()
    return event


def _store_sandbox_events(gateway: Gateway) -> None:
    """The sandbox sends nothing over the network: what it has to tell is fetched."""
    with opens_transaction():
        for event in due_events(gateway, now()):
            store_event(gateway=gateway, event=event)


def _take(gateway: Gateway) -> list[int]:
    at = now()
    parameters = {"gateway": gateway.pk, "now": at, "leased_until": at + LEASE, "limit": EVENTS_AT_ONCE}
    return [row["id"] for row in run_sql(load_sql(__package__, "take_events"), parameters)]


def _handle(event: GatewayEvent, client: GatewayClient) -> None:
    handler = find_handler(event.about)
    try:
        done = handler(event, client) if handler else Done("Nothing here depends on it.", ignored=True)
    except NotYet as reason:
        # It is nobody's fault, so that it does not count as an attempt.
        event.attempts = 0
        _try_later(event, str(reason), wait_for_other(now() - event.received_at))
    except (GatewayError, Refused) as error:
        _retry(event, str(error))
    except Exception:
        log.exception("Event %s of gateway %s could not be handled.", event.event_id, event.gateway_id)
        _retry(event, "Something went wrong here; the log says what.")
    else:
        state = EventState.IGNORED if done.ignored else EventState.HANDLED
        _settle(event, state, done.words)


def _retry(event: GatewayEvent, why: str) -> None:
    if event.attempts < MOST_ATTEMPTS:
        _try_later(event, why, wait_after(event.attempts))
        return
    with transaction.atomic():
        event.outcome = why
        if _settle(event, EventState.FAILED, why):
            tell_of_failure(event)


def _try_later(event: GatewayEvent, why: str, after: timedelta) -> None:
    _waiting(event).update(next_try_at=now() + after, outcome=why[:500], attempts=event.attempts)


def _settle(event: GatewayEvent, state: EventState, words: str) -> bool:
    """Whether it was this one who settled it: another may have had it after the lease was over."""
    changed = _waiting(event).update(state=state, handled_at=now(), next_try_at=None, outcome=words[:500])
    return bool(changed)


def _waiting(event: GatewayEvent) -> QuerySet[GatewayEvent]:
    return GatewayEvent.objects.filter(pk=event.pk, state=EventState.RECEIVED)
