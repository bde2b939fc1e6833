"""What everybody at a provider should know, above every page: such as that no mail can be sent.

A function that finds a banner is registered where its subject is. It is called for every whole page, so it has to be
cheap: settings, or what the request already knows.
"""

from collections.abc import Callable
from dataclasses import dataclass

from makegood.providers.models import Membership


@dataclass(frozen=True)
class Banner:
    """level: calm, warn or bad. url and words: where something can be done about it; empty where nothing can."""

    level: str
    text: str
    url: str = ""
    words: str = ""


FindBanner = Callable[[Membership], Banner | None]
_finders: list[FindBanner] = []


def register_banner(find: FindBanner) -> FindBanner:
    """Adds a function that finds a banner, or None where there is nothing to say."""
    if find not in _finders:
        _finders.append(find)
    return find


def list_banners(membership: Membership) -> list[Banner]:
    """All that there is to say to the person, in the order of registration."""
    found = [find(membership) for find in _finders]
    return [banner for banner in found if banner is not None]
