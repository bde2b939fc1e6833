"""Why nothing can go back: because of who asks, or as the invoice is now."""

from makegood.credits.limits import money_of
from makegood.invoices.models import Invoice
from makegood.invoices.rules import State
from makegood.kit.refusal import Refused
from makegood.payments.models import Payment, Refund
from makegood.payments.rules import Method, RefundState
from makegood.payments.rules import State as PaymentState
from makegood.providers.models import Membership, Provider
from makegood.providers.rules import Right
from makegood.providers.selectors import require_billing, require_right

TAKEN_BACK = (PaymentState.DISPUTED, PaymentState.RETURNED, PaymentState.REVERSED)


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
        return Refused("nothing_paid", f"{_say_nothing_paid(invoice)} Credit it instead.", "invoice")
    return None


def _say_nothing_paid(invoice: Invoice) -> str:
    """That nothing is paid, and which payment had paid it before a bank or a person took that back."""
    had_paid = Payment.objects.filter(provider_id=invoice.provider_id, allocations__invoice=invoice)
    taken = had_paid.filter(state__in=TAKEN_BACK).order_by("-pk").first()
    if taken is None:
        return f"Nothing of invoice {invoice.number} is paid."
    if taken.state == PaymentState.REVERSED:
        how = f"payment {taken.pk} was reversed"
    elif taken.method == Method.CARD:
        how = f"payment {taken.pk} went back by a dispute"
    else:
        how = f"the bank returned payment {taken.pk}"
    return f"Nothing of invoice {invoice.number} is paid any more: {how}."


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
