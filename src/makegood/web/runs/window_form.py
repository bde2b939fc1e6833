"""The form of the credit window."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from makegood.credits.rules import LONGEST_DESCRIPTION
from makegood.ledger.models import GLCode
from makegood.providers.models import Provider
from makegood.runs.models import Run
from makegood.transaction_templates.models import TransactionTemplate
from makegood.web.frame.money_field import MoneyField

Choices = list[tuple[str, str]]


def _hidden() -> forms.CharField:
    return forms.CharField(required=False, strip=False, widget=forms.HiddenInput)


class CreditWindowForm(forms.Form):
    """The credit window: what each selected customer gets.

    The hidden fields `was_…` hold what the window itself has filled in: what differs from that was typed by a person,
    and no template writes over it. token: the same window sent twice asks for the same run. copied: the template whose
    values stand in the fields. replaces: the draft that is being changed.
    """

    template = forms.CharField(label="Copy from Template", required=False, widget=forms.Select)
    description = forms.CharField(
        label="Description",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "data-longest": LONGEST_DESCRIPTION, "dir": "auto"}),
    )
    gl_code = forms.CharField(label="GL Code", required=False, widget=forms.Select)
    notify = forms.BooleanField(label="Send Notification to Customer", required=False)
    per = forms.ChoiceField(choices=Run.Unit.choices, required=False, widget=forms.RadioSelect)
    token = forms.CharField(max_length=64, widget=forms.HiddenInput)
    copied = _hidden()
    replaces = _hidden()
    shown_records = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    shown_customers = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    was_amount = _hidden()
    was_description = _hidden()
    was_gl_code = _hidden()
    was_notify = _hidden()

    def __init__(
        self,
        data: Any = None,
        *,
        provider: Provider,
        templates: Sequence[TransactionTemplate],
        gl_codes: Sequence[GLCode],
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}), auto_id="credit_%s")
        amount = MoneyField(provider, label="Amount", required=False)
        # Whoever opens the window types the amount first. It is mandatory, unless a template brings it.
        amount.widget.attrs |= {"autofocus": True, "aria-required": "true"}
        self.fields["amount"] = amount
        self._offer("template", [("", "No template"), *((each.name, each.name) for each in templates)])
        codes = [(code.code, f"{code}{' (default)' * code.default_for_credits}") for code in gl_codes]
        has_default = any(code.default_for_credits for code in gl_codes)
        self._offer("gl_code", codes if has_default else [("", "Choose a GL code"), *codes])

    def _offer(self, name: str, choices: Choices) -> None:
        widget = self.fields[name].widget
        if isinstance(widget, forms.Select):
            widget.choices = choices
