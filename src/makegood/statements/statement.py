"""A customer's account over some days: rows with the balance after each. Pure: no database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any


class What(StrEnum):
    """What happened; the value is what it is called for programs."""

    INVOICED = "invoice_issued"
    VOIDED = "invoice_void"
    WRITTEN_OFF = "invoice_written_off"
    PAID = "payment"
    UNPAID = "payment_reversed"
    REFUNDED = "payment_refunded"
    TAKEN_BY_BANK = "payment_returned"
    WON_BACK = "payment_won_back"
    BOUNCED = "refund_bounced"
    CREDITED = "credit_given"
    CHANGED = "credit_changed"
    EXPIRED = "credit_expired"
    TAKEN_BACK = "credit_taken_back"
    PAID_OUT = "paid_out"
    NOT_PAID_OUT = "pay_out_failed"
    USED = "funds_used"
    RETURNED = "funds_returned"
    FROM_INVOICE = "funds_from_invoice"

    @property
    def words(self) -> str:
        """What it is called for people."""
        return _WORDS[self]


_WORDS = {
    What.INVOICED: "Invoice issued",
    What.VOIDED: "Invoice void",
    What.WRITTEN_OFF: "Invoice written off",
    What.PAID: "Payment",
    What.UNPAID: "Payment reversed",
    What.REFUNDED: "Refund",
    What.TAKEN_BY_BANK: "Payment returned by the bank",
    What.WON_BACK: "Returned payment won back",
    What.BOUNCED: "Refund that bounced",
    What.CREDITED: "Credit given",
    What.CHANGED: "Credit changed",
    What.EXPIRED: "Credit expired",
    What.TAKEN_BACK: "Credit taken back",
    What.PAID_OUT: "Paid out",
    What.NOT_PAID_OUT: "Pay-out that failed",
    What.USED: "Available Funds used",
    What.RETURNED: "Available Funds returned",
    What.FROM_INVOICE: "Turned into Available Funds",
}

BILLED = (What.INVOICED, What.VOIDED, What.WRITTEN_OFF)
OF_PAYMENTS = (What.PAID, What.UNPAID, What.REFUNDED, What.TAKEN_BY_BANK, What.WON_BACK, What.BOUNCED)
"""What moves the money of one payment; what belongs to one movement of it is one row."""
PAYMENTS = (*OF_PAYMENTS, What.PAID_OUT, What.NOT_PAID_OUT)
CREDITS = (What.CREDITED, What.CHANGED, What.EXPIRED, What.TAKEN_BACK)
"""Between them everything that changes the balance; the rest moves money between what is owed and Available Funds."""


@dataclass(frozen=True)
class Balance:
    """What a customer owes and has, in minor units."""

    owed_minor: int
    funds_minor: int

    @property
    def balance_minor(self) -> int:
        """What the customer owes less Available Funds; negative where the customer has more than is owed."""
        return self.owed_minor - self.funds_minor


@dataclass(frozen=True)
class Share:
    """What of a payment an invoice got, or gave back, in minor units."""

    invoice_id: int
    number: int
    amount_minor: int


@dataclass(frozen=True)
class Row:
    """One thing that happened, in minor units. owed_minor, funds_minor: what both changed by. after: both after it.

    effective_on: the day it concerns, where that is another one. shares: the invoices of a payment. staff_id: who did
    it, or None for what happened by itself. why: why an invoice is what it is, where that was asked for.
    payment_entry: of the journal, for what moved the money of a payment.
    """

    what: What
    booked_on: date
    effective_on: date | None
    owed_minor: int
    funds_minor: int
    after: Balance
    invoice_id: int | None = None
    invoice_number: int | None = None
    period_from: date | None = None
    period_to: date | None = None
    credit_id: int | None = None
    credit_name: str = ""
    payment_id: int | None = None
    payment_method: str = ""
    payment_reference: str = ""
    payment_entry: int | None = None
    shares: tuple[Share, ...] = ()
    run_id: int | None = None
    staff_id: int | None = None
    staff: str = ""
    why: str = ""

    @property
    def change_minor(self) -> int:
        """What the balance changed by; nothing where Available Funds only paid what was owed."""
        return self.owed_minor - self.funds_minor

    @property
    def moved_minor(self) -> int:
        """What was moved between what is owed and Available Funds, without a sign."""
        return abs(self.funds_minor) if self.owed_minor == self.funds_minor else 0


@dataclass(frozen=True)
class Statement:
    """A customer's account from one day to another, both inclusive."""

    from_on: date
    upto_on: date
    opening: Balance
    rows: tuple[Row, ...]

    @property
    def closing(self) -> Balance:
        """What is owed and available at the end of the last day."""
        return self.rows[-1].after if self.rows else self.opening

    def change_by(self, *whats: What) -> int:
        """What these changed the balance by, in minor units."""
        return sum(row.change_minor for row in self.rows if row.what in whats)

    @property
    def billed_minor(self) -> int:
        """Invoices, less what was voided and written off."""
        return self.change_by(*BILLED)

    @property
    def paid_minor(self) -> int:
        """Payments, less what went back in any way; negative where money came."""
        return self.change_by(*PAYMENTS)

    @property
    def credited_minor(self) -> int:
        """Credits, less what was taken back and expired; negative where credits were given."""
        return self.change_by(*CREDITS)

    @property
    def used_minor(self) -> int:
        """What of Available Funds paid invoices, less what came back."""
        return -sum(row.funds_minor for row in self.rows if row.what in (What.USED, What.RETURNED))


