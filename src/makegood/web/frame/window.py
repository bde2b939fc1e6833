"""A form as a window over the page it was opened from, and as a page of its own: the same address, the same template.

A template of a window extends the variable `window_base`. A link with ``data-window`` opens its address as a window;
without JavaScript it leads to the page.
"""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import HttpResponseClientRedirect

from makegood.web.frame.staff_request import StaffRequest

WINDOW = "window-content"
"""What a partial request of a window names as its target."""


def show_window(request: StaffRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """The window, or the page around it. A form that was refused is shown again with status 422."""
    in_window = bool(request.htmx) and request.htmx.target == WINDOW
    base = "frame/window.html" if in_window else "frame/window_page.html"
    return render(request, template, {**context, "window_base": base, "in_window": in_window}, status=status)


def leave_window(request: StaffRequest, url: str) -> HttpResponse:
    """Goes on to another page when the window's work is done."""
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
