"""Reads of the outbox."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, QuerySet

from makegood.customers.models import Customer
from makegood.emails.kinds import EmailKind, find_kind
from makegood.emails.models import EmailSettings, EmailTemplate, EmailTemplateVersion, Message
from makegood.kit.refusal import Refused
from makegood.providers.models import Provider

DEFAULT_PER_MINUTE = 600
"""How many messages of a provider leave in a minute at most, where it has not said."""


@dataclass(frozen=True)
class MessageCount:
    """How many messages are in a state for a reason. reason: only of *not sent*; of all others it is empty."""

    state: str
    reason: str
    messages: int

    @property
    def words(self) -> str:
        """The state, and why, as a person reads it."""
        label = str(Message.State(self.state).label)
        return f"{label}: {self.reason.replace('_', ' ')}" if self.reason else label


def has_smtp() -> bool:
    """Whether a mail server is set, so that messages can leave."""
    return settings.MAKEGOOD_SMTP is not None


def list_messages(provider: Provider) -> QuerySet[Message]:
    """The provider's messages with their customers, newest first."""
    return Message.objects.select_related("customer").filter(provider=provider).order_by("-id")


def list_messages_of(customer: Customer) -> QuerySet[Message]:
    """What the customer has received or will receive, newest first."""
    return Message.objects.filter(provider_id=customer.provider_id, customer=customer).order_by("-id")


def get_message(provider: Provider, pk: int) -> Message:
    """The provider's message; Refused if there is none."""
    message = list_messages(provider).filter(pk=pk).first()
    if message is None:
        raise Refused("message_unknown", f"{provider.name} has no e-mail {pk}.", "message")
    return message


def has_waiting(provider_id: int) -> bool:
    """Whether messages of the provider wait to be sent; one look into an index."""
    return Message.objects.filter(provider_id=provider_id, state=Message.State.WAITING).exists()


def find_version(provider: Provider, pk: int | None) -> EmailTemplateVersion | None:
    """The version of a template that a message was made from; None for the built-in texts."""
    return EmailTemplateVersion.objects.filter(provider=provider, pk=pk).first() if pk else None


def count_messages(provider_id: int, cause_type: str, cause_id: int) -> list[MessageCount]:
    """How far the messages of one cause, such as a run, have come; one query over an index."""
    messages = Message.objects.filter(provider_id=provider_id, cause_id=cause_id, cause_type=cause_type)
    found = messages.values_list("state", "reason").annotate(messages=Count("pk"))
    counts: dict[tuple[str, str], int] = {}
    for state, reason, count in found:
        # Only *not sent* has a closed list of reasons.
        key = (state, reason if state == Message.State.NOT_SENT else "")
        counts[key] = counts.get(key, 0) + count
    order = [*Message.State.values, *Message.Reason.values]
    return [
        MessageCount(state, reason, count)
        for (state, reason), count in sorted(counts.items(), key=lambda item: (order.index(item[0][0]), item[0][1]))
    ]


def is_active(provider_id: int, kind: EmailKind) -> bool:
    """Whether the provider sends e-mail of that kind."""
    switch = EmailTemplate.objects.filter(provider_id=provider_id, name=kind.name).first()
    return kind.active if switch is None else switch.active


def get_known_kind(name: str) -> EmailKind:
    """The kind of e-mail of that name; Refused if there is none."""
    kind = find_kind(name)
    if kind is None:
        raise Refused("template_unknown", f"There is no e-mail template “{name}”.", "template")
    return kind


def list_versions(provider: Provider, name: str, language: str) -> QuerySet[EmailTemplateVersion]:
    """All that was saved of a template in a language, newest first, with who did it."""
    versions = EmailTemplateVersion.objects.select_related("created_by")
    return versions.filter(provider=provider, name=name, language=language).order_by("-number")


def find_current_version(provider: Provider, name: str, language: str) -> EmailTemplateVersion | None:
    """The version that counts; None where the language has no texts of its own (any more)."""
    newest = list_versions(provider, name, language).first()
    return None if newest is None or newest.withdrawn else newest


def find_last_number(provider: Provider, name: str, language: str) -> int:
    """The number of the newest version; 0 where there has never been one."""
    newest = list_versions(provider, name, language).values_list("number", flat=True).first()
    return newest or 0


def get_email_settings(provider: Provider) -> EmailSettings:
    """The provider's e-mail settings, or (not saved) what counts where it has none."""
    found = EmailSettings.objects.filter(provider=provider).first()
    return found or EmailSettings(provider=provider, per_minute=DEFAULT_PER_MINUTE)
