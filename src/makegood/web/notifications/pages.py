"""Pages of the Notifications area."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from makegood.notifications.models import Notification
from makegood.notifications.selectors import list_notifications
from makegood.notifications.services import mark_all_read, mark_read, mark_unread
from makegood.web.frame.finding import or_404
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.frame.unread import find_unread
from makegood.web.notifications.subjects import ICONS, find_subject_url

PAGE_ROWS = 40
NEWEST_ROWS = 8
MOST_TOASTS = 3
SHOWN = {"all": "All", "unread": "Unread", "read": "Read"}


@dataclass(frozen=True)
class Item:
    """A notification as it is listed; url: None where its subject has no page."""

    notification: Notification
    icon: str
    url: str | None


def _items(notifications: Iterable[Notification]) -> list[Item]:
    return [Item(each, ICONS[each.level], find_subject_url(each)) for each in notifications]


def _number(given: QueryDict, name: str) -> int | None:
    text = given.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


@require_safe
def show_all(request: StaffRequest) -> HttpResponse:
    """All notifications of the person with the provider, newest first: all, unread or read."""
    membership = request.membership
    chosen = request.GET.get("show", "all")
    chosen = chosen if chosen in SHOWN else "all"
    found = list_notifications(membership.provider_id, membership.staff_id)
    if chosen != "all":
        found = found.filter(read_at__isnull=chosen == "unread")
    before = _number(request.GET, "before")
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found[: PAGE_ROWS + 1])
    items = _items(rows[:PAGE_ROWS])
    context = {
        "items": items,
        "chosen": chosen,
        "choices": SHOWN,
        "before": before,
        "older": items[-1].notification.pk if len(rows) > PAGE_ROWS else None,
    }
    return render(request, "notifications/list.html", context)


@require_safe
def show_newest(request: StaffRequest) -> HttpResponse:
    """The newest ones, for the bell."""
    membership = request.membership
    rows = list(list_notifications(membership.provider_id, membership.staff_id)[:NEWEST_ROWS])
    latest = rows[0].pk if rows else 0
    return render(request, "notifications/_newest.html", {"items": _items(rows), "latest": latest})


@require_safe
def look(request: StaffRequest) -> HttpResponse:
    """The bell's count, and what has come since `after`; nothing where both are as the page knows them."""
    after = _number(request.GET, "after") or 0
    unread = find_unread(request.membership, known=after)
    if unread.latest == after and unread.count == _number(request.GET, "count"):
        return HttpResponse(status=204)
    new = [each for each in unread.newest if each.pk > after]
    context = {"unread": unread, "new": _items(new[:MOST_TOASTS]), "more": max(len(new) - MOST_TOASTS, 0)}
    return render(request, "notifications/_look.html", context)


@require_safe
def open_one(request: StaffRequest, pk: int) -> HttpResponse:
    """Marks it as read and goes to its subject."""
    membership = request.membership
    notification = or_404(
        mark_read, provider_id=membership.provider_id, staff_id=membership.staff_id, notification_id=pk
    )
    return redirect(find_subject_url(notification) or reverse("notifications"))


@require_POST
def read_one(request: StaffRequest, pk: int) -> HttpResponse:
    """Marks one as read."""
    return _mark(request, pk, mark_read)


@require_POST
def unread_one(request: StaffRequest, pk: int) -> HttpResponse:
    """Marks one as not read."""
    return _mark(request, pk, mark_unread)


def _mark(request: StaffRequest, pk: int, mark: Callable[..., Notification]) -> HttpResponse:
    membership = request.membership
    notification = or_404(mark, provider_id=membership.provider_id, staff_id=membership.staff_id, notification_id=pk)
    if not request.htmx:
        return redirect(_back_to(request))
    context = {"item": _items([notification])[0], "unread": find_unread(membership, known=notification.pk)}
    return render(request, "notifications/_marked.html", context)


@require_POST
def read_all(request: StaffRequest) -> HttpResponse:
    """Marks all that the person has seen as read."""
    membership = request.membership
    count = mark_all_read(
        provider_id=membership.provider_id, staff_id=membership.staff_id, up_to=_number(request.POST, "up_to")
    )
    if count == 0:
        messages.success(request, "There was nothing unread.")
    else:
        messages.success(request, f"{count:,} notification{'s are' if count > 1 else ' is'} marked as read.")
    return redirect(_back_to(request))


def _back_to(request: HttpRequest) -> str:
    next_url = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(next_url, allowed_hosts={request.get_host()})
    return next_url if is_ours else reverse("notifications")
