"""Page of Settings > Billing > Billing settings."""

from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from makegood.invoices.models import BillingSettings
from makegood.invoices.selectors import get_billing_settings, get_next_number, has_issued
from makegood.invoices.services.settings import change_billing_settings, in_order
from makegood.payments.services.collection_settings import get_collection_settings
from makegood.providers.models import Provider
from makegood.providers.rules import Right
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.settings.billing_forms import BookingsForm, InvoicesForm, LateForm
from makegood.web.settings.editing import Window, seen_of, work_form

TITLES = {"invoices": "Edit how invoices are made", "late": "Edit what happens when late", "bookings": "Edit bookings"}
FIXED = "The first day, the numbers and whether prices include tax are fixed since the first invoice."


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """How the provider bills, for everybody to read."""
    provider = request.membership.provider
    context = {
        "billing": get_billing_settings(provider),
        "next_number": get_next_number(provider),
        "has_issued": has_issued(provider),
        "collection": get_collection_settings(provider),
    }
    return render(request, "settings/billing.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_right(Right.SETTINGS, "change the billing settings")
def edit(request: StaffRequest, part: str) -> HttpResponse:
    """Changes one part of the settings: ``invoices``, ``late`` or ``bookings``."""
    if part not in TITLES:
        raise Http404("There is no such part of the billing settings.")
    provider = request.membership.provider
    billing, issued = _read(provider), has_issued(provider)
    next_number = get_next_number(provider)

    def make(data: QueryDict | None) -> InvoicesForm | LateForm | BookingsForm:
        if part == "invoices":
            return InvoicesForm(billing, next_number, issued, data)
        return LateForm(billing, data) if part == "late" else BookingsForm(billing, data)

    def save(values: dict[str, Any], seen: str | None) -> str:
        change_billing_settings(membership=request.membership, seen=seen, **values)
        return "The billing settings are saved. They hold from now on."

    note = FIXED if issued and part == "invoices" else ""
    window = Window(TITLES[part], "Save", reverse("billing-settings"), f"billing-{part}", note)
    return work_form(request, window, make, save, seen=seen_of(billing, in_order(make(None).fields)))


def _read(provider: Provider) -> BillingSettings:
    billing = get_billing_settings(provider)
    # As it comes from the database, so that defaults which nobody has saved yet have the same fingerprint.
    billing.late_fee = str(billing.late_fee)
    billing.charge_tax_rate = Decimal(billing.charge_tax_rate).quantize(Decimal("0.001"))
    return billing
