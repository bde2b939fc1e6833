"""From claimed messages to what is given to the server: rendered, their addresses read, the rest sorted out."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from makegood.emails.models import EmailSettings, Message
from makegood.emails.selectors import DEFAULT_PER_MINUTE
from makegood.emails.sending.addresses import AddressInvalid, read_address
from makegood.emails.sending.answers import Trouble
from makegood.emails.sending.building import Letter, Letterhead, build_message, clean_line, make_letterhead
from makegood.emails.sending.line import Parcel
from makegood.emails.sending.results import Written, fail, insist, leave_out
from makegood.emails.services.rendering import NotSent, Rendered, Unrenderable, render_messages
from makegood.kit.clock import now
from makegood.providers.models import Provider

log = logging.getLogger(__name__)

LONGEST_SUBJECT = Message._meta.get_field("subject").max_length or 0


class SenderInvalid(Exception):
    """The provider's own sender address, or the one for replies, cannot be one."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.words)
        self.trouble = trouble


@dataclass(frozen=True)
class Prepared:
    """A message that can be given to the server, and what is kept of it afterwards."""

    letter: Letter
    written: Written

    def build(self, letterhead: Letterhead) -> Parcel:
        content = build_message(letterhead, self.letter, now(), settings.SECRET_KEY)
        return Parcel(letterhead.address, self.letter.to, content)


def find_pace(provider_id: int) -> int:
    """How many messages of a provider leave in a minute at most."""
    per_minute = EmailSettings.objects.filter(pk=provider_id).values_list("per_minute", flat=True).first()
    return per_minute or DEFAULT_PER_MINUTE


def find_letterhead(provider_id: int) -> Letterhead:
    """Whom a provider's messages come from. Raises SenderInvalid."""
    name = Provider.objects.values_list("name", flat=True).get(pk=provider_id)
    own = EmailSettings.objects.filter(pk=provider_id).first() or EmailSettings()
    address = own.sender_address or settings.MAKEGOOD_MAIL_ADDRESS
    try:
        letterhead = make_letterhead(own.sender_name or name, address, own.reply_to)
    except AddressInvalid as error:
        words = f"The sender's address or the one for replies cannot be used. {error}"
        raise SenderInvalid(Trouble(words, lasting=True, of_sender=True)) from None
    if letterhead.address.needs_smtputf8:
        words = "The sender's address has letters before the @ that most mail servers do not take. Choose another."
        raise SenderInvalid(Trouble(words, lasting=True, of_sender=True))
    return letterhead


def prepare(messages: Sequence[Message]) -> list[Prepared]:
    """What can be given to the server, in the order of the messages. All others are given their outcome."""
    by_id = {message.pk: message for message in messages}
    left_out: dict[str, list[int]] = defaultdict(list)
    prepared = []
    for rendered in _render(messages):
        if isinstance(rendered, NotSent):
            left_out[rendered.reason].append(rendered.message_id)
        elif isinstance(rendered, Unrenderable):
            fail([rendered.message_id], rendered.words)
        elif (ready := _address(by_id[rendered.message_id], rendered)) is not None:
            prepared.append(ready)
    for reason, message_ids in left_out.items():
        leave_out(message_ids, reason)
    return prepared


def _render(messages: Sequence[Message]) -> list[Rendered | NotSent | Unrenderable]:
    """The batch, rendered. What goes wrong in the program fails the message that it goes wrong with, and no other."""
    try:
        return list(insist(lambda: render_messages(messages)))
    except Exception as error:
        if len(messages) > 1:
            half = len(messages) // 2
            return _render(messages[:half]) + _render(messages[half:])
        log.exception("Message %s cannot be written.", messages[0].pk)
        fail([messages[0].pk], f"The message could not be written ({type(error).__name__}); the log says more.")
        return []


def _address(message: Message, rendered: Rendered) -> Prepared | None:
    try:
        to = read_address(rendered.address)
    except AddressInvalid as error:
        fail([message.pk], str(error))
        return None
    subject = clean_line(rendered.subject)[:LONGEST_SUBJECT] or "-"
    letter = Letter(message.pk, message.created_at, to, subject, rendered.text, rendered.html)
    written = Written(
        message.pk,
        message.attempts,
        rendered.address.strip(),
        subject,
        rendered.text,
        rendered.html,
        rendered.version_id,
    )
    return Prepared(letter, written)
