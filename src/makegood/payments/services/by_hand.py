"""Whether an invoice is collected by people or by itself."""

from makegood.audit.services import record
from makegood.credits.services.apply_funds import apply_late_funds
from makegood.credits.services.void_invoice import clean_reason, read_invoice
from makegood.invoices.models import Invoice
from makegood.invoices.rules import OWED
from makegood.invoices.services.suspension import lift_suspensions
from makegood.kit.refusal import Refused
from makegood.kit.transactions import opens_transaction
from makegood.ledger.locks import hold_books, lock_customers
from makegood.payments.models import Collection
from makegood.providers.locks import hold_provider
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.providers.selectors import require_billing, require_right


def collect_by_hand(*, membership: Membership, invoice: Invoice, reason: str) -> Invoice:
    """Leaves an invoice to people: no autopay, no funds by themselves, no reminder, no late fee, no suspension.

    Opens a transaction. What was suspended for it alone is resumed. Done twice it changes nothing. Refused without the
    right, while End Customer Billing is off, without a reason, and for an invoice of which nothing is due.
    """
    require_right(membership, Right.BILL, "say how invoices are collected")
    reason = clean_reason(reason)
    return _set(membership, invoice, by_hand=True, reason=reason)


def turn_back(*, membership: Membership, invoice: Invoice) -> Invoice:
    """Has an invoice collected by itself again. Opens a transaction. Done twice it changes nothing.

    If it is Late, the customer's funds pay it at once; autopay tries it on the next day. Refused without the right,
    while End Customer Billing is off, and for an invoice of which nothing is due.
    """
    require_right(membership, Right.BILL, "say how invoices are collected")
    return _set(membership, invoice, by_hand=False, reason="")


def _set(membership: Membership, invoice: Invoice, *, by_hand: bool, reason: str) -> Invoice:
    provider = membership.provider
    with opens_transaction():
        booked_on = hold_books(provider)
        lock_customers(provider.pk, [invoice.customer_id])
        require_billing(hold_provider(provider.pk))
        invoice = read_invoice(membership, invoice)
        if invoice.by_hand == by_hand:
            return invoice
        if invoice.state not in OWED:
            raise Refused("nothing_due", f"Nothing is due of this invoice; it is {invoice.state}.", "invoice")
        Invoice.objects.filter(pk=invoice.pk).update(by_hand=by_hand)
        if by_hand:
            lift_suspensions(provider_id=provider.pk, customer_ids=[invoice.customer_id], day=booked_on)
        else:
            tried = Collection.objects.filter(invoice=invoice)
            tried.update(tries=0, next_try_on=None if invoice.in_flight_minor else booked_on, given_up_on=None)
            apply_late_funds(provider=provider, customers=[invoice.customer_id], booked_on=booked_on)
        record(
            provider_id=provider.pk,
            staff_id=membership.staff_id,
            action="invoice.by_hand" if by_hand else "invoice.by_itself",
            subject_type="invoice",
            subject_id=invoice.pk,
            detail={"number": invoice.number, "reason": reason},
        )
    invoice.refresh_from_db()
    return invoice
