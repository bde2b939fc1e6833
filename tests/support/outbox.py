"""An e-mail of a kind that only tests know, and messages of it in the outbox."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from makegood.customers.models import Customer
from makegood.emails.kinds import EmailKind, Texts, Variable, register
from makegood.emails.models import EmailSending, EmailSettings, Message
from makegood.emails.sending.trouble import find_trouble
from makegood.emails.values import Variables
from makegood.kit.clock import now
from makegood.kit.sql import run_sql
from makegood.providers.models import Provider
from tests.support import records

NAME = "test_greeting"

ONE_FOR_EACH = """
INSERT INTO message (provider_id, customer_id, cause_id, created_at, due_at, template, cause_type, state, reason,
    attempts, address, subject)
SELECT provider_id, id, %(cause)s, %(at)s, %(at)s, %(name)s, 'test', 'waiting', '', 0, '', ''
FROM customer
WHERE provider_id = %(provider)s
ORDER BY id
"""


def _load(messages: Sequence[Message]) -> Mapping[int, Variables | None]:
    return {message.pk: {"cause": message.cause_id} for message in messages}


def register_kind(text: str = "Hello {{ customer.name }}, this is letter {{ cause }}.\n") -> None:
    """Makes the kind known in this process."""
    kind = EmailKind(
        name=NAME,
        title="Test: Greeting",
        meaning="Only for tests.",
        active=True,
        texts=Texts("Letter {{ cause }} for {{ customer.name }}", text, f"<p>{text}</p>"),
        own_variables=(Variable("cause", "The number of the letter."),),
        load=_load,
        find_latest=lambda customer: None,
        example=lambda provider: {"cause": 1},
    )
    register(kind)


def add_messages(provider: Provider, cause: int = 1) -> None:
    """One waiting message for each of the provider's customers."""
    register_kind()
    run_sql(ONE_FOR_EACH, {"provider": provider.pk, "cause": cause, "at": now(), "name": NAME})


def add_recipients(provider: Provider, *emails: str, cause: int = 1) -> list[Message]:
    """Customers C1, C2, … with these addresses, and a waiting message for each."""
    for number, email in enumerate(emails, start=1):
        records.add_customer(provider, f"C{number}", areas=())
        # As an import or an older version may have left it.
        Customer.objects.filter(provider=provider, number=f"C{number}").update(email=email)
    add_messages(provider, cause)
    return list_messages(provider)


def list_messages(provider: Provider) -> list[Message]:
    """All messages of the provider, oldest first."""
    return list(Message.objects.filter(provider=provider).select_related("customer").order_by("id"))


def states(provider: Provider) -> list[tuple[str, int]]:
    """The state of each message and how often it was tried, oldest first."""
    return [(message.state, message.attempts) for message in list_messages(provider)]


def pause_of(message: Message, at: datetime) -> timedelta | None:
    """How long a message waits from that moment on."""
    return message.due_at - at if message.due_at else None


def trouble_of(provider: Provider) -> EmailSending:
    """What keeps the provider's e-mail from leaving; something has to."""
    trouble = find_trouble(provider)
    assert trouble is not None
    return trouble


def write_quickly(provider: Provider, per_minute: int = 1_000_000) -> None:
    """Gives the provider a sender of its own, and a pace."""
    EmailSettings.objects.update_or_create(
        provider=provider,
        defaults={
            "sender_name": "North Broadband",
            "sender_address": "billing@north.example",
            "per_minute": per_minute,
        },
    )
