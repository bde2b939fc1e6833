"""What is answered when a request fails: calm words where the database is away, else the page for errors."""

import sys

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers
from django.views.defaults import server_error
from django_htmx.http import HttpResponseClientRefresh

from makegood.kit.database_errors import is_database_away
from makegood.web.frame.appearance import find_appearance
from makegood.web.frame.middleware import is_page_of_another_person, page_before

RETRY_AFTER_SECONDS = 60
NOT_ALLOWED = "Your role does not include this. Ask a manager or an administrator of your service provider."
NOT_FOUND = "This does not exist. It may have been moved, or it belongs to a service provider that you do not work for."
WENT_WRONG = "Something went wrong. Look whether it was done before you try again."
OUT_OF_DATE = (
    "You logged in again in another tab, so this form was out of date. Nothing was changed and what you typed is still"
    " here: look it over and send it again."
)
PRESENT_TOKEN = "X-Makegood-Token"
"""With this header a refused form is told the token that it needs."""
DATABASE_AWAY = "The database does not answer at the moment. Try again in a minute."


def answer_failure(request: HttpRequest) -> HttpResponse:
    """The handler of all errors that nobody caught; Django calls it while the error is being handled."""
    error = sys.exc_info()[1]
    if error is None or not is_database_away(error):
        return _sentence(WENT_WRONG, 500) if _is_partial(request) else server_error(request)
    if _is_partial(request):
        response = _sentence(DATABASE_AWAY, 503)
    else:
        # Without the request: who acts and what there is to say to them lies in the database.
        context = {"appearance": find_appearance(request), "sentence": DATABASE_AWAY}
        response = HttpResponse(render_to_string("503.html", context), status=503)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    add_never_cache_headers(response)
    return response


def answer_not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The handler of refusals: the sentence that says why, and who could do it."""
    said = str(exception) if isinstance(exception, PermissionDenied) else ""
    if _is_partial(request):
        return _sentence(said or NOT_ALLOWED, 403)
    return render(request, "403.html", {"sentence": said or NOT_ALLOWED}, status=403)


def answer_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The handler of addresses and records that do not exist, or not for the person."""
    if _is_partial(request):
        return _sentence(NOT_FOUND, 404)
    return render(request, "404.html", status=404)


def answer_stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The handler of forms whose token is not the present one: as a rule somebody logged in again in another tab.

    Nothing that was typed is lost: a partial request is told the present token, a page is shown the way back. Other
    sites' forms get the same answer, which they cannot read.
    """
    if not _is_partial(request):
        return render(request, "403_csrf.html", {"back_to": page_before(request)}, status=403)
    if is_page_of_another_person(request):
        return HttpResponseClientRefresh()
    response = _sentence(OUT_OF_DATE, 403)
    response.headers[PRESENT_TOKEN] = get_token(request)
    return response


def _is_partial(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _sentence(sentence: str, status: int) -> HttpResponse:
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
