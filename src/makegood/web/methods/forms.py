"""The forms of payment methods. What looks like the number of a card is never shown again."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.html import format_html

from makegood.gateways.models import Gateway
from makegood.gateways.rules import GatewayKind
from makegood.gateways.sandbox.outcomes import OUTCOMES
from makegood.kit.refusal import Refused
from makegood.payments.method_rules import clean_reference
from makegood.payments.rules import LONGEST_NOTE
from makegood.web.frame.form_refusals import add_refusal


class MethodForm(forms.Form):
    """A payment method as the processor knows it: its reference, or with the sandbox what becomes of its charges."""

    reference = forms.CharField(
        label="Reference",
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off", "autofocus": True}
        ),
    )
    as_default = forms.BooleanField(label="Make it the default", required=False)

    def __init__(self, data: QueryDict | None = None, *, gateway: Gateway) -> None:
        super().__init__(data, auto_id="method_%s")
        if gateway.kind == GatewayKind.SANDBOX:
            choices = [
                (each.code, format_html("{}: {} <code>{}</code>", each.title, each.says, each.code))
                for each in OUTCOMES
            ]
            missing = {"required": "Choose a test method."}
            self.fields["reference"] = forms.ChoiceField(
                label="Test method", choices=choices, widget=forms.RadioSelect, error_messages=missing
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "reference" in cleaned:
            try:
                cleaned["reference"] = clean_reference(cleaned["reference"])
            except Refused as refused:
                add_refusal(self, refused)
        if "reference" in self.errors:
            self._forget()
        return cleaned

    def _forget(self) -> None:
        """What was typed is not sent back either: it may be a number that must not be anywhere."""
        data = QueryDict(mutable=True)
        data.update({name: value for name, value in self.data.items() if name != "reference"})
        self.data = data


class CardForm(forms.Form):
    """What comes back from the processor's own form. proof: that it was begun here, for this customer."""

    proof = forms.CharField(max_length=1000, required=False, widget=forms.HiddenInput)
    as_default = forms.BooleanField(label="Make it the default", required=False)

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="card_%s")


class ReleaseForm(forms.Form):
    """Why a payment method that is held after a dispute is used again."""

    reason = forms.CharField(
        label="Reason",
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2, "data-longest": LONGEST_NOTE, "dir": "auto", "autofocus": True}),
        error_messages={"required": "Say why; it is kept with the customer."},
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="release_%s")
