"""A customer's statement: as a page, as a file for spreadsheets, as a PDF for the customer."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import get_valid_filename
from django.views.decorators.http import require_safe

from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer_by_id
from makegood.kit.refusal import Refused
from makegood.providers.calendar import today_of
from makegood.statements.explain import with_reasons
from makegood.statements.pdf import make_statement_pdf
from makegood.statements.range import Range, months_before, read_range
from makegood.statements.record import head_of_file, list_rows_of_file
from makegood.statements.selectors import get_statement
from makegood.statements.statement import What
from makegood.web.frame.csv_answer import answer_csv
from makegood.web.frame.finding import or_404
from makegood.web.frame.staff_request import StaffRequest


@dataclass(frozen=True)
class Offer:
    """A range that is one click away."""

    label: str
    url: str
    is_shown: bool


@require_safe
def show(request: StaffRequest, pk: int) -> HttpResponse:
    """The statement of the days that the address names; of three months up to today without any."""
    customer = _find(request, pk)
    today = today_of(customer.provider)
    context = {"customer": customer, "typed": request.GET, "today": today}
    try:
        days = _read(request, today)
    except Refused as refused:
        return render(request, "statements/statement.html", {**context, "refusal": refused, "offers": []})
    query = urlencode({"from": days.from_on.isoformat(), "to": days.upto_on.isoformat()})
    statement = with_reasons(customer, get_statement(customer, days))
    context |= {
        "days": days,
        "statement": statement,
        "unexplained": sum(1 for row in statement.rows if row.what is What.INVOICED and not row.why),
        "offers": _list_offers(customer, days, today),
        "csv_url": f"{reverse('customer-statement-csv', args=[pk])}?{query}",
        "pdf_url": f"{reverse('customer-statement-pdf', args=[pk])}?{query}",
    }
    return render(request, "statements/statement.html", context)


@require_safe
def export(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The same as a file of comma-separated values."""
    customer = _find(request, pk)
    days = _read_or_404(request, customer)
    rows = list_rows_of_file(customer, get_statement(customer, days))
    return answer_csv(_name_file(customer, days, "csv"), head_of_file(customer), rows)


@require_safe
def typeset(request: StaffRequest, pk: int) -> HttpResponse:
    """The same as a PDF for the customer."""
    customer = _find(request, pk)
    days = _read_or_404(request, customer)
    document = make_statement_pdf(customer, get_statement(customer, days))
    response = HttpResponse(document, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{_name_file(customer, days, "pdf")}"'
    return response


def _find(request: StaffRequest, pk: int) -> Customer:
    return or_404(get_customer_by_id, request.membership.provider, pk)


def _read(request: StaffRequest, today: date) -> Range:
    return read_range(request.GET.get("from"), request.GET.get("to"), today)


def _read_or_404(request: StaffRequest, customer: Customer) -> Range:
    try:
        return _read(request, today_of(customer.provider))
    except Refused as refused:
        raise Http404(refused.message) from None


def _name_file(customer: Customer, days: Range, ending: str) -> str:
    name = f"statement {customer.number} {days.from_on} {days.upto_on}.{ending}"
    return get_valid_filename(name).encode("ascii", "ignore").decode()


def _list_offers(customer: Customer, shown: Range, today: date) -> list[Offer]:
    offers = {
        "3 months": months_before(today, 3),
        "This year": today.replace(month=1, day=1),
        "12 months": months_before(today, 12),
        "Everything": min(customer.created_at.date(), months_before(today, 12 * 10)),
    }
    address = reverse("customer-statement", args=[customer.pk])
    return [
        Offer(
            label,
            f"{address}?{urlencode({'from': from_on.isoformat(), 'to': today.isoformat()})}",
            (from_on, today) == (shown.from_on, shown.upto_on),
        )
        for label, from_on in offers.items()
    ]
