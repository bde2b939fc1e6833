"""The states of a payment, and which invoices it pays. Pure: no database, no clock."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices

from makegood.kit.money import LARGEST_AMOUNT_MINOR
from makegood.kit.refusal import Refused


class State(TextChoices):
    """Where a payment stands; `TRANSITIONS` says where it can go."""

    CREATED = "created", "Waiting"
    SUBMITTED = "submitted", "On its way"
    UNKNOWN = "unknown", "Unknown"
    SUCCEEDED = "succeeded", "Received"
    FAILED = "failed", "Failed"
    DISPUTED = "disputed", "Disputed"
    RETURNED = "returned", "Returned"
    REVERSED = "reversed", "Reversed"


IN_FLIGHT = (State.CREATED, State.SUBMITTED, State.UNKNOWN)
"""States in which nobody else may collect what the payment is for."""


class Method(TextChoices):
    """How the money came: by hand, or through a processor."""

    CASH = "cash", "Cash"
    BANK_TRANSFER = "bank_transfer", "Bank transfer"
    CARD = "card", "Card"
    ACH = "ach", "ACH debit"
    SEPA = "sepa", "SEPA debit"


BY_HAND = (Method.CASH, Method.BANK_TRANSFER)
"""Methods that a person records."""


class Purpose(TextChoices):
    """Why there is a payment: a person recorded it, autopay asked for it, or a person had it charged."""

    HAND = "hand", "Recorded"
    AUTOPAY = "autopay", "Autopay"
    CHARGE = "charge", "Charged by hand"


class RefundPurpose(TextChoices):
    """What money goes back for."""

    REFUND = "refund", "Refund of an invoice"
    PAY_OUT = "pay_out", "Pay-out of Available Funds"


class RefundState(TextChoices):
    """Where a refund stands: pending as long as a transfer is; then done, done in part, or failed."""

    PENDING = "pending", "On its way"
    DONE = "done", "Done"
    PARTLY = "partly", "Done in part"
    FAILED = "failed", "Failed"


class TransferState(TextChoices):
    """Where a part of a refund stands."""

    CREATED = "created", "Waiting"
    SUBMITTED = "submitted", "On its way"
    UNKNOWN = "unknown", "Unknown"
    SUCCEEDED = "succeeded", "Given back"
    FAILED = "failed", "Failed"


class Follow(TextChoices):
    """What becomes of an invoice whose payment went back."""

    SETTLE = "settle", "Settle with a credit"
    LEAVE_OPEN = "leave_open", "Leave open"


class Way(TextChoices):
    """How money goes back."""

    GATEWAY = "gateway", "To the payment method"
    CASH = "cash", "Cash"
    BANK_TRANSFER = "bank_transfer", "Bank transfer"


TRANSITIONS: dict[State, tuple[State, ...]] = {
    State.CREATED: (State.SUBMITTED, State.FAILED),
    State.SUBMITTED: (State.UNKNOWN, State.SUCCEEDED, State.FAILED, State.CREATED),
    State.UNKNOWN: (State.SUBMITTED, State.SUCCEEDED, State.FAILED),
    State.SUCCEEDED: (State.REVERSED, State.DISPUTED, State.RETURNED),
    State.FAILED: (State.SUCCEEDED,),
    State.DISPUTED: (State.SUCCEEDED, State.RETURNED),
    State.RETURNED: (State.SUCCEEDED,),
    State.REVERSED: (),
}
"""The state chart; a trigger on the table holds the same, and a test holds the two together.

Submitted goes back to created where the processor said for certain that nothing was done, so that it waits its turn
again. Failed becomes succeeded where the answer comes late; returned becomes succeeded where a lost dispute is won
after all.
"""

DEFAULT_RETRY_DAYS = (3, 5, 7)
LONGEST_FAILURE = 300
LONGEST_KEY = 200
AUTOPAY_KEY = "autopay "
"""With what the keys of autopay's payments begin; customer and day follow."""
LONGEST_REFERENCE = 100
LONGEST_NOTE = 500

Money = Callable[[int], str]
"""Writes minor units out with their currency."""


@dataclass(frozen=True)
class Payable:
    """An invoice as far as a payment is concerned; minor units. number: None for a draft.

    in_flight: whether another payment for it is under way.
    """

    invoice_id: int
    number: int | None
    state: str
    due_on: date | None
    due_minor: int
    in_flight: bool = False

    @property
    def name(self) -> str:
        return f"Invoice {self.number}" if self.number else "The draft"


