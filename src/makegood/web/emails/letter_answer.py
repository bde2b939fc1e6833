"""Answers with the HTML of an e-mail, which somebody else has written: it can be looked at and can do nothing.

It stands in a frame of its own. Scripts, forms, links out of the frame and whatever would be loaded from elsewhere are
forbidden to it by its own policy, whoever opens it.
"""

from django.http import HttpResponse
from django.views.decorators.clickjacking import xframe_options_sameorigin

from makegood.web.frame.rights import Page

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox"
)


def in_a_frame(page: Page) -> Page:
    """For a page that stands in a frame of ours, and in nobody else's."""
    framed: Page = xframe_options_sameorigin(page)
    return framed


def answer_letter(html: str, *, status: int = 200) -> HttpResponse:
    """The HTML as it is, under the policy."""
    answer = HttpResponse(html, status=status)
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store"
    return answer
