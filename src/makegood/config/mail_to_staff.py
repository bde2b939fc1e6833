"""Mail to staff (invitations, test mail), by Django's own means."""

from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from makegood.kit.refusal import Refused
from makegood.kit.smtp_url import Security, SmtpServer


class NoServer(BaseEmailBackend):
    """What mail goes to where no server is named: it is refused, not lost unseen."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise Refused(
            "no_mail_server",
            "This installation has no mail server, so nothing can be sent. "
            "The settings MAKEGOOD_SMTP_URL and MAKEGOOD_MAIL_FROM name one.",
        )


def django_mail(server: SmtpServer | None, mail_from: str) -> dict[str, Any]:
    """Django's settings for mail by this server."""
    if server is None:
        return {"EMAIL_BACKEND": f"{__name__}.NoServer", "DEFAULT_FROM_EMAIL": mail_from, "SERVER_EMAIL": mail_from}
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": server.host,
        "EMAIL_PORT": server.port,
        "EMAIL_HOST_USER": server.user,
        "EMAIL_HOST_PASSWORD": server.password,
        "EMAIL_USE_TLS": server.security is Security.STARTTLS,
        "EMAIL_USE_SSL": server.security is Security.TLS,
        "EMAIL_TIMEOUT": server.timeout_seconds,
        "DEFAULT_FROM_EMAIL": mail_from,
        "SERVER_EMAIL": mail_from,
    }
