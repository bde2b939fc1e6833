"""Playing the days of a demo provider, each as if it were that day."""

from collections.abc import Callable
from datetime import date, timedelta

from makegood.days.locks import hold_days
from makegood.days.models import ProviderDay
from makegood.days.rules import morning_of
from makegood.days.selectors import find_last_day
from makegood.days.services.work_day import OnDay, work_days
from makegood.kit.clock import frozen_clock
from makegood.kit.refusal import Refused
from makegood.providers.models import Provider

Act = Callable[[date], None]
"""What people do on a day, once its own work is done."""


def play_days(
    *, provider: Provider, first: date, until: date, on_day: OnDay = lambda day: None, act: Act = lambda day: None
) -> bool:
    """Works the days of a demo provider up to `until`, which may lie before or after today, each in its own morning.

    Opens transactions. first: where the provider has had no day yet. act: called on each day after its work, at the
    same hour. Returns False if nothing was done because somebody else works the days. Refused for a provider that is no
    demo: what is booked would be dated on days that were not, or have not been.
    """
    require_demo(provider)
    with hold_days(provider.pk) as hold:
        if hold is None:
            return False
        while (day := _next(provider, first)) <= until:
            with frozen_clock(morning_of(day, provider.timezone)):
                worked: list[ProviderDay] = []
                work_days(provider=provider, until=day, on_day=worked.append)
                for one in worked:
                    on_day(one)
                if not worked or not worked[-1].is_finished:
                    return True
                act(day)
    return True


def require_demo(provider: Provider) -> None:
    """Refused for a provider that is no demo."""
    if not provider.is_demo:
        raise Refused("provider_not_demo", f"{provider.name} is not a demo provider; its days come by themselves.")


def _next(provider: Provider, first: date) -> date:
    last = find_last_day(provider)
    if last is None:
        return first
    return last.day if not last.is_finished else last.day + timedelta(days=1)
