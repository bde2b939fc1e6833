"""Which messages this process sends: a batch of one provider, held until a moment and no longer.

Two processes never hold a message at once while their clocks agree; what is held longer than promised is renewed
before the next message is given away, and what somebody else has taken over meanwhile is left to him.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from makegood.emails.models import EmailSending, Message
from makegood.kit.clock import now
from makegood.kit.sql import load_sql, run_sql
from makegood.kit.transactions import opens_transaction

WAITING = Message.State.WAITING


@dataclass(frozen=True)
class Due:
    """A provider that has something to send, and the moment from which its pace allows it."""

    provider_id: int
    next_at: datetime | None


@dataclass
class Claim:
    """Messages of one provider that this process may send until the moment `until`."""

    provider_id: int
    messages: Sequence[Message]
    until: datetime
    in_trouble: bool
    """Whether the provider's e-mail was in trouble, so that the next success is worth noting."""

    def has_time(self) -> bool:
        """Whether a message that is given away now is surely answered before the claim ends."""
        return now() + _longest_delivery() < self.until

    def renew(self, message_ids: Collection[int]) -> set[int]:
        """Holds these for another while; returns which of them are still ours. One statement."""
        until = _end_of_claim()
        held = Message.objects.filter(pk__in=message_ids, state=WAITING, claimed_until=self.until)
        with opens_transaction():
            ours = set(held.select_for_update(no_key=True).values_list("pk", flat=True))
            Message.objects.filter(pk__in=ours).update(claimed_until=until)
        self.until = until
        return ours

    def release(self, message_ids: Collection[int]) -> None:
        """Lets these go, so that they can be sent by anybody at once. One statement."""
        held = Message.objects.filter(pk__in=message_ids, state=WAITING, claimed_until=self.until)
        held.update(claimed_until=None)


def list_due() -> list[Due]:
    """The providers with something to send now, longest waiting first; those in trouble only when its pause is over."""
    return [Due(**row) for row in run_sql(load_sql(__package__, "list_due_providers"), {"at": now()})]


def claim_messages(provider_id: int, most: int, per_minute: int) -> Claim | None:
    """The next messages of a provider, as many as its pace allows now; None if there are none. Opens a transaction.

    The provider's row is locked for that moment, so the pace holds however many processes send.
    """
    EmailSending.objects.bulk_create([EmailSending(provider_id=provider_id)], ignore_conflicts=True)
    with opens_transaction():
        at = now()
        sending = EmailSending.objects.select_for_update(no_key=True).get(pk=provider_id)
        if _later(sending.next_at, at) or _later(sending.paused_until, at):
            return None
        free = Q(claimed_until=None) | Q(claimed_until__lt=at)
        due = Message.objects.filter(free, provider_id=provider_id, state=WAITING, due_at__lte=at).order_by("due_at")
        most = min(most, max(1, per_minute // 60))
        messages = list(due.select_for_update(no_key=True, skip_locked=True)[:most])
        if not messages:
            return None
        until = _end_of_claim()
        Message.objects.filter(pk__in=[message.pk for message in messages]).update(claimed_until=until)
        sending.next_at = at + timedelta(minutes=len(messages) / per_minute)
        sending.save(update_fields=["next_at"])
    return Claim(provider_id, messages, until, sending.failures > 0)


def _later(moment: datetime | None, at: datetime) -> bool:
    return moment is not None and moment > at


def _longest_delivery() -> timedelta:
    # One wait for the server's go-ahead and one for its answer; the servers that need more are about to be given up.
    return timedelta(seconds=2 * settings.MAKEGOOD_SMTP.timeout_seconds if settings.MAKEGOOD_SMTP else 0)


def _end_of_claim() -> datetime:
    return now() + _longest_delivery() + timedelta(seconds=settings.MAKEGOOD_LEASE_SECONDS)
