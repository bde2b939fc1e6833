"""Slows down who guesses passwords: few tries for a person at an address, many for an address as a whole."""

from datetime import timedelta
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class LoginThrottle(AxesDatabaseHandler):
    """Locks as configured, and beyond that an address that has failed for many persons."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        if super().is_locked(request, credentials):
            return True
        return _count_failures_at_address(request) >= settings.MAKEGOOD_LOGIN_FAILURES_PER_ADDRESS


def answer_locked(request: HttpRequest, response: HttpResponse, credentials: dict[str, Any] | None) -> HttpResponse:
    """The page that is shown instead of `response` to who is locked, saying how long at most."""
    pause: timedelta = settings.AXES_COOLOFF_TIME
    locked = render(request, "access/too_many_attempts.html", {"cooloff_timedelta": pause}, status=429)
    locked.headers["Retry-After"] = str(int(pause.total_seconds()))
    return locked


def _count_failures_at_address(request: HttpRequest) -> int:
    address = getattr(request, "axes_ip_address", None)
    if address is None:
        return 0
    recent = AccessAttempt.objects.filter(ip_address=address, attempt_time__gte=get_cool_off_threshold(request))
    return int(recent.aggregate(total=Sum("failures_since_start"))["total"] or 0)


def name_person(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The e-mail address as typed at the log-in, without regard to case."""
    typed = (credentials or {}).get("username") or request.POST.get("username") or ""
    return str(typed).strip().casefold()
