"""Fetching what moved a processor's balance."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from makegood.gateways.handlers import compare_balance
from makegood.gateways.interface import BalanceMovement
from makegood.gateways.models import BalanceEvent, Gateway
from makegood.gateways.registry import open_gateway
from makegood.gateways.services.account import note_account
from makegood.kit.clock import now

MOVEMENTS_AT_ONCE = 500
OVERLAP = timedelta(days=2)
"""How much of what was looked at before is looked at again: a processor may write something down late."""


def fetch_balance(*, gateway: Gateway, should_let_go: Callable[[], bool] = lambda: False) -> int:
    """Stores what moved the processor's balance since the last look; returns how many movements are new.

    Asks the processor outside any transaction, then opens one for some at a time; what is known is not stored again, so
    that it can break off at any place and be done again. Raises GatewayError where the processor does not answer.
    """
    until = now()
    since = (gateway.balance_until or gateway.created_at) - OVERLAP
    # What moved in this very second is among it.
    movements = open_gateway(gateway).list_balance(since, until + timedelta(seconds=1))
    new = 0
    while some := list(islice(movements, MOVEMENTS_AT_ONCE)):
        new += _store(gateway, some)
        if should_let_go():
            return new
    Gateway.objects.filter(pk=gateway.pk).update(balance_until=until)
    gateway.balance_until = until
    return new


def look_at_balance(*, gateway: Gateway, should_let_go: Callable[[], bool] = lambda: False) -> None:
    """Fetches what moved the processor's balance, and has it compared with the books. Raises GatewayError.

    Opens transactions as `fetch_balance` does. Broken off, nothing is compared: not all is known yet.
    """
    note_account(gateway)
    fetch_balance(gateway=gateway, should_let_go=should_let_go)
    if not should_let_go():
        compare_balance(gateway)


def _store(gateway: Gateway, some: Iterable[BalanceMovement]) -> int:
    found = {moved.reference: moved for moved in some}
    with transaction.atomic():
        events = BalanceEvent.objects.filter(_of_the_account(gateway), reference__in=found)
        known = set(events.values_list("reference", flat=True))
        missing = [moved for reference, moved in found.items() if reference not in known]
        BalanceEvent.objects.bulk_create((_event(gateway, moved) for moved in missing), ignore_conflicts=True)
    return len(missing)


def _of_the_account(gateway: Gateway) -> Q:
    """Of that gateway, and of those by which the same account was connected before: what one has is known."""
    if not gateway.account:
        return Q(gateway=gateway)
    return Q(gateway__provider=gateway.provider_id, gateway__kind=gateway.kind, gateway__account=gateway.account)


def _event(gateway: Gateway, moved: BalanceMovement) -> BalanceEvent:
    return BalanceEvent(
        provider_id=gateway.provider_id,
        gateway=gateway,
        reference=moved.reference,
        kind=moved.kind,
        amount_minor=moved.amount_minor,
        fee_minor=moved.fee_minor,
        source=moved.source,
        charge=moved.charge,
        happened_at=moved.happened_at,
        day=moved.happened_at.astimezone(ZoneInfo(gateway.provider.timezone)).date(),
    )
