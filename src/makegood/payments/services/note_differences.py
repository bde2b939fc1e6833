"""Looking by itself whether processors' balances agree with the books, and telling of what does not."""

from datetime import timedelta

from django.db.models import Q

from makegood.gateways.interface import Event
from makegood.gateways.models import BalanceEvent, Gateway
from makegood.gateways.rules import EventAbout, MovementKind
from makegood.gateways.services.events import store_event
from makegood.gateways.wake import wake_handling
from makegood.kit.clock import now
from makegood.kit.sql import load_sql, run_sql
from makegood.kit.transactions import demand_transaction, opens_transaction
from makegood.payments.reconciling import Compared, days_compared, list_differences
from makegood.payments.telling_events import tell_of_differences
from makegood.providers.calendar import is_played, today_of

SEEN = "balance.dispute"
"""The type of what stands in the webhook log for a message that did not come."""
TIME_FOR_EVENTS = timedelta(hours=6)
"""How long something may have moved at the processor before it has to be booked: its event comes, and is handled."""


def note_differences(gateway: Gateway) -> int:
    """Compares the last days with what is known of the processors' balances; returns how many differences are new.

    Managers are told of those, once. Opens a transaction. Nothing is done for days that are played, whose events come
    when they are played.
    """
    provider = gateway.provider
    if is_played(provider):
        return 0
    first, last = days_compared(today_of(provider))
    at = now()
    differing = [
        each
        for each in list_differences(provider, first, last)
        if each.moved_at is None or each.moved_at <= at - TIME_FOR_EVENTS
    ]
    parameters = {
        "provider": provider.pk,
        "now": at,
        "kinds": [each.kind for each in differing],
        "refs": [each.reference for each in differing],
        "payments": [each.payment_id for each in differing],
        "booked": [each.booked_minor for each in differing],
        "moved": [each.moved_minor for each in differing],
    }
    with opens_transaction():
        _ask_about_disputes(gateway, [each.reference for each in differing if each.kind == "dispute"])
        added = run_sql(load_sql(__package__, "note_differences"), parameters)
        new = _find(differing, {(row["kind"], row["reference"]) for row in added})
        if new:
            tell_of_differences(provider, new)
    return len(new)


def _ask_about_disputes(gateway: Gateway, charges: list[str]) -> None:
    """Has the processor asked about disputes that moved its balance while its message did not come; once for each move.

    charges: what was charged, or the disputes themselves where the processor does not say of what charge they are.
    """
    demand_transaction()
    moved = BalanceEvent.objects.filter(gateway=gateway, kind=MovementKind.DISPUTE).exclude(source="")
    for each in moved.filter(Q(charge__in=charges) | Q(charge="", source__in=charges)).order_by("pk"):
        seen = Event(f"balance {each.reference}", SEEN, EventAbout.DISPUTE, each.source, each.charge, each.happened_at)
        if store_event(gateway=gateway, event=seen):
            wake_handling(gateway.pk)


def _find(differing: list[Compared], keys: set[tuple[str, str]]) -> list[Compared]:
    return [each for each in differing if (each.kind, each.reference) in keys]
