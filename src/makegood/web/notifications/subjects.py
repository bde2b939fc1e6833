"""Where a notification leads: the page of what it is about."""

from django.urls import reverse

from makegood.notifications.models import Notification

ADDRESSES = {"run": "run", "import": "import"}
"""Types of subjects, with the name of their page's address, which takes the subject's id."""

LISTS = {"emails": "emails", "provider_day": "days"}
"""Types of subjects that are a whole list, with the name of the list's address."""

ICONS = {"success": "circle-check", "warning": "triangle-alert", "error": "circle-x"}


def find_subject_url(notification: Notification) -> str | None:
    """The address of the subject's page; None for a subject that has no page."""
    if notification.subject_type in LISTS:
        return reverse(LISTS[notification.subject_type])
    name = ADDRESSES.get(notification.subject_type)
    return reverse(name, args=[notification.subject_id]) if name else None
