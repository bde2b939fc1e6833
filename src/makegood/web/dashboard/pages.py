"""Pages: the dashboard. What has to be read from many records follows in answers of their own."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makegood.accounting.dashboard import get_totals, list_last_runs, list_next_collections
from makegood.payments.selectors_attention import find_attention
from makegood.providers.rules import Right
from makegood.providers.selectors import can_act
from makegood.web.dashboard.panels import make_ages_panel, make_invoices_panel, make_months_panel, make_run_lines
from makegood.web.frame.staff_request import StaffRequest


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """What customers have and owe, credits by month, and the last runs."""
    provider = request.membership.provider
    context = {
        "totals": get_totals(provider),
        "attention": find_attention(provider, with_held=can_act(request.membership, Right.BILL)),
        "collections": list_next_collections(provider),
        "months": make_months_panel(provider),
        "runs": make_run_lines(list_last_runs(provider)),
    }
    return render(request, "dashboard/page.html", context)


@require_safe
def show_ages(request: StaffRequest) -> HttpResponse:
    """Available Funds by the age of the credits."""
    return render(request, "dashboard/_ages.html", {"bars": make_ages_panel(request.membership.provider)})


@require_safe
def show_invoices(request: StaffRequest) -> HttpResponse:
    """Invoices by their state."""
    return render(request, "dashboard/_invoices.html", {"bars": make_invoices_panel(request.membership.provider)})
