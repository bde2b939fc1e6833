"""The kinds of e-mail to customers. Who causes one registers it; here nothing is known of what it tells."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from makegood.customers.models import Customer
from makegood.emails.models import Message
from makegood.emails.values import Variables
from makegood.providers.models import Provider


@dataclass(frozen=True)
class Texts:
    """The three parts of an e-mail template, in Liquid. html: empty for an e-mail of plain text."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Variable:
    """A variable that a template may use. name: ``total``, ``customer.name``, ``credits[].amount`` (each of a list)."""

    name: str
    meaning: str

    @property
    def written(self) -> str:
        """How it is written in a template: each thing of a list goes by the list's name without its s."""
        before, is_list, part = self.name.partition("[].")
        return f"{before.removesuffix('s')}.{part}" if is_list else self.name.removesuffix("[]")

    @property
    def words(self) -> str:
        """What it is, for a page that sets no code apart."""
        return self.meaning.replace("`", "")


EVERYWHERE = (
    Variable("customer.number", "The customer's number."),
    Variable("customer.name", "The customer's name."),
    Variable("customer.email", "The address that the e-mail goes to."),
    Variable("customer.language", "The customer's language, such as `en` or `pt-BR`."),
    Variable("provider.name", "The name of the service provider."),
)
"""Variables that every e-mail has."""


@dataclass(frozen=True)
class EmailKind:
    """One kind of e-mail.

    name: the word for programs and the database, ``new_credits``. title: as people know it, ``Billing: New Credits``.
    active: whether it is sent where a provider has not said. texts: the built-in ones, in English.
    load: what messages of this kind say, in a constant number of queries; None for one that has nothing left to say.
    A message that is left out of the answer fails.
    outdated: the reason why a message with nothing left to say is not sent.
    find_latest: the same for a customer's latest event of this kind, for a preview; None if there is none.
    example: the same, made up.
    """

    name: str
    title: str
    meaning: str
    active: bool
    texts: Texts
    own_variables: tuple[Variable, ...]
    load: Callable[[Sequence[Message]], Mapping[int, Variables | None]]
    find_latest: Callable[[Customer], Variables | None]
    example: Callable[[Provider], Variables]
    outdated: str = Message.Reason.OUT_OF_DATE

    @cached_property
    def variables(self) -> tuple[Variable, ...]:
        return EVERYWHERE + self.own_variables


_registered: dict[str, EmailKind] = {}


def register(kind: EmailKind) -> None:
    """Makes a kind of e-mail known; called when the application starts."""
    _registered[kind.name] = kind


def list_kinds() -> list[EmailKind]:
    """All kinds, in the order in which they were registered."""
    return list(_registered.values())


def find_kind(name: str) -> EmailKind | None:
    """The kind of that name, or None."""
    return _registered.get(name)


def get_kind(name: str) -> EmailKind:
    """The kind of that name; KeyError if none was registered."""
    return _registered[name]
