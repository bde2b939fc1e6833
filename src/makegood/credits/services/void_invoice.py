"""Voiding an invoice: what was billed is taken back, and the funds that paid it go back to their credits."""

from dataclasses import dataclass

from makegood.audit.services import record
from makegood.credits.models import CreditUse
from makegood.credits.services.apply_funds import apply_late_funds
from makegood.credits.services.return_funds import Cause, list_uses_newest_first, return_uses, spread_newest_first
from makegood.invoices.held import find_hold
from makegood.invoices.models import Invoice
from makegood.invoices.rules import State
from makegood.invoices.services.bill_again import require_can_bill_again, set_back
from makegood.invoices.services.charges_of_void import ChargesOfVoid, end_charges, find_charges_of_void
from makegood.invoices.services.end_invoice import book_void
from makegood.invoices.services.suspension import lift_suspensions
from makegood.kit.refusal import Refused
from makegood.kit.sql import load_sql, run_sql
from makegood.kit.text import require_no_number, require_plain
from makegood.kit.transactions import opens_transaction
from makegood.ledger.locks import hold_books, lock_customers
from makegood.providers.locks import hold_provider
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.providers.selectors import require_billing, require_right

LONGEST_REASON = 500


@dataclass(frozen=True)
class VoidPreview:
    """What voiding an invoice would do. parts: what goes back to which credit, newest use first; minor units."""

    invoice: Invoice
    parts: list[tuple[CreditUse, int]]
    refusal: Refused | None
    can_bill_again: bool
    charges: ChargesOfVoid

    @property
    def returned_minor(self) -> int:
        return sum(amount for _, amount in self.parts)


def preview_void(invoice: Invoice) -> VoidPreview:
    """What `void_invoice` would do with the invoice as it is now. Writes nothing."""
    refusal = find_refusal_to_void(invoice)
    uses = list_uses_newest_first(invoice_id=invoice.pk)
    parts = spread_newest_first(uses)
    try:
        require_can_bill_again(invoice)
        can_bill_again = True
    except Refused:
        can_bill_again = False
    going_back = [(use, parts[use.pk]) for use in uses]
    return VoidPreview(invoice, going_back, refusal, can_bill_again, find_charges_of_void(invoice))


def void_invoice(
    *,
    membership: Membership,
    invoice: Invoice,
    reason: str,
    bill_again: bool = False,
    charges_wait: bool = True,
    seen_used_minor: int | None = None,
) -> Invoice:
    """Makes an invoice Void. Opens a transaction. Void stays so, and a second click changes nothing.

    What Available Funds have paid goes back to the credits it came from, and from there to what is late. Its late fee
    is cancelled as long as that waits, and what was suspended because of it is resumed. reason: for the audit.
    bill_again: the days that it billed are billed anew by the next invoice run, and its charges too. charges_wait: the
    charges on it wait for the next invoice in any case; else they are cancelled. seen_used_minor: what the person saw
    of it paid by funds.
    Refused without the right, while End Customer Billing is off, without a reason, and, saying why, for an invoice that
    cannot be voided or whose days cannot be billed again.
    """
    provider = membership.provider
    require_right(membership, Right.BILL, "void invoices")
    reason = clean_reason(reason)
    with opens_transaction():
        booked_on = hold_books(provider)
        lock_customers(provider.pk, [invoice.customer_id])
        require_billing(hold_provider(provider.pk))
        invoice = read_invoice(membership, invoice)
        if invoice.state == State.VOID and invoice.number:
            return invoice
        if refusal := find_refusal_to_void(invoice):
            raise refusal
        if seen_used_minor is not None and seen_used_minor != invoice.used_minor:
            raise Refused("changed_meanwhile", "What is paid of this invoice has changed since you looked. Look again.")
        if bill_again:
            require_can_bill_again(invoice)
        parts = spread_newest_first(list_uses_newest_first(invoice_id=invoice.pk))
        cause = Cause("invoice", invoice.pk, membership.staff_id)
        returned = return_uses(provider=provider, parts=parts, booked_on=booked_on, cause=cause)
        invoice.refresh_from_db()
        book_void(invoice=invoice, booked_on=booked_on)
        if bill_again:
            set_back(invoice)
        ended = end_charges(invoice=invoice, wait=charges_wait or bill_again, staff_id=membership.staff_id)
        apply_late_funds(provider=provider, customers=[invoice.customer_id], booked_on=booked_on)
        lift_suspensions(provider_id=provider.pk, customer_ids=[invoice.customer_id], day=booked_on)
        _record(
            membership,
            invoice,
            reason=reason,
            total_minor=invoice.total_minor,
            returned_minor=returned.amount_minor,
            taken_back_minor=returned.taken_back_minor,
            bill_again=bill_again,
            charges_again_minor=ended.again_minor,
            charges_cancelled_minor=ended.cancelled_minor,
        )
    invoice.refresh_from_db()
    return invoice


def _record(membership: Membership, invoice: Invoice, **detail: object) -> None:
    record(
        provider_id=membership.provider_id,
        staff_id=membership.staff_id,
        action="invoice.voided",
        subject_type="invoice",
        subject_id=invoice.pk,
        detail={"number": invoice.number, **detail},
    )


def find_refusal_to_void(invoice: Invoice) -> Refused | None:
    """Why the invoice cannot be voided as it is now; None if nothing stands against it."""
    if invoice.number is None:
        return Refused("invoice_draft", "This is a draft. Discard the draft run that it belongs to.", "invoice")
    if invoice.state == State.UNCOLLECTIBLE:
        return Refused("invoice_written_off", f"Invoice {invoice.number} is written off and stays so.", "invoice")
    if invoice.state == State.VOID:
        return Refused("invoice_void", f"Invoice {invoice.number} is void already.", "invoice")
    if hold := find_hold(invoice, to_void=True):
        return hold
    if invoice.paid_minor:
        return Refused(
            "invoice_has_payments",
            f"A payment has paid a part of invoice {invoice.number}. Reverse the payment first.",
            "invoice",
        )
    if invoice.to_funds_minor:
        return Refused(
            "invoice_gave_funds",
            f"Invoice {invoice.number} has given the customer Available Funds. Charge the customer instead.",
            "invoice",
        )
    return _find_later_correction(invoice)


def _find_later_correction(invoice: Invoice) -> Refused | None:
    """Days that came back by a later invoice would come back twice."""
    parameters = {"invoice": invoice.pk, "customer": invoice.customer_id}
    later = run_sql(load_sql(__package__, "find_later_correction"), parameters)
    if not later:
        return None
    return Refused(
        "invoice_corrected",
        f"Invoice {later[0]['number']} has corrected or given back days of invoice {invoice.number}. "
        f"Void invoice {later[0]['number']} first, or credit the customer instead.",
        "invoice",
    )


def read_invoice(membership: Membership, invoice: Invoice) -> Invoice:
    """The provider's invoice as it is now. Refused if there is none."""
    found = Invoice.objects.filter(provider=membership.provider, pk=invoice.pk).first()
    if found is None:
        raise Refused("invoice_unknown", "There is no such invoice.", "invoice")
    return found


def clean_reason(reason: str) -> str:
    """The reason on one line. Refused if there is none, if it does not fit, and with the number of a card in it."""
    reason = " ".join(reason.split())
    require_plain(reason=reason)
    require_no_number(reason=reason)
    if not reason:
        raise Refused("reason_missing", "Say why; it is kept with the invoice.", "reason")
    if len(reason) > LONGEST_REASON:
        raise Refused("reason_too_long", f"The reason has at most {LONGEST_REASON} characters.", "reason")
    return reason
