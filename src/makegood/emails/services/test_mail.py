"""An e-mail to oneself, to see how it arrives. It is no message to a customer and leaves no trace in the outbox."""

from email.utils import formataddr
from smtplib import SMTPException

from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from makegood.audit.services import record
from makegood.customers.models import Customer
from makegood.emails.kinds import Texts
from makegood.emails.preview import preview
from makegood.emails.selectors import get_email_settings, get_known_kind, has_smtp
from makegood.emails.services.rendering import Content
from makegood.emails.services.templates import DOING, TextsRefused, check_texts, clean_texts
from makegood.kit.refusal import Refused
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.providers.selectors import require_right


def send_test_mail(
    *, membership: Membership, name: str, language: str, texts: Texts, customer: Customer | None = None
) -> str:
    """Sends the e-mail with these texts to the person; returns the address. Outside of any transaction.

    customer: whose data fill it; an example's if left out. Refused for texts that no e-mail can be made from, without
    a mail server, and, in the server's words, where the server does not take it.
    """
    require_right(membership, Right.SETTINGS, DOING)
    kind = get_known_kind(name)
    texts = clean_texts(texts)
    if problems := check_texts(kind, membership, texts, language):
        raise TextsRefused(problems)
    if not has_smtp():
        raise Refused("no_mail_server", "No mail server is set, so no e-mail can be sent. The preview works without.")
    content = preview(kind, membership.provider, texts, language, customer)
    address = membership.staff.email
    _send(membership, content, address)
    with transaction.atomic():
        record(
            provider_id=membership.provider_id,
            staff_id=membership.staff_id,
            action="email_template.tested",
            subject_type="email_template",
            subject_id=None,
            detail={"template": kind.name, "language": language},
        )
    return address


def _send(membership: Membership, content: Content, address: str) -> None:
    own = get_email_settings(membership.provider)
    name = " ".join((own.sender_name or membership.provider.name).split())
    mail = EmailMultiAlternatives(
        f"Test: {content.subject}",
        content.text,
        # Without an address of the provider's own, the one of the installation.
        formataddr((name, own.sender_address)) if own.sender_address else None,
        [address],
        reply_to=[own.reply_to] if own.reply_to else None,
    )
    if content.html:
        mail.attach_alternative(content.html, "text/html")
    try:
        mail.send()
    except (OSError, SMTPException) as error:
        words = " ".join(str(error).split())[:300] or type(error).__name__
        raise Refused("mail_refused", f"The mail server did not take the e-mail. It answered: {words}") from error
