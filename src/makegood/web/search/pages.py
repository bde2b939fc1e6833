"""The search in the top bar, and the same as a page."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from makegood.web.frame.staff_request import StaffRequest
from makegood.web.search.finding import find_everything, find_meant

BOX = "finder-results"
MOST_IN_BOX = 5
MOST_ON_PAGE = 20


@require_safe
def search(request: StaffRequest) -> HttpResponse:
    """Records and menu entries that match `q`. Who types a number in full is taken to its record."""
    text = request.GET.get("q", "").strip()
    is_box = bool(request.htmx) and request.htmx.target == BOX
    groups = find_everything(request.membership, text, MOST_IN_BOX if is_box else MOST_ON_PAGE, thorough=not is_box)
    context = {"text": text, "groups": groups, "found": sum(len(group.results) for group in groups)}
    if is_box:
        return render(request, "search/_results.html", context)
    meant = find_meant(groups)
    return redirect(meant.url) if meant else render(request, "search/page.html", context)
