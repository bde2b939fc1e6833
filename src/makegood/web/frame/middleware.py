"""Who acts, and for which provider; asked anew at every request."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.cache import add_never_cache_headers
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from makegood.providers.selectors import list_memberships_of
from makegood.web.frame.staff_request import StaffRequest

PROVIDER_IN_SESSION = "provider_id"
PROVIDER_OF_PAGE = "X-Makegood-Provider"
"""With this header a partial request says which provider the page it stands on belongs to."""

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
            return super().handle_no_permission(request, view_func)
        back_to = partial.current_url_abs_path or resolve_url("/")
        return HttpResponseClientRedirect(redirect_to_login(back_to).url)


class ActingMembership:
    """Gives a request its `membership` and `memberships`; no page that needs them is reached without."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        # What a person saw must not come back from a cache, nor by the back button after the log-out.
        add_never_cache_headers(response)
        return response

    def process_view(self, request: StaffRequest, page: Page, *arguments: Any) -> HttpResponseBase | None:
        if not getattr(page, "login_required", True) or not request.user.is_authenticated:
            return None
        chosen = request.session.get(PROVIDER_IN_SESSION)
        has_chosen_one = _resolve(request, chosen)
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
