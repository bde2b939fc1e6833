"""The link by which a person chooses a password: shown once, and sent where there is a mail server."""

import logging
from smtplib import SMTPException
from typing import Any

from django.core.mail import send_mail

from makegood.emails.selectors import has_smtp
from makegood.providers.invitations import link_lifetime
from makegood.providers.models import Membership
from makegood.web.frame.staff_request import StaffRequest

IN_SESSION = "password_link"

log = logging.getLogger(__name__)


def keep_link(request: StaffRequest, member: Membership, url: str) -> None:
    """Keeps the link in the session of who made it, until the next page of staff."""
    request.session[IN_SESSION] = {"member": member.pk, "provider": member.provider_id, "email": member.staff.email} | {
        "url": url
    }


def take_link(request: StaffRequest) -> dict[str, Any] | None:
    """The link, which is then forgotten; with its lifetime in hours. None if there is none for this provider."""
    link: dict[str, Any] | None = request.session.pop(IN_SESSION, None)
    if link is None or link["provider"] != request.membership.provider_id:
        return None
    return link | {"hours": int(link_lifetime().total_seconds()) // 3600}


def send_link(member: Membership, url: str) -> str:
    """Sends the link to the person if mail can be sent here; returns what became of it, in words."""
    if not has_smtp():
        return "Copy it below and pass it on."
    staff, provider = member.staff, member.provider
    hours = int(link_lifetime().total_seconds()) // 3600
    text = (
        f"Hello {staff.name or staff.email},\n\nyou can now work with Makegood for {provider.name}. Choose your "
        f"password here:\n\n{url}\n\nThe link works once, and for {hours} hours. "
        "If you did not expect it, do nothing.\n"
    )
    try:
        send_mail(f"Makegood: choose your password for {_line(provider.name)}", text, None, [staff.email])
    except (OSError, SMTPException) as error:
        log.warning("The link for a member of the staff could not be sent: %s", error)
        return (
            "It could not be sent, because the mail server refused it or does not answer. Copy it below and pass it on."
        )
    return f"It is sent to {staff.email}, and stands below too."


def _line(text: str) -> str:
    return " ".join(text.split())
