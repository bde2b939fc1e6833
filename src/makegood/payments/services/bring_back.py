"""Putting money back into a payment that a bank had taken back, because the dispute was won."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import F

from makegood.credits.models import CreditUse
from makegood.credits.services.apply_funds import Wanted, apply_late_funds, use_funds
from makegood.invoices.models import Invoice
from makegood.invoices.rules import OWED
from makegood.invoices.selectors import get_write_off_gl_code
from makegood.invoices.services.suspension import lift_suspensions
from makegood.kit.clock import now
from makegood.kit.sql import load_sql, run_sql
from makegood.kit.transactions import demand_transaction
from makegood.ledger.locks import hold_gl_code
from makegood.ledger.models import CustomerBalance, GLCode
from makegood.ledger.rules import Line
from makegood.ledger.selectors import get_control_gl_code_id
from makegood.ledger.services import book
from makegood.payments.models import Payment, PaymentMovement
from makegood.payments.movements import note_movement
from makegood.payments.rules import State
from makegood.payments.services.overpayment import Moving, put_into_overpayment
from makegood.providers.models import Provider

Type = PaymentMovement.Type


@dataclass(frozen=True)
class Brought:
    """What a payment gets again, in minor units.

    parts: for its invoices, by id. given_up: the same for those that are Uncollectible by now, which lose as much of
    what is written off. over_minor: as Available Funds. shortfall_minor: what of its overpayment had been written off.
    lost_minor: what had been written off as it had gone back by hand.
    """

    parts: dict[int, int]
    given_up: dict[int, int]
    over_minor: int
    shortfall_minor: int
    lost_minor: int

    @property
    def paid_minor(self) -> int:
        """What invoices get that still owe it."""
        return sum(self.parts.values())

    @property
    def paid_of_given_up_minor(self) -> int:
        return sum(self.given_up.values())

    @property
    def amount_minor(self) -> int:
        """All of it."""
        return self.paid_minor + self.over_minor + self.written_off_minor

    @property
    def written_off_minor(self) -> int:
        """What is not written off any more."""
        return self.shortfall_minor + self.lost_minor + self.paid_of_given_up_minor


def bring_back(*, provider: Provider, payment: Payment, amount_minor: int, state: State, booked_on: date) -> Brought:
    """So much of a payment is there again, in minor units. Demands the transaction of books and customer's lock.

    payment: read under that lock; state: the one that it has after it. What was written off as it could not be taken
    back, or had gone back by hand, comes first; then the invoices that lost it, as far as they still owe it or were
    given up; the rest is an overpayment, which pays at once the invoices that it had paid before. An invoice that is
    paid so is not left to people any more.
    """
    demand_transaction()
    brought = _divide(payment, amount_minor)
    moving = Moving(Type.WON_BACK, booked_on, now())
    entry_id = _book(provider, payment, brought, moving)
    if brought.over_minor:
        won_back = f"Payment {payment.pk}, won back"
        payment.overpayment_credit = put_into_overpayment(payment, brought.over_minor, won_back, entry_id, moving)
    if brought.parts:
        _pay_invoices(payment, brought, entry_id, moving)
    if brought.given_up:
        _allocate(payment, "allocate_written_off", brought.given_up, entry_id, moving)
    payment.over_minor += brought.over_minor + brought.shortfall_minor
    payment.allocated_minor += brought.paid_minor + brought.paid_of_given_up_minor
    payment.returned_minor -= amount_minor - brought.lost_minor
    payment.lost_minor -= brought.lost_minor
    payment.state = state
    payment.save(update_fields=_CHANGED)
    note_movement(payment, Type.WON_BACK, amount_minor, booked_on, entry_id=entry_id)
    if brought.over_minor:
        _use_again(provider, payment, booked_on)
    lift_suspensions(provider_id=provider.pk, customer_ids=[payment.customer_id], day=booked_on)
    return brought


_CHANGED = ("state", "allocated_minor", "over_minor", "returned_minor", "lost_minor", "overpayment_credit")


def _divide(payment: Payment, amount_minor: int) -> Brought:
    credit = payment.overpayment_credit
    lost_minor = min(amount_minor, payment.lost_minor)
    left = amount_minor - lost_minor
    shortfall_minor = 0
    if credit is not None:
        stands_for = credit.issued_minor + credit.adjusted_minor - credit.taken_back_minor
        shortfall_minor = min(left, stands_for - payment.over_minor)
    left -= shortfall_minor
    parts: dict[bool, dict[int, int]] = {False: {}, True: {}}
    parameters = {"payment": payment.pk, "provider": payment.provider_id}
    for row in run_sql(load_sql(__package__, "list_taken_from_invoices"), parameters):
        part = min(left, row["amount_minor"])
        if part > 0:
            parts[row["is_given_up"]][row["invoice_id"]] = part
            left -= part
    return Brought(parts[False], parts[True], left, shortfall_minor, lost_minor)


def _book(provider: Provider, payment: Payment, brought: Brought, moving: Moving) -> int:
    """The journal entry: the money is where it was."""
    lines = [Line(payment.gl_code_id, debit_minor=brought.amount_minor)]
    if brought.paid_minor:
        receivable = get_control_gl_code_id(provider.pk, GLCode.Type.RECEIVABLE)
        lines.append(Line(receivable, credit_minor=brought.paid_minor))
    if brought.written_off_minor:
        gl_code = hold_gl_code(get_write_off_gl_code(provider).pk)
        lines.append(Line(gl_code.pk, credit_minor=brought.written_off_minor))
    if brought.over_minor:
        funds = get_control_gl_code_id(provider.pk, GLCode.Type.AVAILABLE_FUNDS)
        lines.append(Line(funds, credit_minor=brought.over_minor))
    return book(
        provider_id=provider.pk,
        booked_on=moving.booked_on,
        event=moving.event,
        cause_type="payment",
        cause_id=payment.pk,
        lines=lines,
    )


def _pay_invoices(payment: Payment, brought: Brought, entry_id: int, moving: Moving) -> None:
    """The invoices that still owe it; then what the customer owes."""
    _allocate(payment, "allocate_payment", brought.parts, entry_id, moving)
    CustomerBalance.objects.filter(customer_id=payment.customer_id).update(
        receivable_minor=F("receivable_minor") - brought.paid_minor
    )
    _leave_to_themselves(payment.provider_id, list(brought.parts))


def _allocate(payment: Payment, statement: str, parts: Mapping[int, int], entry_id: int, moving: Moving) -> None:
    """Invoices, their sub-ledger and the allocations, in one statement."""
    parameters = {
        "payment": payment.pk,
        "provider": payment.provider_id,
        "customer": payment.customer_id,
        "invoices": list(parts),
        "amounts": list(parts.values()),
        "journal_entry": entry_id,
        "created_at": moving.at,
        "booked_on": moving.booked_on,
        "effective_on": None,
    }
    done = run_sql(load_sql(__package__, statement), parameters)[0]
    if done["amount_minor"] != sum(parts.values()):
        raise RuntimeError(f"Invoices of customer {payment.customer_id} changed although the customer is locked.")


def _use_again(provider: Provider, payment: Payment, booked_on: date) -> None:
    """What the overpayment had paid until it was taken back, it pays again; then what else is Late."""
    credit = payment.overpayment_credit
    uses = CreditUse.objects.filter(credit=credit, returned_minor__gt=0, invoice__state__in=OWED, invoice__by_hand=True)
    invoices = tuple(sorted(set(uses.values_list("invoice", flat=True))))
    if invoices and credit is not None:
        wanted = Wanted(invoices=invoices, credits=(credit.pk,))
        use_funds(provider, [payment.customer_id], wanted, booked_on=booked_on)
        _leave_to_themselves(provider.pk, invoices)
    apply_late_funds(provider=provider, customers=[payment.customer_id], booked_on=booked_on)


def _leave_to_themselves(provider_id: int, invoices: list[int] | tuple[int, ...]) -> None:
    """What is paid again needs nobody any more."""
    Invoice.objects.filter(provider_id=provider_id, pk__in=invoices, state="paid").update(by_hand=False)
