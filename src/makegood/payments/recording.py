"""What recording a payment would do: what is said beside what is owed, for the preview and for the booking alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from makegood.credits.limits import money_of
from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.kit.refusal import Refused
from makegood.kit.text import require_fitting, require_no_number, require_plain
from makegood.ledger.locks import hold_gl_code
from makegood.ledger.models import CustomerBalance, GLCode
from makegood.ledger.selectors import get_balance
from makegood.payments.models import Payment
from makegood.payments.rules import BY_HAND, Method, Payable, Split, require_amount, split_by_hand, split_oldest_first
from makegood.payments.selectors import get_default_cash_gl_code, list_payable, require_cash_gl_code
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership, Provider
from makegood.providers.rules import Right
from makegood.providers.selectors import require_billing, require_right
from makegood.runs.rules import hash_request

RECORD = "record payments"


@dataclass(frozen=True)
class Received:
    """What a person says of a payment; amounts in minor units.

    gl_code: None for the provider's first one of type cash. allocations: by invoice id, or None for oldest due first.
    """

    customer: Customer
    method: str
    amount_minor: int
    received_on: date
    reference: str = ""
    note: str = ""
    gl_code: GLCode | None = None
    allocations: Mapping[int, int] | None = None

    @property
    def request_hash(self) -> str:
        """The same for the same payment as it was said, whatever it then paid."""
        by_hand = self.allocations
        return hash_request(
            {
                "customer": self.customer.pk,
                "method": str(self.method),
                "amount_minor": self.amount_minor,
                "received_on": self.received_on.isoformat(),
                "reference": self.reference,
                "note": self.note,
                "gl_code": self.gl_code.pk if self.gl_code else None,
                "allocations": None if by_hand is None else [[each, by_hand[each]] for each in sorted(by_hand)],
            }
        )


@dataclass(frozen=True)
class Plan:
    """What recording does. effective_on: the day on which the money came, where it is booked on a later one."""

    gl_code: GLCode
    split: Split
    booked_on: date
    effective_on: date | None


@dataclass(frozen=True)
class PaymentPreview:
    """What recording a payment would do now; minor units. owed: all invoices that could be paid, oldest due first."""

    owed: tuple[Payable, ...]
    split: Split
    funds_after_minor: int
    receivable_after_minor: int
    left_late: int


def clean_words(text: str) -> str:
    """On one line, without needless spaces."""
    return " ".join(text.split())


def plan_payment(membership: Membership, provider: Provider, said: Received, *, today: date, lock: bool) -> Plan:
    """What the payment does. Refused where the person may not, and beside the field for what cannot be.

    today: the provider's day. lock: for the booking, which demands a transaction in which the customer is locked.
    """
    require_right(membership, Right.BILL, RECORD)
    _require_possible(said, today)
    gl_code = said.gl_code or get_default_cash_gl_code(provider)
    if gl_code.provider_id != provider.pk:
        raise Refused("gl_code_unknown", f"{provider.name} has no such GL code.", "gl_code")
    gl_code = hold_gl_code(gl_code.pk) if lock else gl_code
    require_cash_gl_code(gl_code)
    return Plan(
        gl_code=gl_code,
        split=_split(provider, said, list_payables(said.customer, said.allocations)),
        booked_on=today,
        effective_on=said.received_on if said.received_on < today else None,
    )


def preview_payment(
    *, membership: Membership, customer: Customer, amount_minor: int, allocations: Mapping[Invoice, int] | None
) -> PaymentPreview:
    """What a payment of so much received today would pay now. Books nothing; refused for the same reasons."""
    provider = membership.provider
    require_right(membership, Right.BILL, RECORD)
    require_billing(provider)
    require_amount(amount_minor)
    by_id = None if allocations is None else {invoice.pk: part for invoice, part in allocations.items()}
    said = Received(customer, Method.CASH, amount_minor, today_of(provider), allocations=by_id)
    payables = list_payables(customer, by_id)
    split = _split(provider, said, payables)
    balance = get_balance(provider.pk, customer.pk)
    return _describe(payables, split, balance)


def list_payables(customer: Customer, besides: Mapping[int, int] | None = None) -> tuple[Payable, ...]:
    """The customer's invoices as far as payments are concerned, oldest due first; those that are named as well."""
    found = list_payable(customer, list(besides or ()))
    return tuple(
        Payable(
            invoice.pk,
            invoice.number,
            invoice.state,
            invoice.due_on,
            invoice.due_minor,
            in_flight=invoice.in_flight_minor > 0,
        )
        for invoice in found
    )


def _split(provider: Provider, said: Received, payables: tuple[Payable, ...]) -> Split:
    if said.allocations is None:
        return split_oldest_first(said.amount_minor, payables)
    return split_by_hand(said.amount_minor, payables, said.allocations, lambda minor: money_of(provider, minor))


def _describe(payables: tuple[Payable, ...], split: Split, balance: CustomerBalance) -> PaymentPreview:
    settled = {each.invoice.invoice_id for each in split.allocations if each.settles}
    owed = tuple(payable for payable in payables if payable.due_minor > 0)
    return PaymentPreview(
        owed=owed,
        split=split,
        funds_after_minor=balance.funds_minor + split.over_minor,
        receivable_after_minor=balance.receivable_minor - split.allocated_minor,
        left_late=sum(payable.state == "late" and payable.invoice_id not in settled for payable in owed),
    )


def _require_possible(said: Received, today: date) -> None:
    require_amount(said.amount_minor)
    if said.method not in BY_HAND:
        raise Refused("method_unknown", f"The methods are {' and '.join(BY_HAND)}.", "method")
    if said.received_on > today:
        raise Refused(
            "received_in_future",
            f"Today is {today.isoformat()}, so the money cannot have come on {said.received_on.isoformat()}.",
            "received_on",
        )
    require_fitting(Payment, reference=said.reference, note=said.note)
    require_plain(reference=said.reference, note=said.note)
    require_no_number(reference=said.reference, note=said.note)
