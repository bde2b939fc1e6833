"""Telling staff, and what they have read of it.

Whether a notification is read is told by `read_at` alone: it concerns nobody but its reader, so it leaves no entry
in the audit log.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from makegood.kit.clock import now
from makegood.kit.transactions import demand_transaction
from makegood.notifications.models import Notification
from makegood.notifications.selectors import get_notification, list_notifications


def notify(
    *,
    provider_id: int,
    staff_ids: Iterable[int],
    level: str,
    title: str,
    body: str,
    subject_type: str,
    subject_id: int,
    once: bool = False,
    by_title: bool = False,
    fresh_for: timedelta | None = None,
) -> None:
    """Puts one entry into the Notifications area of each person. Demands a transaction, the one of the result.

    once: whoever has not read the last one about the same subject gets no second: that one says the newest instead.
    by_title: only the last one of this title, where others about the same subject say something else.
    fresh_for: one that is older than this counts as read then, and a new one stands above all others.
    """
    demand_transaction()
    if once:
        staff_ids = list(staff_ids)
        unread = Notification.objects.filter(staff_id__in=staff_ids, provider_id=provider_id, read_at=None)
        unread = unread.filter(subject_type=subject_type, subject_id=subject_id)
        if by_title:
            unread = unread.filter(title=title)
        if fresh_for is not None:
            unread.filter(created_at__lte=now() - fresh_for).update(read_at=now())
        told = set(unread.values_list("staff_id", flat=True))
        unread.update(level=level, title=title, body=body)
        staff_ids = [each for each in staff_ids if each not in told]
    Notification.objects.bulk_create(
        Notification(
            provider_id=provider_id,
            staff_id=staff_id,
            level=level,
            title=title,
            body=body,
            subject_type=subject_type,
            subject_id=subject_id,
            created_at=now(),
        )
        for staff_id in dict.fromkeys(staff_ids)
    )


def retell(
    *,
    provider_id: int,
    staff_ids: Collection[int],
    subject_types: Collection[str],
    told_at: datetime,
    level: str,
    title: str,
    body: str,
    subject: tuple[str, int],
) -> None:
    """Brings up to date, where it stands, what these people have not read of such subjects since it came at `told_at`.

    Demands a transaction, the one of the result. subject: type and id of what it is about from now on.
    """
    demand_transaction()
    unread = Notification.objects.filter(provider_id=provider_id, staff_id__in=staff_ids, read_at=None)
    unread.filter(subject_type__in=subject_types, created_at=told_at).update(
        level=level, title=title, body=body, subject_type=subject[0], subject_id=subject[1]
    )


def mark_read(*, provider_id: int, staff_id: int, notification_id: int) -> Notification:
    """Marks the person's notification as read; when it was read first stays. One statement of its own.

    Refused where the person has no such notification.
    """
    mine = list_notifications(provider_id, staff_id)
    mine.filter(pk=notification_id, read_at=None).update(read_at=now())
    return get_notification(provider_id, staff_id, notification_id)


def mark_unread(*, provider_id: int, staff_id: int, notification_id: int) -> Notification:
    """Marks the person's notification as not read. Refused where the person has no such notification."""
    list_notifications(provider_id, staff_id).filter(pk=notification_id).update(read_at=None)
    return get_notification(provider_id, staff_id, notification_id)


def mark_all_read(*, provider_id: int, staff_id: int, up_to: int | None = None) -> int:
    """Marks all of the person's notifications as read and says how many were not.

    up_to: the newest that the person has seen; what came after it stays unread.
    """
    unread = list_notifications(provider_id, staff_id).filter(read_at=None)
    if up_to is not None:
        unread = unread.filter(pk__lte=up_to)
    return unread.update(read_at=now())
