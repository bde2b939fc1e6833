"""Which day it is for a provider."""

from datetime import date

from makegood.kit.clock import today_in
from makegood.providers.models import Provider


def today_of(provider: Provider) -> date:
    """The provider's day: the date in its time zone, and never before a day that has begun already.

    A clock that goes back does not take the provider back, and a demo provider can be ahead of the calendar.
    """
    today = today_in(provider.timezone)
    return today if provider.day_reached is None else max(today, provider.day_reached)


def is_played(provider: Provider) -> bool:
    """Whether the calendar of a demo provider lies behind: its days are played, or made up for, at this moment."""
    behind = provider.day_reached is not None and provider.day_reached < today_in(provider.timezone)
    return provider.is_demo and behind
