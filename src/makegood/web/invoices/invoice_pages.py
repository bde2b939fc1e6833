"""Pages: one invoice, and the same as a PDF."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from makegood.audit.selectors import list_entries_about
from makegood.invoices.models import Invoice
from makegood.invoices.outlook import foresee
from makegood.invoices.pdf import make_invoice_pdf
from makegood.invoices.rules import OWED, State
from makegood.invoices.selectors import get_invoice_by_id, list_entries, list_lines, list_taxes
from makegood.ledger.selectors import get_balance
from makegood.payments.refund_refusals import find_pending_refund
from makegood.payments.selectors_invoice import OnItsWay, find_on_its_way
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.providers.selectors import can_act
from makegood.statements.selectors import list_uses_for_invoice
from makegood.web.customers.history import tell
from makegood.web.frame.finding import or_404
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.invoices.collecting import describe_collecting, mark_of, offer
from makegood.web.statements.why_block import explain_one

MOST_EVENTS = 100
ENDINGS = ("invoice.voided", "invoice.written_off")


@require_safe
def show(request: StaffRequest, pk: int) -> HttpResponse:
    """An invoice: what is billed, what became of it, what will happen by itself."""
    invoice, on_its_way = _read(request, pk)
    lines = list(list_lines(invoice))
    events = list(list_entries_about(invoice.provider_id, {"invoice": [invoice.pk]})[:MOST_EVENTS])
    funds_minor = get_balance(invoice.provider_id, invoice.customer_id).funds_minor
    entries = _with_balances(invoice)
    collecting = describe_collecting(invoice, on_its_way, [entry for entry, _ in entries], events)
    context = {
        "invoice": invoice,
        "customer": invoice.customer,
        "lines": lines,
        "taxes": [tax for tax in list_taxes(invoice) if tax.tax_rate],
        "taxes_included": any(line.net_minor != line.amount_minor for line in lines),
        "uses": list(list_uses_for_invoice(invoice)),
        "entries": entries,
        "outlook": foresee([invoice]).get(invoice.pk),
        "funds_minor": funds_minor,
        "run_id": invoice.run_row.run_id if invoice.run_row else None,
        "events": tell(events, invoice.provider),
        "ended_because": next((each.detail.get("reason", "") for each in events if each.action in ENDINGS), ""),
        **explain_one(invoice),
        **collecting,
        **_offers(request.membership, invoice, funds_minor),
        **offer(request.membership, invoice, collecting),
    }
    return render(request, "invoices/invoice.html", context)


def _read(request: StaffRequest, pk: int) -> tuple[Invoice, OnItsWay | None]:
    """The invoice, with the payment that is on its way to it.

    One that settles between the two reads is not found any more: then the invoice stands otherwise, and is read again.
    """
    invoice = or_404(get_invoice_by_id, request.membership.provider, pk)
    on_its_way = find_on_its_way([invoice]).get(invoice.pk)
    if invoice.in_flight_minor and on_its_way is None:
        invoice = or_404(get_invoice_by_id, request.membership.provider, pk)
    return invoice, on_its_way


@require_safe
def look_again(request: StaffRequest, pk: int) -> HttpResponse:
    """Nothing, as long as the invoice stands as its page shows it; else that page is to be loaded again."""
    invoice = or_404(get_invoice_by_id, request.membership.provider, pk)
    if request.GET.get("seen") == mark_of(invoice, find_pending_refund(invoice)):
        return HttpResponse(status=204)
    return HttpResponseClientRefresh()


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
        "can_apply": may and is_owed and funds_minor > 0 and not invoice.in_flight_minor,
        "can_pay": may and is_owed and not invoice.in_flight_minor,
        "can_void": may and is_issued and invoice.state in (*OWED, State.PAID) and not invoice.in_flight_minor,
        "can_write_off": may and is_owed and not invoice.in_flight_minor,
    }
