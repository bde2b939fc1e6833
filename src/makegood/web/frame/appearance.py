"""Light or dark: what the person chose, kept in the browser, known before the page is drawn."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

COOKIE = "makegood_appearance"
CHOICES = {"system": "As the system", "light": "Light", "dark": "Dark"}
YEAR_SECONDS = 365 * 24 * 3600


def find_appearance(request: HttpRequest) -> str:
    """The choice in the cookie, `system` without a valid one."""
    chosen = request.COOKIES.get(COOKIE, "system")
    return chosen if chosen in CHOICES else "system"


@login_not_required
@require_POST
def set_appearance(request: HttpRequest) -> HttpResponse:
    """Keeps the choice and goes back to the page it was made on. (With JavaScript the page does it by itself.)"""
    back_to = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back_to, allowed_hosts={request.get_host()}):
        back_to = "/"
    response = redirect(back_to)
    chosen = request.POST.get("appearance", "")
    if chosen in CHOICES:
        response.set_cookie(COOKIE, chosen, max_age=YEAR_SECONDS, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response
