"""What every gateway can do. Amounts in minor units of the provider's currency; moments in UTC.

No method opens or wants a transaction, and all may be called by several threads at once. Every method can raise
`NoAnswer`, `TryLater` and `GatewayRefused`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from makegood.gateways.rules import DisputeState, EventAbout, MethodKind, MovementKind, Standing


class GatewayError(Exception):
    """The processor did not do what it was asked, or nobody knows whether it did."""


class NoAnswer(GatewayError):
    """Nobody knows whether it was done: time ran out, the answer was cut off, or the processor failed inside."""


class TryLater(GatewayError):
    """It was not done now, or another call with the same key is under way; the same key can be tried again.

    after: how many seconds the processor asks to wait, if it says so. under_way: another call with the same key is, so
    that it may be done yet; otherwise nothing was done.
    """

    def __init__(self, message: str, after: float | None = None, *, under_way: bool = False) -> None:
        super().__init__(message)
        self.after, self.under_way = after, under_way


class GatewayRefused(GatewayError):
    """It was not done and will not be: the processor does not take the request. code: its word for why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class ForgedEvent(Exception):
    """The event does not bear the processor's signature, or is too old to be believed."""


@dataclass(frozen=True)
class ChargeOrder:
    """What is to be charged. key: the same key never charges twice, and is found again in the charge.

    customer, method: the processor's references. describes: what staff, and the customer, may read of it there.
    """

    key: str
    amount_minor: int
    currency: str
    currency_digits: int
    customer: str
    method: str
    method_kind: MethodKind
    describes: str = ""


@dataclass(frozen=True)
class Charge:
    """What the processor says of a charge. failure_code: its word, `card_declined`; failure: in words for people."""

    reference: str
    key: str
    standing: Standing
    amount_minor: int
    failure_code: str = ""
    failure: str = ""


@dataclass(frozen=True)
class RefundOrder:
    """What is to go back of a charge. key: as of `ChargeOrder`. charge: the processor's reference of it."""

    key: str
    charge: str
    amount_minor: int
    currency: str
    currency_digits: int


@dataclass(frozen=True)
class Refund:
    """What the processor says of a refund. charge: the reference of what was charged."""

    reference: str
    key: str
    charge: str
    standing: Standing
    amount_minor: int
    failure_code: str = ""
    failure: str = ""


@dataclass(frozen=True)
class Dispute:
    """What the processor says of a dispute or a returned debit. answer_by: until when evidence is taken."""

    reference: str
    charge: str
    state: DisputeState
    amount_minor: int
    reason: str = ""
    answer_by: datetime | None = None


@dataclass(frozen=True)
class Method:
    """What the processor says of a payment method. customer: its reference of whose it is; empty if nobody's yet.

    expires_on: the last day on which a card can be used.
    """

    reference: str
    kind: MethodKind
    brand: str
    last_four: str
    customer: str = ""
    expires_on: date | None = None


@dataclass(frozen=True)
class Setup:
    """A method that a person is entering into the processor's own form. client_secret: for that form alone."""

    reference: str
    client_secret: str


@dataclass(frozen=True)
class Event:
    """What a processor sent by itself. reference: of the object; charge: of what was charged, if the event says so."""

    id: str
    type: str
    about: EventAbout
    reference: str
    charge: str
    happened_at: datetime
    payload: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class BalanceMovement:
    """What moved the processor's balance. amount_minor: signed, before the fee; fee_minor: what was kept of it.

    charge: the reference of what was charged, where it has one; source: of the refund, dispute or pay-out itself.
    """

    reference: str
    kind: MovementKind
    amount_minor: int
    fee_minor: int
    source: str
    charge: str
    happened_at: datetime


class GatewayClient(Protocol):
    """One provider's account with a processor."""

    def charge(self, order: ChargeOrder) -> Charge:
        """Charges. A declined one is an answer (standing *failed*), not an error."""
        ...

    def find_charge(self, reference: str) -> Charge | None:
        """The charge as it is now; None if there is none."""
        ...

    def find_charge_by_key(self, customer: str, key: str, since: datetime) -> Charge | None:
        """The customer's charge that was made with that key since then; None if there is none."""
        ...

    def refund(self, order: RefundOrder) -> Refund:
        """Gives back. One that the bank does not take is an answer (standing *failed*), not an error."""
        ...

    def find_refund(self, reference: str) -> Refund | None: ...

    def find_refund_by_key(self, charge: str, key: str) -> Refund | None: ...

    def find_dispute(self, reference: str) -> Dispute | None: ...

    def find_account(self) -> str:
        """What the processor calls the account; empty where it does not say it to these keys."""
        ...

    def has_customer(self, reference: str) -> bool:
        """Whether the account has a customer of that reference."""
        ...

    def make_customer(self, key: str, number: str, name: str, email: str) -> str:
        """The reference of a customer at the processor; the same key gives the same."""
        ...

    def read_method(self, reference: str) -> Method: ...

    def attach_method(self, reference: str, customer: str) -> Method:
        """Makes the method the customer's; done twice it is the same."""
        ...

    def detach_method(self, reference: str) -> None:
        """The method can be charged no more; done twice it is the same."""
        ...

    def start_setup(self, customer: str) -> Setup:
        """Begins to enter a method in the processor's own form."""
        ...

    def finish_setup(self, reference: str) -> Method:
        """The method that was entered; GatewayRefused if it was not finished."""
        ...

    def list_balance(self, since: datetime, until: datetime) -> Iterator[BalanceMovement]:
        """What moved the balance from `since` on and before `until`, oldest first."""
        ...

    def read_event(self, body: bytes, signature: str) -> Event:
        """The event in a message that the processor sent. Raises ForgedEvent."""
        ...
