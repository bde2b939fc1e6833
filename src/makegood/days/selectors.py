"""Reads of providers' days."""

from datetime import date

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from makegood.days.models import ProviderDay
from makegood.kit.clock import today_in
from makegood.providers.models import Provider
from makegood.providers.selectors import list_providers


def list_days(provider: Provider) -> QuerySet[ProviderDay]:
    """The provider's days, newest first."""
    return ProviderDay.objects.filter(provider=provider).order_by("-day")


def find_first_day(provider: Provider) -> ProviderDay | None:
    """The day with which the provider's days began, or None."""
    return list_days(provider).last()


def find_last_day(provider: Provider) -> ProviderDay | None:
    """The newest day that has begun, or None."""
    return list_days(provider).first()


def find_days_to_work() -> list[Provider]:
    """Providers with a day that is begun and not finished, or that has come and is not begun. One query.

    The first day of a demo provider is not begun by itself: it is played (`makegood demo play`, `makegood tick`).
    """
    days = ProviderDay.objects.filter(provider=OuterRef("pk"))
    last = Subquery(days.order_by("-day").values("day")[:1])
    providers = list_providers().annotate(last_day=last, has_begun=Exists(days.filter(finished_at=None)))
    return [each for each in providers if each.has_begun or _has_come(each, each.last_day)]


def _has_come(provider: Provider, last: date | None) -> bool:
    return not provider.is_demo if last is None else last < today_in(provider.timezone)
