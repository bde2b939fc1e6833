"""The forms of the windows that make runs over a selection."""

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


def hidden_text() -> forms.CharField:
    """A field that a person does not see."""
    return forms.CharField(required=False, strip=False, widget=forms.HiddenInput)


class RunWindowForm(forms.Form):
    """A window over a selection: what each selected customer gets.

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
    per = forms.ChoiceField(choices=Run.Unit.choices, required=False, widget=forms.RadioSelect)
    token = forms.CharField(max_length=64, widget=forms.HiddenInput)
    copied = hidden_text()
    replaces = hidden_text()
    shown_records = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    shown_customers = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    was_amount = hidden_text()
    was_description = hidden_text()
    was_gl_code = hidden_text()

    def __init__(
        self,
        data: Any = None,
        *,
        name: str,
        provider: Provider,
        templates: Sequence[TransactionTemplate],
        gl_codes: Sequence[GLCode],
        default: GLCode | None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}), auto_id=f"{name}_%s")
        amount = MoneyField(provider, label="Amount", required=False)
        # Whoever opens the window types the amount first. It is mandatory, unless a template brings it.
        amount.widget.attrs |= {"autofocus": True, "aria-required": "true"}
        self.fields["amount"] = amount
        self._offer("template", [("", "No template"), *((each.name, each.name) for each in templates)])
        codes = [(code.code, f"{code}{' (default)' * (code == default)}") for code in gl_codes]
        self._offer("gl_code", codes if default in gl_codes else [("", "Choose a GL code"), *codes])

    def _offer(self, name: str, choices: Choices) -> None:
        widget = self.fields[name].widget
        if isinstance(widget, forms.Select):
            widget.choices = choices


class CreditWindowForm(RunWindowForm):
    """The credit window."""

    notify = forms.BooleanField(label="Send Notification to Customer", required=False)
    was_notify = hidden_text()
