"""The forms of charges, discounts and surcharges."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from makegood.invoices.charge_rules import LONGEST_DESCRIPTION, parse_tax_rate, shown_rate
from makegood.invoices.models import OrderAdjustment
from makegood.invoices.services.adjustments import SHOWN_OF_ADJUSTMENT
from makegood.kit.fingerprint import fingerprint_of
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import list_charge_gl_codes, list_credit_gl_codes
from makegood.orders.models import Order
from makegood.providers.calendar import today_of
from makegood.transaction_templates.models import TransactionTemplate
from makegood.transaction_templates.selectors import list_templates
from makegood.web.frame.money_field import MoneyField
from makegood.web.runs.window_form import RunWindowForm, hidden_text


class TaxRateField(forms.CharField):
    """Text of a person to a tax rate in percent; what is none is refused in words. Leaves an empty field None."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "data-unit": "%"})
        super().__init__(widget=widget, required=False, **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if text in self.empty_values:
            return None
        try:
            return parse_tax_rate(text)
        except Refused as refused:
            raise ValidationError(refused.message, refused.code) from None


class ChargeWindowForm(RunWindowForm):
    """The charge window."""

    tax_rate = TaxRateField(label="Tax rate")
    was_tax_rate = hidden_text()

    def clean(self) -> dict[str, Any]:
        """What was typed; the rate also as text, for the words of the request."""
        typed = super().clean() or self.cleaned_data
        rate = typed.get("tax_rate")
        return {**typed, "tax_rate_text": None if rate is None else shown_rate(rate)}


def _day(label: str, *, required: bool) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    messages = {"required": "A date is needed.", "invalid": "This is no date. Write it as 2026-01-31."}
    return forms.DateField(
        label=label, required=required, widget=widget, input_formats=["%Y-%m-%d"], error_messages=messages
    )


class AdjustmentForm(forms.Form):
    """A discount or surcharge on an order."""

    template = forms.ChoiceField(label="Template", required=False)
    direction = forms.ChoiceField(
        label="Kind", choices=OrderAdjustment.Direction.choices, widget=forms.RadioSelect, required=False
    )
    description = forms.CharField(
        label="Description",
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", "maxlength": LONGEST_DESCRIPTION}),
    )
    gl_code = forms.ChoiceField(label="GL code", required=False)
    from_on = _day("From", required=True)
    until_on = _day("Until", required=False)

    def __init__(self, data: QueryDict | None, order: Order) -> None:
        provider = order.provider
        first_day = max(today_of(provider), order.from_date)
        super().__init__(data, initial={"direction": "credit", "from_on": first_day}, auto_id="adjustment_%s")
        self.fields["amount"] = MoneyField(provider, label="Amount a month", required=False)
        self.fields["amount"].widget.attrs["autofocus"] = True
        self._offer("template", [("", "No template"), *_name_templates(list_templates(provider).filter(active=True))])
        discounts = [(code.code, str(code)) for code in list_credit_gl_codes(provider)]
        surcharges = [(code.code, str(code)) for code in list_charge_gl_codes(provider)]
        groups = [("For discounts", discounts), ("For surcharges", surcharges)]
        self._offer("gl_code", [("", "As the template or the settings say"), *groups])

    def _offer(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # a ChoiceField's


class EndAdjustmentForm(forms.Form):
    """The last day of a discount or surcharge."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    until_on = _day("Last day", required=True)

    def __init__(self, data: QueryDict | None, adjustment: OrderAdjustment) -> None:
        last_day = adjustment.until_on or max(today_of(adjustment.provider), adjustment.from_on)
        seen = fingerprint_of(adjustment, SHOWN_OF_ADJUSTMENT)
        super().__init__(data, initial={"until_on": last_day, "seen": seen}, auto_id="adjustment_%s")
        self.fields["until_on"].widget.attrs["autofocus"] = True


def _name_templates(templates: Any) -> list[Any]:
    """The templates in two groups: each kind fits one direction only."""
    by_direction: dict[str, list[tuple[str, str]]] = {"credit": [], "charge": []}
    each: TransactionTemplate
    for each in templates:
        by_direction[each.direction].append((each.name, each.name))
    named = (("For discounts", by_direction["credit"]), ("For surcharges", by_direction["charge"]))
    return [group for group in named if group[1]]
