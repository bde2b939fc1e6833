"""Collecting what is due now, without waiting for the next day or the next job."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from makegood.days.rules import STEPS, Step
from makegood.days.selectors import find_last_day
from makegood.gateways.selectors import find_active_gateway
from makegood.kit.clock import now
from makegood.payments.collecting import Sum, sum_settled_since, sum_under_way
from makegood.payments.rules import State
from makegood.payments.services.collect_now import collect_now
from makegood.payments.services.make_charges import make_charges
from makegood.providers.models import Provider
from makegood.runs.chunked import Chunked, work_through


@dataclass(frozen=True)
class Collected:
    """What collecting did; amounts in minor units.

    day: the provider's day whose charges were made up; None if the day has not come to them, and makes them itself.
    charged: of how many customers payments were made. received, failed: what settled; under_way: what has not yet.
    has_gateway: whether there is one to charge with; what an earlier one is at is asked for all the same.
    """

    day: date | None
    has_gateway: bool
    charged: Chunked
    received: Sum
    failed: Sum
    under_way: Sum


def collect_due(*, provider: Provider, should_let_go: Callable[[], bool] = lambda: False) -> Collected:
    """Makes the day's charges where the day has come to them, submits them, and asks for what is under way.

    Opens transactions; none is open while a processor is asked. Done twice it charges nothing twice.
    """
    began = now()
    gateway, day, charged = find_active_gateway(provider), _find_day(provider), Chunked(0, None)
    if gateway is not None and day is not None:
        charging_day = day
        charged = work_through(
            lambda after: make_charges(provider=provider, day=charging_day, after=after), should_let_go=should_let_go
        )
    collect_now(provider=provider, should_let_go=should_let_go)
    settled, under_way = sum_settled_since(provider, began), sum_under_way(provider).values()
    return Collected(
        day=day,
        has_gateway=gateway is not None,
        charged=charged,
        received=settled.get(State.SUCCEEDED, Sum()),
        failed=settled.get(State.FAILED, Sum()),
        under_way=Sum(sum(each.payments for each in under_way), sum(each.amount_minor for each in under_way)),
    )


def _find_day(provider: Provider) -> date | None:
    """The newest day, if it has charged what autopay collects on it, so that only what came since is made up for."""
    last = find_last_day(provider)
    if last is None or not last.billing:
        return None
    is_past = last.is_finished or STEPS.index(Step(last.step)) > STEPS.index(Step.CHARGE)
    return last.day if is_past else None
