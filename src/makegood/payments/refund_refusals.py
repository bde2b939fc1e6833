"""Why nothing can go back: because of who asks, or as the invoice is now."""

from makegood.credits.limits import money_of
from makegood.invoices.models import Invoice
from makegood.invoices.rules import State
from makegood.kit.refusal import Refused
from makegood.payments.models import Refund
from makegood.payments.rules import RefundState
from makegood.providers.models import Membership, Provider
from makegood.providers.rules import Right
from makegood.providers.selectors import require_billing, require_right


def find_refusal_of_person(membership: Membership, provider: Provider, what: str) -> Refused | None:
    """Why this person may not give money back now. what: as it is said after “may not”."""
    try:
        require_right(membership, Right.BILL, what)
        require_billing(provider)
    except Refused as refusal:
        return refusal
    return None


def find_refusal_of_invoice(invoice: Invoice) -> Refused | None:
    """Why the invoice, read with its provider, cannot be refunded as it is now, whoever asks."""
    return _find_refusal_of_state(invoice) or _find_pending(invoice)


def find_pending_refund(invoice: Invoice) -> Refund | None:
    """The refund of the invoice that is on its way, if any."""
    return Refund.objects.filter(provider_id=invoice.provider_id, invoice=invoice, state=RefundState.PENDING).first()


def _find_refusal_of_state(invoice: Invoice) -> Refused | None:
    if invoice.number is None:
        return Refused("invoice_draft", "This is a draft, so nothing of it is paid.", "invoice")
    name = f"Invoice {invoice.number}"
    if invoice.state == State.VOID:
        return Refused("invoice_void", f"{name} is void, so there is nothing to refund.", "invoice")
    if invoice.state == State.UNCOLLECTIBLE:
        return Refused(
            "invoice_uncollectible",
            f"{name} is written off as uncollectible, so nothing of it can be refunded.",
            "invoice",
        )
    if not invoice.paid_minor + invoice.used_minor:
        return Refused("nothing_paid", f"Nothing of invoice {invoice.number} is paid. Credit it instead.", "invoice")
    return None


def _find_pending(invoice: Invoice) -> Refused | None:
    if invoice.in_flight_minor:
        return Refused(
            "payment_pending",
            f"A payment of {money_of(invoice.provider, invoice.in_flight_minor)} for invoice {invoice.number} is on "
            "its way. Wait until it has settled.",
            "invoice",
        )
    pending = find_pending_refund(invoice)
    if pending is not None:
        return Refused(
            "refund_pending",
            f"A refund of {money_of(invoice.provider, pending.amount_minor)} of invoice {invoice.number} is on its "
            "way. Wait until it has settled.",
            "invoice",
        )
    return None
