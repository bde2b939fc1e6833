"""The window of Settings > Billing > Billing settings > Collection."""

from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from makegood.payments.models import CollectionSettings
from makegood.payments.services.collection_settings import (
    SETTINGS,
    change_collection_settings,
    get_collection_settings,
)
from makegood.providers.rules import Right
from makegood.web.frame.money_field import MoneyField
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.settings.billing_forms import ReminderDaysField
from makegood.web.settings.editing import SettingsForm, Window, seen_of, work_form


class CollectionForm(SettingsForm):
    """When a failed charge is tried again, and how much is charged within an hour."""

    rows = (("retry_days",), ("charges_per_hour", "amount_per_hour_minor"), ("at_once",))

    def __init__(self, settings: CollectionSettings, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, initial={name: getattr(settings, name) for name in SETTINGS}, **named)
        self.fields["retry_days"] = ReminderDaysField(
            label="Tried again after",
            required=False,
            help_text="Days after each failure, such as 3, 5, 7: one number for each further try. Empty: a charge that "
            "fails is given up.",
        )
        self.fields["charges_per_hour"] = _number(
            "Charges per hour", required=False, help_text="At most so many. Empty: no limit."
        )
        self.fields["amount_per_hour_minor"] = MoneyField(
            settings.provider,
            label="Amount per hour",
            required=False,
            help_text="At most so much. Empty: no limit.",
        )
        self.fields["at_once"] = _number(
            "At the same time", help_text="How many charges are under way at the processor at once, at most 32."
        )


def _number(label: str, *, required: bool = True, help_text: str = "") -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric", "class": "amount", "data-unit": "charges"})
    return forms.IntegerField(label=label, required=required, widget=widget, help_text=help_text)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_right(Right.SETTINGS, "change how is collected")
def edit(request: StaffRequest) -> HttpResponse:
    """Changes how the provider collects."""
    settings = get_collection_settings(request.membership.provider)

    def make(data: QueryDict | None) -> CollectionForm:
        return CollectionForm(settings, data)

    def save(values: dict[str, Any], seen: str | None) -> str:
        change_collection_settings(membership=request.membership, seen=seen, **values)
        return "How is collected is saved. It holds from now on."

    window = Window(
        "Edit collection",
        "Save",
        reverse("billing-settings"),
        "billing-collection",
        "What waits for its next try keeps its day.",
    )
    return work_form(request, window, make, save, seen=seen_of(settings, SETTINGS))
