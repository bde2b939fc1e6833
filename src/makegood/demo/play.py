"""Three months of the demo provider, up to today, played day by day."""

from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from makegood.customers.models import Customer
from makegood.days.locks import hold_days
from makegood.days.rules import morning_of
from makegood.days.selectors import find_first_day
from makegood.days.services.play import play_days, require_demo
from makegood.days.services.work_day import OnDay
from makegood.demo.acts import Acts
from makegood.demo.cards import give_methods
from makegood.gateways.selectors import list_gateways
from makegood.gateways.services.balance import fetch_balance
from makegood.invoices.models import BillingSettings
from makegood.invoices.services.billing_cycle import set_billing_cycle
from makegood.invoices.services.settings import change_billing_settings
from makegood.kit.clock import frozen_clock, today_in
from makegood.kit.sql import run_sql
from makegood.providers.models import Membership, Provider
from makegood.providers.selectors import list_staff

MONTHS = 3
EVERY_NTH_ON_ITS_ANNIVERSARY = 120


def first_day_of_play(today: date) -> date:
    """The day three months before, or the last one of a shorter month."""
    months = today.year * 12 + today.month - 1 - MONTHS
    year, month = divmod(months, 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def play_demo(*, provider: Provider, on_day: OnDay = lambda day: None) -> bool:
    """Plays what is missing of the demo provider's days up to today; the same each time for the same day.

    Opens transactions. Returns False if nothing was done because somebody else works the days. Refused for a provider
    that is no demo.
    """
    require_demo(provider)
    with hold_days(provider.pk) as hold:
        if hold is None:
            return False
        today = today_in(provider.timezone)
        first = _first_day(provider, today)
        with _without_waiting_for_the_disk():
            with frozen_clock(morning_of(first, provider.timezone)):
                _set_up(provider, first)
            acts = Acts(first, _member(provider, "billing"), _member(provider, "manager"))
            played = play_days(provider=provider, first=first, until=today, on_day=on_day, act=acts.on)
            for gateway in list_gateways(provider).select_related("provider"):
                fetch_balance(gateway=gateway)
            return played


@contextmanager
def _without_waiting_for_the_disk() -> Iterator[None]:
    """What a power cut takes away of a play is played again."""
    run_sql("SET synchronous_commit = off")
    try:
        yield
    finally:
        run_sql("RESET synchronous_commit")


def _first_day(provider: Provider, today: date) -> date:
    begun = find_first_day(provider)
    return first_day_of_play(today) if begun is None else begun.day


def _set_up(provider: Provider, first: date) -> None:
    """How the provider bills, unless somebody has said so already."""
    if BillingSettings.objects.filter(provider=provider).exists():
        return
    change_billing_settings(
        membership=_member(provider, "admin"),
        invoices_from=(first + timedelta(days=31)).replace(day=1),
        late_fee="fixed",
        late_fee_minor=500,
        late_fee_grace_days=5,
        reminder_days=[3, 10],
        suspend_after_days=21,
        next_number=10_001,
    )
    customers = Customer.objects.filter(provider=provider, status="active").order_by("number")
    for customer in list(customers)[::EVERY_NTH_ON_ITS_ANNIVERSARY]:
        set_billing_cycle(membership=_member(provider, "billing"), customer=customer, cycle="anniversary")
    give_methods(admin=_member(provider, "admin"), billing=_member(provider, "billing"))


def _member(provider: Provider, role: str) -> Membership:
    """The demo's member of the staff with this role, whoever else has been added."""
    return list_staff(provider).select_related("provider").get(staff__email=f"{role}@demo.example")
