"""Who acts, and for which provider; asked anew at every request."""

from collections.abc import Callable
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit, urlunsplit

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from makegood.providers.selectors import list_memberships_of
from makegood.web.frame.staff_request import StaffRequest

PROVIDER_IN_SESSION = "provider_id"
PROVIDER_OF_PAGE = "X-Makegood-Provider"
"""With this header a partial request says which provider the page it stands on belongs to."""
STAFF_OF_PAGE = "X-Makegood-Staff"
"""With this header a partial request says whose page it stands on."""
IN_THE_BACKGROUND = "bell-count"
"""The part of a page that asks by itself; it does not take anybody away from what they are typing."""
SESSION_ENDED = "Your session has ended. Log in again to go on; what you typed is kept."

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

Page = Callable[..., HttpResponseBase]
AnyPage = TypeVar("AnyPage", bound=Page)


def without_membership(page: AnyPage) -> AnyPage:
    """Marks a page that a person without any active membership may use too."""
    page.needs_membership = False  # type: ignore[attr-defined]  # a mark on a function, as Django's own marks are
    return page


class LogInRequired(LoginRequiredMiddleware):
    """Every page needs a log-in unless marked `login_not_required`. A partial request leaves the whole page."""

    def process_view(self, request: HttpRequest, view_func: Page, *arguments: Any) -> HttpResponseBase | None:
        # The mark first: who asks is in the database, which marked pages such as /health must do without.
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, *arguments)

    def handle_no_permission(  # type: ignore[override]  # a redirect too, but one that the page carries out
        self, request: HttpRequest, view_func: Page
    ) -> HttpResponseBase:
        partial = cast(StaffRequest, request).htmx
        if not partial:
            if request.method in SAFE_METHODS:
                return super().handle_no_permission(request, view_func)
            # What was sent cannot be asked for again; the page that it was sent from can.
            messages.warning(request, SESSION_ENDED)
            return redirect_to_login(page_before(request))
        if partial.target == IN_THE_BACKGROUND:
            return HttpResponse(SESSION_ENDED, status=401, content_type="text/plain; charset=utf-8")
        # An open window is part of the page's address.
        back_to = partial.current_url_abs_path or resolve_url("/")
        return HttpResponseClientRedirect(redirect_to_login(back_to).url)


def page_before(request: HttpRequest) -> str:
    """The page of ours that a form was sent from; the start page where that is not known."""
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()}):
        return resolve_url("/")
    parts = urlsplit(referer)
    return urlunsplit(("", "", parts.path, parts.query, "")) or resolve_url("/")


class ActingMembership:
    """Gives a request its `membership` and `memberships`; no page that needs them is reached without."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Not after the answer: a file is still being written on the provider's clock while it is sent.
        timezone.deactivate()
        response = self.get_response(request)
        # What a person saw must not come back from a cache, nor by the back button after the log-out.
        add_never_cache_headers(response)
        return response

    def process_view(self, request: StaffRequest, page: Page, *arguments: Any) -> HttpResponseBase | None:
        if not getattr(page, "login_required", True) or not request.user.is_authenticated:
            return None
        if request.htmx and is_page_of_another_person(request):
            return HttpResponseClientRefresh()
        chosen = request.session.get(PROVIDER_IN_SESSION)
        has_chosen_one = _resolve(request, chosen)
        if request.memberships:
            # Pages tell the time by the provider's clock.
            timezone.activate(request.membership.provider.timezone)
        if not getattr(page, "needs_membership", True):
            return None
        if not request.memberships:
            return (
                HttpResponseClientRefresh()
                if request.htmx
                else render(request, "access/no_membership.html", status=403)
            )
        if chosen is not None and not has_chosen_one:
            provider = request.membership.provider
            messages.warning(request, f"You no longer have access to the other provider. This is {provider.name}.")
            return HttpResponseClientRedirect("/") if request.htmx else redirect("/")
        if request.htmx and request.headers.get(PROVIDER_OF_PAGE) != request.membership.provider.slug:
            # The provider was changed in another tab; this page shows the old one and must not mix them.
            return HttpResponseClientRefresh()
        return None


def is_page_of_another_person(request: HttpRequest) -> bool:
    """Whether somebody else logged in, in another tab, since the page of this partial request was made."""
    made_for = request.headers.get(STAFF_OF_PAGE)
    return made_for is not None and made_for != str(request.user.pk)


def _resolve(request: StaffRequest, chosen: int | None) -> bool:
    """Sets the memberships and the one acted by: the chosen, else the first. Says whether it is the chosen one."""
    request.memberships = list(list_memberships_of(cast(int, request.user.pk)))
    for membership in request.memberships:
        if membership.provider_id == chosen:
            request.membership = membership
            return True
    if request.memberships:
        request.membership = request.memberships[0]
        request.session[PROVIDER_IN_SESSION] = request.membership.provider_id
    return False
