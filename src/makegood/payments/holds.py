"""Invoices that refunds keep from being voided or written off."""

from makegood.credits.limits import money_of
from makegood.credits.services.return_funds import list_uses_newest_first
from makegood.invoices.held import register_hold
from makegood.invoices.models import Invoice
from makegood.payments.models import Refund
from makegood.payments.rules import RefundState
from makegood.payments.selectors_refunds import list_settling_credits


def register_refund_hold() -> None:
    """Called when the application starts."""
    register_hold(find_pending_refund)
    register_hold(find_settled_refund, of_void=True)


def find_pending_refund(invoice: Invoice) -> str | None:
    """The sentence that says so while a refund of the invoice is under way."""
    if not Refund.objects.filter(invoice=invoice, state=RefundState.PENDING).exists():
        return None
    return f"A refund of invoice {invoice.number} is on its way. Wait until it has settled."


def find_settled_refund(invoice: Invoice) -> str | None:
    """The sentence that says so where a credit stands for what was given back: it must not become Available Funds."""
    settling = list_settling_credits(invoice)
    if not settling or not any(use.credit_id in settling for use in list_uses_newest_first(invoice_id=invoice.pk)):
        return None
    then = f" Credit the customer with the {money_of(invoice.provider, invoice.due_minor)} due instead."
    return (
        f"What had paid invoice {invoice.number} was given back and is settled with a credit, so the invoice stays."
        f"{then if invoice.due_minor else ''}"
    )