@dataclass(frozen=True)
class Allocation:
    """A part of a payment that pays a part of an invoice, in minor units."""

    invoice: Payable
    amount_minor: int

    @property
    def due_after_minor(self) -> int:
        return self.invoice.due_minor - self.amount_minor

    @property
    def settles(self) -> bool:
        """Whether nothing of the invoice is due after it."""
        return self.due_after_minor == 0


@dataclass(frozen=True)
class Split:
    """How a payment is divided, in minor units: among invoices, and what is over."""

    amount_minor: int
    allocations: tuple[Allocation, ...]

    @property
    def allocated_minor(self) -> int:
        return sum(each.amount_minor for each in self.allocations)

    @property
    def over_minor(self) -> int:
        """What becomes Available Funds."""
        return self.amount_minor - self.allocated_minor


def require_amount(amount_minor: int) -> None:
    """Refused for what no payment can be."""
    if amount_minor <= 0:
        raise Refused("amount_zero", "The amount must be greater than zero.", "amount")
    if amount_minor > LARGEST_AMOUNT_MINOR:
        raise Refused("amount_too_large", "The amount is larger than any amount can be.", "amount")


def split_oldest_first(amount_minor: int, invoices: Sequence[Payable]) -> Split:
    """The payment pays the invoices one after the other, oldest due first, as far as it goes; none in flight."""
    left, allocations = amount_minor, []
    for invoice in sorted(invoices, key=lambda each: (each.due_on or date.max, each.invoice_id)):
        part = 0 if invoice.in_flight else min(left, invoice.due_minor)
        if part > 0:
            allocations.append(Allocation(invoice, part))
            left -= part
    return Split(amount_minor, tuple(allocations))


def split_by_hand(amount_minor: int, invoices: Sequence[Payable], wanted: Mapping[int, int], money: Money) -> Split:
    """The payment pays what a person said, by invoice id; the rest is over.

    Refused beside the invoice (``allocation-<id>``) for one that cannot be paid, for nothing or less, and for more than
    is due of it; and for more than the payment altogether.
    """
    known = {invoice.invoice_id: invoice for invoice in invoices}
    allocations = []
    for invoice_id, part_minor in sorted(wanted.items()):
        invoice = known.get(invoice_id)
        if invoice is None:
            raise Refused("invoice_unknown", "The customer has no such invoice.", field_of(invoice_id))
        _require_payable(invoice, part_minor, money)
        allocations.append(Allocation(invoice, part_minor))
    split = Split(amount_minor, tuple(sorted(allocations, key=_by_due_date)))
    if split.over_minor < 0:
        raise Refused(
            "allocated_too_much",
            f"{money(split.allocated_minor)} is allocated, which is {money(-split.over_minor)} more than the payment.",
            "allocations",
        )
    return split


def field_of(invoice_id: int) -> str:
    """The name of the input for what an invoice gets."""
    return f"allocation-{invoice_id}"


def _by_due_date(allocation: Allocation) -> tuple[date, int]:
    return allocation.invoice.due_on or date.max, allocation.invoice.invoice_id


_WHY_NOT = {
    "draft": "{name} is not issued yet, so nothing can be paid on it.",
    "paid": "{name} is paid already. What is over becomes Available Funds.",
    "void": "{name} is void, so nothing can be paid on it. What is over becomes Available Funds.",
    "uncollectible": "{name} is written off as uncollectible, so nothing can be paid on it. "
    "What is over becomes Available Funds.",
}


def _require_payable(invoice: Payable, part_minor: int, money: Money) -> None:
    field = field_of(invoice.invoice_id)
    if invoice.state in _WHY_NOT:
        raise Refused(f"invoice_{invoice.state}", _WHY_NOT[invoice.state].format(name=invoice.name), field)
    if invoice.in_flight:
        raise Refused(
            "invoice_in_flight",
            f"A payment for {invoice.name} is on its way, so wait until it has settled, or withdraw it if it only "
            "waits. What is over becomes Available Funds.",
            field,
        )
    if part_minor <= 0:
        raise Refused("allocation_zero", "What an invoice gets must be greater than zero.", field)
    if part_minor > invoice.due_minor:
        raise Refused(
            "allocation_over_due",
            f"{invoice.name} has {money(invoice.due_minor)} due, so it cannot get {money(part_minor)}.",
            field,
        )


def state_without(state: str, due_on: date, today: date) -> str:
    """The state of an invoice when a payment of it is taken away; an Uncollectible one stays so."""
    if state != "paid":
        return state
    return "late" if due_on < today else "open"
