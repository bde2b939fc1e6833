"""What every page shows around its own content."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from makegood.web.frame.appearance import CHOICES, find_appearance
from makegood.web.frame.middleware import PROVIDER_OF_PAGE


@dataclass(frozen=True)
class Entry:
    """One link of the navigation; icon: its name in the Lucide set."""

    title: str
    icon: str
    url: str
    current: bool


NAVIGATION = (("Operations", (("Customers", "users", "customers"),)),)
"""Sections of the navigation, each with its entries: title, icon, name of the address."""


def frame(request: HttpRequest) -> dict[str, Any]:
    """For all templates: who acts, the navigation, light or dark."""
    membership = getattr(request, "membership", None)
    return {
        "membership": membership,
        "memberships": getattr(request, "memberships", []),
        "provider": membership.provider if membership else None,
        "provider_header": PROVIDER_OF_PAGE,
        "appearance": find_appearance(request),
        "appearances": CHOICES,
        "navigation": _list_navigation(request.path),
    }


def _list_navigation(path: str) -> list[tuple[str, list[Entry]]]:
    sections = []
    for heading, entries in NAVIGATION:
        links = [(title, icon, reverse(name)) for title, icon, name in entries]
        sections.append((heading, [Entry(title, icon, url, path.startswith(url)) for title, icon, url in links]))
    return sections
