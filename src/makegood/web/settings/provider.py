"""Page of Settings > Provider."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_safe

from makegood.providers.rules import Right
from makegood.providers.services import SHOWN_OF_PROVIDER, change_provider, set_end_customer_billing
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.settings.editing import SettingsForm, Window, seen_of, work_form

ON = "Credits can be given, and Available Funds pay invoices by themselves. What was booked before is there as it was."
OFF = "No credit can be given or changed, and runs under way skip what is left. Records can be read."

change_settings = needs_right(Right.SETTINGS, "change the provider")


class ProviderForm(SettingsForm):
    """What the provider is called, and by which clock it works."""

    rows = (("name",), ("timezone",))

    name = forms.CharField(help_text="As your customers and your staff know it.")

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        zones = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
        present = str(self.initial.get("timezone", ""))
        self.fields["timezone"] = forms.ChoiceField(
            label="Time zone",
            choices=[(zone, zone.replace("_", " ")) for zone in ([] if present in zones else [present]) + zones],
            help_text="Bookings are dated with the day there. What is booked keeps its date.",
        )


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """What the provider is."""
    return render(request, "settings/provider.html")


@require_http_methods(["GET", "HEAD", "POST"])
@change_settings
def edit(request: StaffRequest) -> HttpResponse:
    """Changes name and time zone."""
    provider = request.membership.provider
    initial = {"name": provider.name, "timezone": provider.timezone}

    def make(data: QueryDict | None) -> ProviderForm:
        return ProviderForm(data, initial=initial)

    def save(values: dict[str, Any], seen: str | None) -> str:
        change_provider(provider=provider, staff_id=request.membership.staff_id, seen=seen, **values)
        return f"{provider.name} is saved."

    window = Window("Edit provider", "Save", reverse("provider"), "provider")
    return work_form(request, window, make, save, seen=seen_of(provider, SHOWN_OF_PROVIDER))


class BillingForm(SettingsForm):
    """End Customer Billing on or off; said, never toggled."""

    rows = (("on",),)

    on = forms.ChoiceField(
        label="End Customer Billing",
        choices=[
            ("yes", format_html("<strong>On</strong> <small>{}</small>", ON)),
            ("no", format_html("<strong>Off</strong> <small>{}</small>", OFF)),
        ],
        widget=forms.RadioSelect,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@change_settings
def set_billing(request: StaffRequest) -> HttpResponse:
    """Switches End Customer Billing on or off."""
    provider = request.membership.provider
    initial = {"on": "yes" if provider.end_customer_billing else "no"}

    def save(values: dict[str, Any], seen: str | None) -> str:
        on = values["on"] == "yes"
        set_end_customer_billing(provider=provider, on=on, staff_id=request.membership.staff_id)
        return f"End Customer Billing is {'on' if on else 'off'}."

    window = Window("End Customer Billing", "Save", reverse("provider"), "provider-billing")
    return work_form(request, window, lambda data: BillingForm(data, initial=initial), save)
