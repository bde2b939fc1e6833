"""Where a notification leads: the page of what it is about."""

from django.urls import reverse
from django.utils import timezone

from makegood.notifications.models import Notification
from makegood.payments.reconciling import days_compared

ADDRESSES = {
    "run": "run",
    "import": "import",
    "payment": "payment",
    "disputed_payment": "payment",
    "returned_payment": "payment",
    "customer": "customer",
    "gateway_event": "gateway-event",
}
"""Types of subjects, with the name of their page's address, which takes the subject's id."""

LISTS = {
    "emails": "emails",
    "provider_day": "days",
    "payments": "payments",
    "failed_payments": "failed-payments",
    "gateway": "gateway",
}
"""Types of subjects that are a whole list, or the page of settings that is wrong, with the name of its address."""

FILTERED = {"disputed_payments": "state=disputed", "returned_payments": "state=returned"}
"""Types of subjects that are payments in one state, with the filter of their list."""

ICONS = {"success": "circle-check", "warning": "triangle-alert", "error": "circle-x"}


def find_subject_url(notification: Notification) -> str | None:
    """The address of the subject's page; None for a subject that has no page."""
    if notification.subject_type == "clearing":
        first, last = days_compared(timezone.localdate(notification.created_at))
        return f"{reverse('clearing-report')}?from={first}&to={last}"
    if notification.subject_type in FILTERED:
        return f"{reverse('payments')}?{FILTERED[notification.subject_type]}"
    if notification.subject_type in LISTS:
        return reverse(LISTS[notification.subject_type])
    name = ADDRESSES.get(notification.subject_type)
    return reverse(name, args=[notification.subject_id]) if name else None
