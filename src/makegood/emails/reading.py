"""What a message says, for people to read: word for word as it was sent, else as it would be sent now."""

from dataclasses import dataclass

from makegood.emails.models import Message, MessageBody
from makegood.emails.services.rendering import NotSent, Rendered, render_messages


@dataclass(frozen=True)
class Letter:
    """An e-mail as it is read. was_sent: these are the words that left; otherwise those that would leave now.

    problem: why it would not leave now, in a sentence; then there is nothing to read.
    """

    address: str
    subject: str
    text: str
    html: str
    was_sent: bool = False
    problem: str = ""


def read_letter(message: Message) -> Letter:
    """The message's words; a few queries."""
    body = MessageBody.objects.filter(pk=message.pk).first()
    if body is not None:
        return Letter(message.address, message.subject, body.text, body.html, was_sent=True)
    (answer,) = render_messages([message])
    if isinstance(answer, Rendered):
        return Letter(answer.address, answer.subject, answer.text, answer.html)
    problem = str(Message.Reason(answer.reason).label) if isinstance(answer, NotSent) else answer.words
    return Letter(message.customer.email, "", "", "", problem=problem)
