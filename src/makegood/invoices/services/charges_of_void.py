"""What becomes of charges when an invoice is voided: of its own late fee, and of the charges that stand on it."""

from collections.abc import Sequence
from dataclasses import dataclass

from makegood.audit.services import record_each
from makegood.invoices.charge_selectors import find_invoice_of
from makegood.invoices.models import Charge, Invoice, InvoiceLine
from makegood.invoices.rules import State
from makegood.kit.clock import now
from makegood.kit.transactions import demand_transaction


@dataclass(frozen=True)
class ChargesOfVoid:
    """The charges that voiding an invoice concerns.

    waiting_fee: its late fee, as long as it waits. invoiced_fee: the same once it stands on an invoice, fee_stands_on.
    on_it: the charges that stand on the invoice itself; of late fees of void invoices only what they are.
    """

    waiting_fee: Charge | None
    invoiced_fee: Charge | None
    fee_stands_on: Invoice | None
    on_it: Sequence[Charge]

    @property
    def on_it_minor(self) -> int:
        return _sum(self.on_it)


@dataclass(frozen=True)
class Ended:
    """What waits again and what is cancelled, in minor units."""

    again_minor: int
    cancelled_minor: int


def find_charges_of_void(invoice: Invoice) -> ChargesOfVoid:
    """The charges that voiding the invoice would concern. Two queries, or three where the fee is invoiced."""
    fee = Charge.objects.filter(provider_id=invoice.provider_id, late_fee_of=invoice).first()
    invoiced = fee if fee is not None and fee.state == Charge.State.INVOICED else None
    return ChargesOfVoid(
        waiting_fee=fee if fee is not None and fee.state == Charge.State.WAITING else None,
        invoiced_fee=invoiced,
        fee_stands_on=None if invoiced is None else find_invoice_of(invoiced),
        on_it=_list_on(invoice),
    )


def end_charges(*, invoice: Invoice, wait: bool, staff_id: int) -> Ended:
    """Cancels the late fee of a voided invoice that waits, and lets the charges that stood on it wait or cancels them.

    Demands a transaction that holds the customer's lock, in which the invoice is void. wait: they wait for the next
    invoice. A late fee of an invoice that is void itself never waits again.
    """
    demand_transaction()
    fees = Charge.objects.filter(provider_id=invoice.provider_id, late_fee_of=invoice, state=Charge.State.WAITING)
    cancelled, again = list(fees), list[Charge]()
    for charge in _list_on(invoice):
        of_void = charge.late_fee_of is not None and charge.late_fee_of.state == State.VOID
        (again if wait and not of_void else cancelled).append(charge)
    _cancel(invoice, cancelled, staff_id)
    _let_wait(invoice, again, staff_id)
    return Ended(_sum(again), _sum(cancelled))


def _list_on(invoice: Invoice) -> list[Charge]:
    charges = InvoiceLine.objects.filter(invoice=invoice, charge__isnull=False).values("charge_id")
    invoiced = Charge.objects.filter(provider_id=invoice.provider_id, pk__in=charges, state=Charge.State.INVOICED)
    return list(invoiced.select_related("late_fee_of").order_by("id"))


def _cancel(invoice: Invoice, charges: Sequence[Charge], staff_id: int) -> None:
    Charge.objects.filter(pk__in=[charge.pk for charge in charges]).update(
        state=Charge.State.CANCELLED, cancelled_by_id=staff_id, cancelled_at=now()
    )
    _record(invoice, "charge.cancelled", charges, staff_id)


def _let_wait(invoice: Invoice, charges: Sequence[Charge], staff_id: int) -> None:
    Charge.objects.filter(pk__in=[charge.pk for charge in charges]).update(state=Charge.State.WAITING)
    _record(invoice, "charge.waits_again", charges, staff_id)


def _record(invoice: Invoice, action: str, charges: Sequence[Charge], staff_id: int) -> None:
    details = {
        charge.pk: {
            "amount_minor": charge.amount_minor,
            "description": charge.description,
            "voided_invoice": invoice.number,
        }
        for charge in charges
    }
    record_each(
        provider_id=invoice.provider_id, action=action, subject_type="charge", details=details, staff_id=staff_id
    )


def _sum(charges: Sequence[Charge]) -> int:
    return sum(charge.amount_minor for charge in charges)
