"""Waking a worker for the outbox."""

from django.conf import settings

from makegood.kit.jobs import queue


def wake_sender() -> None:
    """Puts a job into the queue, in the transaction that is open if one is; none if no mail server is named."""
    if settings.MAKEGOOD_SMTP is not None:
        queue.configure_task("emails.send", allow_unknown=False).defer()
