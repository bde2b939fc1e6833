"""What every page shows around its own content."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from makegood.providers.models import Membership
from makegood.providers.rules import rights_of
from makegood.web.frame.appearance import CHOICES, find_appearance
from makegood.web.frame.banners import list_banners
from makegood.web.frame.middleware import PROVIDER_OF_PAGE, STAFF_OF_PAGE
from makegood.web.frame.navigation import list_links
from makegood.web.frame.unread import find_unread

SCRIPTS = tuple(f"makegood/{name}.js" for name in ("makegood", "answers", "keep", "window", "live", "search", "lists"))


def frame(request: HttpRequest) -> dict[str, Any]:
    """For all templates: who acts, what they may do (`rights`), the navigation, light or dark.

    What only whole pages show is found when it is shown.
    """
    membership: Membership | None = getattr(request, "membership", None)
    context = {
        "membership": membership,
        "memberships": getattr(request, "memberships", []),
        "provider": membership.provider if membership else None,
        "rights": rights_of(membership.role) if membership else frozenset(),
        "provider_header": PROVIDER_OF_PAGE,
        "staff_header": STAFF_OF_PAGE,
        "appearance": find_appearance(request),
        "appearances": CHOICES,
        "scripts": SCRIPTS,
    }
    if membership:
        context |= {
            "navigation": SimpleLazyObject(lambda: list_links(membership, request.path)),
            "banners": SimpleLazyObject(lambda: list_banners(membership)),
            "unread": SimpleLazyObject(lambda: find_unread(membership)),
        }
    return context
