"""Reads of the Notifications area. Everybody reads their own only."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from makegood.kit.refusal import Refused
from makegood.notifications.models import Notification

MOST_COUNTED = 99
"""More than this are not counted: who has so many unread ones is not helped by the number."""


def list_notifications(provider_id: int, staff_id: int) -> QuerySet[Notification]:
    """The person's notifications with the provider, newest first."""
    return Notification.objects.filter(provider_id=provider_id, staff_id=staff_id).order_by("-id")


def list_unread(provider_id: int, staff_id: int) -> list[Notification]:
    """The person's unread notifications, newest first; one more than `MOST_COUNTED` at most. One query."""
    unread = list_notifications(provider_id, staff_id).filter(read_at=None)
    return list(unread.defer("body")[: MOST_COUNTED + 1])


def count_unread(provider_id: int, staff_id: int) -> int:
    """How many the person has not read; `MOST_COUNTED` + 1 where there are more."""
    return len(list_unread(provider_id, staff_id))


def get_notification(provider_id: int, staff_id: int, pk: int) -> Notification:
    """The person's notification of that id; Refused if there is none, whoever else has it."""
    notification = list_notifications(provider_id, staff_id).filter(pk=pk).first()
    if notification is None:
        raise Refused("notification_unknown", "There is no such notification.", "notification")
    return notification


def find_unread_since(
    provider_id: int, staff_ids: Collection[int], subject_types: Collection[str], since: datetime
) -> dict[datetime, list[int]]:
    """Who of these people has not read a notification about such subjects that came after that moment, by when it came.

    Each stands once, with the newest. One query.
    """
    found = Notification.objects.filter(
        provider_id=provider_id,
        staff_id__in=staff_ids,
        subject_type__in=subject_types,
        read_at=None,
        created_at__gt=since,
    )
    newest = dict(found.order_by("id").values_list("staff_id", "created_at"))
    by_moment: dict[datetime, list[int]] = defaultdict(list)
    for staff_id, created_at in newest.items():
        by_moment[created_at].append(staff_id)
    return dict(by_moment)
