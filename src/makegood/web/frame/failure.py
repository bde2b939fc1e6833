"""What is answered when a request fails: calm words where the database is away, else the page for errors."""

import sys

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers
from django.views.defaults import server_error

from makegood.kit.database_errors import is_database_away
from makegood.web.frame.appearance import find_appearance

RETRY_AFTER_SECONDS = 60
DATABASE_AWAY = "The database does not answer at the moment. Try again in a minute."


def answer_failure(request: HttpRequest) -> HttpResponse:
    """The handler of all errors that nobody caught; Django calls it while the error is being handled."""
    error = sys.exc_info()[1]
    if error is None or not is_database_away(error):
        return server_error(request)
    if request.headers.get("HX-Request"):
        response = HttpResponse(DATABASE_AWAY, content_type="text/plain; charset=utf-8")
    else:
        # Without the request: who acts and what there is to say to them lies in the database.
        context = {"appearance": find_appearance(request), "sentence": DATABASE_AWAY}
        response = HttpResponse(render_to_string("503.html", context))
    response.status_code = 503
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    add_never_cache_headers(response)
    return response
