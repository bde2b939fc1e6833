"""Who is at a payment that is under way: taken in a short transaction, held until a moment, let go with what is known.

Whoever dies while holding some leaves them held until that moment; then they are asked about.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from makegood.gateways.interface import ChargeOrder
from makegood.gateways.models import Gateway
from makegood.gateways.rules import MethodKind
from makegood.kit.clock import now
from makegood.kit.sql import count_changed, load_sql, run_sql
from makegood.kit.transactions import opens_transaction
from makegood.payments.collecting import room_within_the_hour
from makegood.payments.models import Payment
from makegood.payments.pace import HOUR
from makegood.payments.schedule import longest_call
from makegood.providers.models import Provider


@dataclass(frozen=True)
class Held:
    """A payment that this process is at until the moment `until`, with what the processor has to be told of it.

    reference: what the processor calls the payment; empty if that is not known. customer, method: its references.
    checks: how often it was asked about in vain.
    """

    id: int
    amount_minor: int
    key: str
    reference: str
    submitted_at: datetime
    checks: int
    method: str
    method_kind: str
    customer: str
    until: datetime

    @property
    def has_time(self) -> bool:
        """Whether a call that begins now has surely ended before somebody else may be at the payment."""
        return now() + longest_call(settings.MAKEGOOD_STRIPE_SECONDS) <= self.until

    def order(self, provider: Provider) -> ChargeOrder:
        """What is to be charged: each time the same, whatever was changed meanwhile, or its key would be refused."""
        return ChargeOrder(
            key=self.key,
            amount_minor=self.amount_minor,
            currency=provider.currency,
            currency_digits=provider.currency_digits,
            customer=self.customer,
            method=self.method,
            method_kind=MethodKind(self.method_kind),
            describes=f"Payment {self.id}",
        )


def take_to_submit(gateway: Gateway, most: int) -> list[Held]:
    """The next payments that are to be submitted, as many as the limits of the hour let. Opens a transaction.

    They count as submitted from then on. None while billing is off, or by a gateway that is not active.
    """
    if not may_order(gateway):
        return []
    with opens_transaction():
        _hold_the_hour(gateway)
        room = room_within_the_hour(gateway.provider, now())
        if room.is_full:
            return []
        most = most if room.charges is None else min(most, room.charges)
        return _take("take_to_submit", gateway, most, room_minor=room.amount_minor, takes_any=room.takes_any)


def take_room_again(gateway: Gateway, some: Sequence[Held]) -> set[int]:
    """Those of some payments that the limits of the hour let be ordered once more. Opens a transaction.

    They count from now on, the earliest first. What was submitted within the hour has its place already.
    """
    at = now()
    with opens_transaction():
        _hold_the_hour(gateway)
        within = Q(submitted_at__gt=at - HOUR) | Q(ordered_again_at__gt=at - HOUR)
        payments = Payment.objects.filter(pk__in=[held.id for held in some])
        counted = set(payments.filter(within).values_list("pk", flat=True))
        room = room_within_the_hour(gateway.provider, at)
        more = set()
        for held in sorted(some, key=lambda held: (held.submitted_at, held.id)):
            if held.id not in counted and room.takes(held.amount_minor):
                more.add(held.id)
                room = room.without(held.amount_minor)
        payments.filter(pk__in=more).update(ordered_again_at=at)
    return counted | more


def _hold_the_hour(gateway: Gateway) -> None:
    """Only one takes room at a time, so that nobody else takes the same."""
    run_sql(
        "SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 0))",
        {"name": f"submitting of provider {gateway.provider_id}"},
    )


def may_order(gateway: Gateway) -> bool:
    """Whether anything new may be asked of the gateway now. One query."""
    return Gateway.objects.filter(pk=gateway.pk, active=True, provider__end_customer_billing=True).exists()


def take_to_ask(gateway: Gateway, most: int) -> list[Held]:
    """The next payments that the processor is to be asked about. Opens a transaction."""
    with opens_transaction():
        return _take("take_to_ask", gateway, most)


def put_off(later: Mapping[Held, datetime]) -> None:
    """Lets go of payments of which nobody knows what became, to be asked about then. Opens a transaction."""
    _let_go("put_off", later)


def give_back(later: Mapping[Held, datetime]) -> None:
    """Lets go of payments of which certainly nothing was done, to be submitted then. Opens a transaction."""
    _let_go("give_back", later)


def end_of_hold(at: datetime) -> datetime:
    """Until when somebody may be at what was taken at that moment."""
    return at + longest_call(settings.MAKEGOOD_STRIPE_SECONDS) + timedelta(seconds=settings.MAKEGOOD_LEASE_SECONDS)


def _take(name: str, gateway: Gateway, most: int, **parameters: object) -> list[Held]:
    at = now()
    until = end_of_hold(at)
    given = {"gateway": gateway.pk, "most": most, "at": at, "until": until, **parameters}
    return [Held(until=until, **row) for row in run_sql(load_sql(__package__, name), given)]


def _let_go(name: str, later: Mapping[Held, datetime]) -> None:
    by_end: dict[datetime, list[Held]] = defaultdict(list)
    for held in later:
        by_end[held.until].append(held)
    with opens_transaction():
        for until, some in by_end.items():
            count_changed(load_sql(__package__, name), _parameters(some, later, until))


def _parameters(some: Sequence[Held], later: Mapping[Held, datetime], until: datetime) -> dict[str, object]:
    ascending = sorted(some, key=lambda held: held.id)
    return {
        "payments": [held.id for held in ascending],
        "times": [later[held] for held in ascending],
        "held_until": until,
    }
