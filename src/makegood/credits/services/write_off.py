"""Giving up what a customer will not pay."""

from makegood.audit.services import record
from makegood.credits.selectors import get_usable_funds
from makegood.credits.services.void_invoice import clean_reason, read_invoice
from makegood.invoices.held import find_hold
from makegood.invoices.models import Invoice
from makegood.invoices.rules import OWED, State
from makegood.invoices.selectors import get_write_off_gl_code
from makegood.invoices.services.end_invoice import book_write_off
from makegood.kit.refusal import Refused
from makegood.kit.transactions import opens_transaction
from makegood.ledger.locks import hold_books, hold_gl_code, lock_customers
from makegood.providers.locks import hold_provider
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.providers.selectors import require_billing, require_right


def write_off_invoice(
    *, membership: Membership, invoice: Invoice, reason: str, seen_due_minor: int | None = None
) -> Invoice:
    """Makes an invoice Uncollectible and writes off what is due of it. Opens a transaction.

    What was paid of it stays paid. Uncollectible stays so, and a second click changes nothing. reason: for the audit.
    seen_due_minor: what the person saw due. Refused without the right, while End Customer Billing is off, without a
    reason, for an invoice of which nothing is due, while a payment for it is on its way, and while the customer has
    funds that could pay it today.
    """
    provider = membership.provider
    require_right(membership, Right.BILL, "write off invoices")
    reason = clean_reason(reason)
    with opens_transaction():
        booked_on = hold_books(provider)
        lock_customers(provider.pk, [invoice.customer_id])
        require_billing(hold_provider(provider.pk))
        invoice = read_invoice(membership, invoice)
        if invoice.state == State.UNCOLLECTIBLE:
            return invoice
        if invoice.state not in OWED:
            raise Refused("nothing_due", f"Nothing is due of this invoice; it is {invoice.state}.", "invoice")
        if hold := find_hold(invoice):
            raise hold
        if seen_due_minor is not None and seen_due_minor != invoice.due_minor:
            raise Refused("changed_meanwhile", "What is due of this invoice has changed since you looked. Look again.")
        if get_usable_funds(provider.pk, invoice.customer_id, booked_on) > 0:
            raise Refused("funds_left", "The customer has Available Funds. Use them for this invoice first.", "invoice")
        gl_code = hold_gl_code(get_write_off_gl_code(provider).pk)
        due_minor = invoice.due_minor
        book_write_off(invoice=invoice, gl_code_id=gl_code.pk, booked_on=booked_on)
        record(
            provider_id=provider.pk,
            staff_id=membership.staff_id,
            action="invoice.written_off",
            subject_type="invoice",
            subject_id=invoice.pk,
            detail={"number": invoice.number, "reason": reason, "amount_minor": due_minor},
        )
    invoice.refresh_from_db()
    return invoice
