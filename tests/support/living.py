"""Living through a provider's days: the clock is moved, each day is worked, and people do things in between."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from makegood.credits.models import Credit
from makegood.customers.selectors import get_customer
from makegood.days.services.work_day import work_days
from makegood.kit.clock import frozen_clock
from makegood.ledger.selectors import get_balance
from makegood.providers.models import Membership, Provider
from tests.support import records


@contextmanager
def at(day: date) -> Iterator[None]:
    """Inside the block it is noon in California on that day."""
    with frozen_clock(datetime(day.year, day.month, day.day, 20, tzinfo=UTC)):
        yield


def live(provider: Provider, first: date, last: date | None = None) -> None:
    """The provider's days pass, each worked at its noon."""
    day = first
    while day <= (last or first):
        with at(day):
            assert work_days(provider=provider)
        day += timedelta(days=1)


def give(manager: Membership, number: str, amount_minor: int, day: date) -> Credit:
    with at(day):
        run = records.credit(manager, customers=[get_customer(manager.provider, number)], amount_minor=amount_minor)
    return Credit.objects.get(run_row__run=run)


def amounts(provider: Provider, number: str) -> tuple[int, int]:
    """The customer's Available Funds, and what the customer owes."""
    balance = get_balance(provider.pk, get_customer(provider, number).pk)
    return balance.funds_minor, balance.receivable_minor