def make_statement(from_on: date, upto_on: date, opening: Balance, movements: Iterable[Mapping[str, Any]]) -> Statement:
    """The statement of movements in their order, as `list_movements.sql` gives them; those of a payment are one row."""
    rows: list[Row] = []
    owed, funds = opening.owed_minor, opening.funds_minor
    for movement in movements:
        owed, funds = owed + movement["owed_minor"], funds + movement["funds_minor"]
        row = _make_row(movement, Balance(owed, funds))
        if rows and row.payment_entry is not None and rows[-1].payment_entry == row.payment_entry:
            rows[-1] = _join(rows[-1], row)
        else:
            rows.append(row)
    return Statement(from_on, upto_on, opening, tuple(rows))


_RECEIVABLE = {
    "issued": What.INVOICED,
    "voided": What.VOIDED,
    "written_off": What.WRITTEN_OFF,
    "paid": What.PAID,
    "unpaid": What.UNPAID,
}
_CREDIT = {
    "credit_issued": What.CREDITED,
    "credit_adjusted": What.CHANGED,
    "credit_expired": What.EXPIRED,
    "credit_taken_back": What.TAKEN_BACK,
    "credit_refunded": What.PAID_OUT,
    "credit_unrefunded": What.NOT_PAID_OUT,
    "credit_used": What.USED,
    "credit_returned": What.RETURNED,
}


_MOVEMENT = {
    "received": What.PAID,
    "reversed": What.UNPAID,
    "refunded": What.REFUNDED,
    "returned": What.TAKEN_BY_BANK,
    "won_back": What.WON_BACK,
    "bounced": What.BOUNCED,
}


def _what(movement: Mapping[str, Any]) -> What:
    what = {**_RECEIVABLE, **_CREDIT}[movement["type"]]
    if what is What.CREDITED and movement["invoice_id"] is not None:
        return What.FROM_INVOICE
    if movement["payment_id"] is not None:
        # What was over of a payment belongs to it.
        return _MOVEMENT[movement["payment_movement"]]
    return what


def _make_row(movement: Mapping[str, Any], after: Balance) -> Row:
    what = _what(movement)
    is_payment = what in OF_PAYMENTS
    number = movement["invoice_number"]
    share = () if not is_payment or number is None else (_share(movement),)
    return Row(
        what=what,
        booked_on=movement["booked_on"],
        effective_on=movement["effective_on"] if movement["effective_on"] != movement["booked_on"] else None,
        owed_minor=movement["owed_minor"],
        funds_minor=movement["funds_minor"],
        after=after,
        invoice_id=None if is_payment else movement["invoice_id"],
        invoice_number=None if is_payment else number,
        period_from=movement["period_from"] if what is What.INVOICED else None,
        period_to=movement["period_to"] if what is What.INVOICED else None,
        credit_id=movement["credit_id"],
        credit_name=movement["credit_name"],
        payment_id=movement["payment_id"],
        payment_method=movement["payment_method"] or "",
        payment_reference=movement["payment_reference"] or "",
        payment_entry=movement["journal_entry_id"] if is_payment else None,
        shares=share,
        run_id=movement["run_id"],
        staff_id=movement["staff_id"],
    )


def _share(movement: Mapping[str, Any]) -> Share:
    return Share(movement["invoice_id"], movement["invoice_number"], abs(movement["owed_minor"]))


def _join(row: Row, more: Row) -> Row:
    return replace(
        row,
        owed_minor=row.owed_minor + more.owed_minor,
        funds_minor=row.funds_minor + more.funds_minor,
        after=more.after,
        credit_id=row.credit_id or more.credit_id,
        credit_name=row.credit_name or more.credit_name,
        shares=row.shares + more.shares,
    )
