"""Giving up one draft of an invoice run; the others are issued without it."""

from django.db import transaction

from makegood.audit.services import record
from makegood.invoices.models import Invoice
from makegood.invoices.rules import State
from makegood.invoices.selectors import get_invoice_by_id
from makegood.kit.refusal import Refused
from makegood.ledger.locks import lock_customers
from makegood.providers.locks import hold_provider
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.providers.selectors import require_billing, require_right


def discard_draft(*, membership: Membership, invoice: Invoice) -> Invoice:
    """Makes a draft Void: it never gets a number, and its customer is due again. Opens a transaction.

    What is discarded stays so, and a second click changes nothing. Refused without the right to bill, while
    End Customer Billing is off, and for an invoice that is issued: that one is voided instead.
    """
    require_right(membership, Right.BILL, "discard drafts")
    with transaction.atomic():
        require_billing(hold_provider(membership.provider_id))
        lock_customers(membership.provider_id, [invoice.customer_id])
        invoice = get_invoice_by_id(membership.provider, invoice.pk)
        if invoice.number is not None:
            raise Refused("invoice_issued", f"Invoice {invoice.number} is issued. Void it instead.", "invoice")
        if invoice.state == State.DRAFT:
            Invoice.objects.filter(pk=invoice.pk).update(state=State.VOID)
            invoice.state = State.VOID
            record(
                provider_id=membership.provider_id,
                staff_id=membership.staff_id,
                action="invoice.draft_discarded",
                subject_type="invoice",
                subject_id=invoice.pk,
                detail={"customer": invoice.customer_id, "total_minor": invoice.total_minor},
            )
    return invoice
