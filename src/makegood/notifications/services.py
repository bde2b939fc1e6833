"""Telling staff."""

from collections.abc import Iterable

from makegood.kit.clock import now
from makegood.kit.transactions import demand_transaction
from makegood.notifications.models import Notification


def notify(
    *,
    provider_id: int,
    staff_ids: Iterable[int],
    level: str,
    title: str,
    body: str,
    subject_type: str,
    subject_id: int,
) -> None:
    """Puts one entry into the Notifications area of each person. Demands a transaction, the one of the result."""
    demand_transaction()
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
