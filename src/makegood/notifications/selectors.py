"""Reads of the Notifications area."""

from django.db.models import QuerySet

from makegood.notifications.models import Notification


def list_notifications(provider_id: int, staff_id: int) -> QuerySet[Notification]:
    """The person's notifications with the provider, newest first."""
    return Notification.objects.filter(provider_id=provider_id, staff_id=staff_id).order_by("-id")
