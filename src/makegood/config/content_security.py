"""Tells browsers to load nothing from outside and to run no script written into a page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from makegood.kit.content_security import POLICY


class ContentSecurityMiddleware:
    """Adds the header Content-Security-Policy to every answer that has none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response
