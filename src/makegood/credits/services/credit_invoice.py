"""Crediting a customer for an invoice that is not paid: a credit of what is due, used for it at once if asked."""

from dataclasses import dataclass

from django.db import transaction

from makegood.credits.services.give_credit import CreditValues, find_refusal_to_use, prepare_credit_run
from makegood.credits.services.void_invoice import read_invoice
from makegood.invoices.models import Invoice
from makegood.invoices.rules import OWED
from makegood.kit.refusal import Refused
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.providers.selectors import require_billing, require_right
from makegood.runs.models import Run, Selection
from makegood.runs.services.select import select_listed
from makegood.runs.services.start_run import start_run


@dataclass(frozen=True)
class InvoiceCredit:
    """What a credit for an invoice would be. amount_minor: what is due of it, in minor units.

    refusal: why there can be none; use_refusal: why it cannot be used for the invoice at once.
    """

    invoice: Invoice
    amount_minor: int
    refusal: Refused | None = None
    use_refusal: Refused | None = None


def preview_invoice_credit(*, membership: Membership, invoice: Invoice) -> InvoiceCredit:
    """What the credit window is filled with for the invoice. Raises Refused only for one of another provider."""
    invoice = read_invoice(membership, invoice)
    due_minor = int(invoice.due_minor) if invoice.state in OWED else 0
    try:
        require_right(membership, Right.CREDIT_ONE, "give credits")
        require_billing(membership.provider)
        if not due_minor:
            raise Refused("nothing_due", f"Nothing is due of this invoice; it is {invoice.state}.", "invoice")
    except Refused as refusal:
        return InvoiceCredit(invoice, due_minor, refusal=refusal)
    return InvoiceCredit(invoice, due_minor, use_refusal=find_refusal_to_use(invoice))


def credit_invoice(
    *, membership: Membership, invoice: Invoice, values: CreditValues, use_at_once: bool, key: str
) -> Run:
    """Credits the invoice's customer, by a run of one that is queued with it. Opens a transaction.

    use_at_once: the credit is used for the invoice as soon as it is booked. key: the same key with the same request
    gives the first run. Refused as a credit run is, and, to be used at once, for an invoice of which nothing is due or
    that has a payment or a refund on its way.
    """
    invoice = read_invoice(membership, invoice)
    # One transaction: what may not be started leaves no draft behind that has used up the key.
    with transaction.atomic():
        selection = select_listed(
            membership=membership, list_name=Selection.List.CUSTOMERS, record_ids=[invoice.customer_id]
        )
        run, _ = prepare_credit_run(
            membership=membership,
            selection=selection,
            unit=Run.Unit.CUSTOMER,
            values=values,
            chosen=[invoice.customer.number],
            key=key,
            use_for=invoice if use_at_once else None,
        )
        return start_run(run=run, membership=membership)
