"""Pages: one invoice, and the same as a PDF."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makegood.audit.selectors import list_entries_about
from makegood.invoices.models import Invoice
from makegood.invoices.outlook import foresee
from makegood.invoices.pdf import make_invoice_pdf
from makegood.invoices.rules import OWED, State
from makegood.invoices.selectors import get_invoice_by_id, list_entries, list_lines, list_taxes
from makegood.ledger.selectors import get_balance
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.providers.selectors import can_act
from makegood.statements.selectors import list_uses_for_invoice
from makegood.web.customers.history import tell
from makegood.web.frame.finding import or_404
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.statements.why_block import explain_one

MOST_EVENTS = 100
ENDINGS = ("invoice.voided", "invoice.written_off")


@require_safe
def show(request: StaffRequest, pk: int) -> HttpResponse:
    """An invoice: what is billed, what became of it, what will happen by itself."""
    invoice = or_404(get_invoice_by_id, request.membership.provider, pk)
    lines = list(list_lines(invoice))
    events = list(list_entries_about(invoice.provider_id, {"invoice": [invoice.pk]})[:MOST_EVENTS])
    funds_minor = get_balance(invoice.provider_id, invoice.customer_id).funds_minor
    context = {
        "invoice": invoice,
        "customer": invoice.customer,
        "lines": lines,
        "taxes": [tax for tax in list_taxes(invoice) if tax.tax_rate],
        "taxes_included": any(line.net_minor != line.amount_minor for line in lines),
        "uses": list(list_uses_for_invoice(invoice)),
        "entries": _with_balances(invoice),
        "outlook": foresee([invoice]).get(invoice.pk),
        "funds_minor": funds_minor,
        "run_id": invoice.run_row.run_id if invoice.run_row else None,
        "events": tell(events, invoice.provider),
        "ended_because": next((each.detail.get("reason", "") for each in events if each.action in ENDINGS), ""),
        **explain_one(invoice),
        **_offers(request.membership, invoice, funds_minor),
    }
    return render(request, "invoices/invoice.html", context)


@require_safe
def show_pdf(request: StaffRequest, pk: int) -> HttpResponse:
    """The invoice as a document, as it stands now."""
    invoice = or_404(get_invoice_by_id, request.membership.provider, pk)
    name = f"invoice-{invoice.number}" if invoice.number is not None else f"draft-{invoice.pk}"
    headers = {"Content-Disposition": f'inline; filename="{name}-{invoice.provider.slug}.pdf"'}
    return HttpResponse(make_invoice_pdf(invoice), content_type="application/pdf", headers=headers)


def _with_balances(invoice: Invoice) -> list[tuple[Any, int]]:
    """The movements, each with what was due after it, in minor units."""
    rows, due = [], 0
    for entry in list_entries(invoice):
        due += entry.amount_minor
        rows.append((entry, due))
    return rows


def _offers(membership: Membership, invoice: Invoice, funds_minor: int) -> dict[str, bool]:
    """What the person is offered: nothing that would be refused."""
    may = can_act(membership, Right.BILL) and membership.provider.end_customer_billing
    is_owed = invoice.state in OWED
    is_issued = invoice.number is not None
    return {
        "can_apply": may and is_owed and funds_minor > 0,
        "can_pay": may and is_owed,
        "can_void": may and is_issued and invoice.state in (*OWED, State.PAID),
        "can_write_off": may and is_owed,
    }
