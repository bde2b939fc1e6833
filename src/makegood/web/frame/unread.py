"""The bell in the top bar: how many notifications a person has not read, and up to which they are known."""

from dataclasses import dataclass

from makegood.notifications.models import Notification
from makegood.notifications.selectors import MOST_COUNTED, list_unread
from makegood.providers.models import Membership


@dataclass(frozen=True)
class Unread:
    """newest: the unread ones, newest first. latest: the highest id the page knows of, read or not."""

    newest: list[Notification]
    latest: int

    @property
    def count(self) -> int:
        return len(self.newest)

    @property
    def shown(self) -> str:
        return f"{MOST_COUNTED}+" if self.count > MOST_COUNTED else str(self.count)


def find_unread(membership: Membership, known: int = 0) -> Unread:
    """What the person has not read. known: the highest id that the page knew of before. One query."""
    newest = list_unread(membership.provider_id, membership.staff_id)
    return Unread(newest, max([known, *(each.pk for each in newest[:1])]))
