"""Pages of Settings > Services > Services."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from makegood.ledger.models import GLCode
from makegood.ledger.selectors import list_gl_codes
from makegood.orders.selectors import get_service_by_id, list_services
from makegood.orders.services.add_service import add_service
from makegood.orders.services.change_service import SHOWN_OF_SERVICE, change_service, set_service_active
from makegood.providers.models import Provider
from makegood.providers.rules import Right
from makegood.web.frame.finding import or_404
from makegood.web.frame.money_field import MoneyField
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.settings.editing import SettingsForm, Window, back_with, seen_of, wanted_state, work_form
from makegood.web.settings.gl_code_field import GLCodeField

change_settings = needs_right(Right.SETTINGS, "change services")


class ServiceForm(SettingsForm):
    """What is sold."""

    rows = (("name",), ("price", "tax_rate"), ("gl_code",))

    name = forms.CharField()

    def __init__(self, provider: Provider, *arguments: Any, keep: GLCode | None = None, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["price"] = MoneyField(
            provider, zero_allowed=True, label="Monthly price", help_text="Of new orders. Orders there are keep theirs."
        )
        self.fields["tax_rate"] = forms.DecimalField(
            label="Tax rate in percent",
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            error_messages={"invalid": "Write a percentage with a point before the decimals, such as 8.25."},
            help_text="From 0 to 100, at most three decimals.",
        )
        self.fields["gl_code"] = GLCodeField(
            list_gl_codes(provider).filter(type=GLCode.Type.SERVICE),
            keep=keep,
            required=True,
            label="GL code",
            help_text="Of type service.",
        )


def _values_of(form: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": form["name"],
        "price_minor": form["price"],
        "tax_rate": form["tax_rate"],
        "gl_code": form["gl_code"],
    }


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """All services, or those whose name has the words."""
    words = request.GET.get("q", "").strip()
    services = list_services(request.membership.provider)
    if words:
        services = services.filter(name__icontains=words)
    shown = [(service, f"{service.tax_rate.normalize():f}") for service in services]
    return render(request, "settings/services.html", {"services": shown, "words": words})


@require_http_methods(["GET", "HEAD", "POST"])
@change_settings
def add(request: StaffRequest) -> HttpResponse:
    """Adds a service."""
    provider, staff_id = request.membership.provider, request.membership.staff_id

    def make(data: QueryDict | None) -> ServiceForm:
        return ServiceForm(provider, data, initial={"tax_rate": Decimal(0)})

    def save(values: dict[str, Any], seen: str | None) -> str:
        service = add_service(provider=provider, staff_id=staff_id, **_values_of(values))
        return f"The service “{service.name}” is added."

    return work_form(request, Window("Add service", "Add service", reverse("services"), "service-new"), make, save)


@require_http_methods(["GET", "HEAD", "POST"])
@change_settings
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Changes a service for orders to come."""
    provider = request.membership.provider
    service = or_404(get_service_by_id, provider, pk)
    initial = {
        "name": service.name,
        "price": service.price_minor,
        "tax_rate": f"{service.tax_rate.normalize():f}",
        "gl_code": service.gl_code_id,
    }
    window = Window(f"Edit “{service.name}”", "Save", reverse("services"), f"service-{pk}")

    def make(data: QueryDict | None) -> ServiceForm:
        return ServiceForm(provider, data, initial=initial, keep=service.gl_code)

    def save(values: dict[str, Any], seen: str | None) -> str:
        change_service(service=service, staff_id=request.membership.staff_id, seen=seen, **_values_of(values))
        return f"The service “{service.name}” is saved."

    return work_form(request, window, make, save, seen=seen_of(service, SHOWN_OF_SERVICE))


@require_POST
@change_settings
def set_active(request: StaffRequest, pk: int) -> HttpResponse:
    """Sells a service again, or no longer."""
    service = or_404(get_service_by_id, request.membership.provider, pk)
    active = wanted_state(request)

    def change() -> str:
        set_service_active(service=service, active=active, staff_id=request.membership.staff_id)
        return f"The service “{service.name}” is {'sold again' if active else 'no longer sold; its orders go on'}."

    return back_with(request, reverse("services"), change)
