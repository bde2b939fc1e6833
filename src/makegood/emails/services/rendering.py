"""From messages of the outbox to what is sent: texts chosen by language, variables filled in, a batch at a time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from liquid.exceptions import LiquidError

from makegood.customers.models import Customer
from makegood.emails.kinds import EmailKind, Texts, find_kind
from makegood.emails.models import Message
from makegood.emails.sandbox import get_sandbox, run_template
from makegood.emails.template_check import parse_part
from makegood.emails.template_problem import TemplateProblem, explain
from makegood.emails.templates import Chosen, TemplateShelf, load_shelf
from makegood.emails.values import Variables, choose_locale, write_out

LONGEST_SUBJECT = 250
PARTS = {"subject": "Subject", "text": "Text", "html": "HTML"}


@dataclass(frozen=True)
class Content:
    """The three parts of one e-mail, ready to be read. subject: one line."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Rendered:
    """A message as it can be sent. version_id: the texts it was made from, None for the built-in ones."""

    message_id: int
    address: str
    subject: str
    text: str
    html: str
    version_id: int | None


@dataclass(frozen=True)
class NotSent:
    """A message that is not to be sent any more, for one of `Message.Reason`."""

    message_id: int
    reason: str


@dataclass(frozen=True)
class Unrenderable:
    """A message that cannot be made: words say why."""

    message_id: int
    words: str


class ContentProblem(Exception):
    """Why an e-mail cannot be made from its texts: the part, and what is wrong with it."""

    def __init__(self, part: str, problem: TemplateProblem) -> None:
        super().__init__(f"{PARTS[part]}: {problem}")
        self.part = part
        self.problem = problem


def render_messages(messages: Sequence[Message]) -> list[Rendered | NotSent | Unrenderable]:
    """What becomes of each message now, in their order; a constant number of queries for each kind of e-mail.

    What has changed since the message was written down counts: address, opt-out, template, and what it tells of.
    One that cannot be made stands in nobody's way.
    """
    customers = Customer.objects.select_related("provider").in_bulk({message.customer_id for message in messages})
    shelf = load_shelf({message.provider_id for message in messages})
    said = _load_variables(messages)
    return [_render(message, customers[message.customer_id], shelf, said.get(message.pk)) for message in messages]


def render_content(kind: EmailKind, customer: Customer, chosen: Chosen, own: Variables) -> Content:
    """An e-mail of that kind to a customer. Raises ContentProblem."""
    return fill_in(kind, chosen.texts, make_variables(customer, own, chosen.language))


def make_variables(customer: Customer, own: Variables, text_language: str) -> dict[str, object]:
    """What a template of this language gets for this customer."""
    everywhere = {
        "customer": {
            "number": customer.number,
            "name": customer.name,
            "email": customer.email,
            "language": customer.language,
        },
        "provider": {"name": customer.provider.name},
    }
    locale = choose_locale(customer.language, text_language)
    return {**everywhere, **{name: write_out(value, locale) for name, value in own.items()}}


def fill_in(kind: EmailKind, texts: Texts, variables: Mapping[str, object]) -> Content:
    """The parts with their variables filled in. Raises ContentProblem for the first that cannot be."""
    subject = _one_line(_fill_part(kind, "subject", texts.subject, variables))
    if not subject:
        raise ContentProblem("subject", TemplateProblem("Nothing is left of the subject."))
    text = _fill_part(kind, "text", texts.text, variables)
    html = _fill_part(kind, "html", texts.html, variables) if texts.html else ""
    return Content(subject, text, html)


def _fill_part(kind: EmailKind, part: str, source: str, variables: Mapping[str, object]) -> str:
    html = part == "html"
    try:
        return run_template(parse_part(source, kind.variables, html=html), variables)
    except TemplateProblem as problem:
        raise ContentProblem(part, problem) from None
    except LiquidError as error:
        raise ContentProblem(part, explain(error, source, get_sandbox(html=html))) from None


def _one_line(text: str) -> str:
    """Without line feeds and other signs that cannot stand in a header, and not too long."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 1] + "…"


def _load_variables(messages: Sequence[Message]) -> dict[int, Variables | None]:
    by_kind: dict[str, list[Message]] = defaultdict(list)
    for message in messages:
        by_kind[message.template].append(message)
    said: dict[int, Variables | None] = {}
    for name, of_kind in by_kind.items():
        if kind := find_kind(name):
            said.update(kind.load(of_kind))
    return said


def _render(
    message: Message, customer: Customer, shelf: TemplateShelf, own: Variables | None
) -> Rendered | NotSent | Unrenderable:
    kind = find_kind(message.template)
    if kind is None:
        return Unrenderable(message.pk, f"There is no e-mail template “{message.template}” any more.")
    if reason := _reason_against(kind, customer, shelf.is_active(kind, message.provider_id), own):
        return NotSent(message.pk, reason)
    assert own is not None
    chosen = shelf.choose(kind, message.provider_id, customer.language)
    try:
        content = render_content(kind, customer, chosen, own)
    except ContentProblem as problem:
        return Unrenderable(message.pk, f"The e-mail template cannot be filled in. {problem}"[:500])
    return Rendered(message.pk, customer.email, content.subject, content.text, content.html, chosen.version_id)


def _reason_against(kind: EmailKind, customer: Customer, active: bool, own: Variables | None) -> str | None:
    if own is None:
        return kind.outdated
    if not customer.email:
        return Message.Reason.NO_ADDRESS
    if customer.email_opt_out:
        return Message.Reason.OPTED_OUT
    return None if active else Message.Reason.TEMPLATE_INACTIVE
