"""The outbox: messages are written down together with what they tell of, and given up or tried again by people."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from makegood.audit.services import record
from makegood.emails.kinds import get_kind
from makegood.emails.models import Message
from makegood.emails.selectors import is_active
from makegood.emails.sending.wake import wake_sender
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.kit.sql import compose_sql, count_changed, load_sql
from makegood.kit.transactions import demand_transaction
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.providers.selectors import require_right

SENDING = Right.EDIT_CUSTOMERS
"""Who corrects a customer's address can send the e-mail again."""


def add_messages(
    *,
    provider_id: int,
    template: str,
    cause_type: str,
    cause_id: int | None,
    recipients_sql: str,
    parameters: Mapping[str, Any],
) -> int:
    """Writes one message for each customer that the query yields (``customer_id``); returns how many are new.

    cause_id: None where each has a cause of its own, which the query yields too (``cause_id``).
    Demands a transaction, the one of what the e-mail tells of, so that neither is there without the other. One
    statement that cannot fail on what customers or templates say; asked again for the same cause it adds nothing.
    """
    demand_transaction()
    if cause_id is not None:
        recipients_sql = f"SELECT told.customer_id, %(cause_id)s AS cause_id FROM ({recipients_sql}) AS told"
    statement = compose_sql(load_sql(__package__, "add_messages"), recipients=recipients_sql)
    added = count_changed(
        statement,
        {
            **parameters,
            "provider": provider_id,
            "template": template,
            "cause_type": cause_type,
            "cause_id": cause_id,
            "active": is_active(provider_id, get_kind(template)),
            "at": now(),
        },
    )
    if added:
        # Somebody looks once a minute anyway: what goes wrong with waking must not undo what has been done.
        transaction.on_commit(wake_sender, robust=True)
    return added


def send_again(*, membership: Membership, message: Message) -> None:
    """Lets a failed message be sent after all. Opens a transaction.

    It is made anew, with the address and the template as they are then. Refused for one that has not failed, and
    where the person may not.
    """
    require_right(membership, SENDING, "send e-mails again")
    with transaction.atomic():
        locked = Message.objects.select_for_update(no_key=True).get(provider=membership.provider, pk=message.pk)
        if locked.state != Message.State.FAILED:
            label = Message.State(locked.state).label.lower()
            raise Refused("message_not_failed", f"This e-mail is {label}; only one that failed can be sent again.")
        locked.state, locked.reason, locked.attempts, locked.due_at = Message.State.WAITING, "", 0, now()
        locked.save(update_fields=["state", "reason", "attempts", "due_at"])
        record(
            provider_id=membership.provider_id,
            staff_id=membership.staff_id,
            action="message.sent_again",
            subject_type="message",
            subject_id=message.pk,
            detail={"customer": message.customer_id},
        )
        transaction.on_commit(wake_sender, robust=True)


def send_failed_again(*, membership: Membership, cause_type: str, cause_id: int) -> int:
    """Lets all failed messages of one cause be sent after all; returns how many. Opens a transaction.

    Refused where the person may not.
    """
    require_right(membership, SENDING, "send e-mails again")
    with transaction.atomic():
        failed = Message.objects.filter(
            provider=membership.provider, cause_type=cause_type, cause_id=cause_id, state=Message.State.FAILED
        )
        count = failed.update(state=Message.State.WAITING, reason="", attempts=0, due_at=now())
        if count:
            record(
                provider_id=membership.provider_id,
                staff_id=membership.staff_id,
                action="messages.sent_again",
                subject_type=cause_type,
                subject_id=cause_id,
                detail={"messages": count},
            )
            transaction.on_commit(wake_sender, robust=True)
    return count
