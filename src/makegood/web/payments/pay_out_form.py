"""The form of a pay-out of Available Funds."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.html import format_html

from makegood.ledger.models import GLCode
from makegood.payments.paying_out import PayOutPreview
from makegood.payments.rules import LONGEST_NOTE, LONGEST_REFERENCE, Way
from makegood.web.frame.money_field import MoneyField
from makegood.web.payments.refund_form import ways_by_hand

TO_METHOD = "Back to the card or account that paid. The funds are gone at once, and come back if it is refused."


class PayOutForm(forms.Form):
    """A pay-out as it is typed. key: the same window sent twice pays out once.

    seen: the fingerprint of what was shown; shown: what it was for, see `asked`.
    """

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    seen = forms.CharField(max_length=64, required=False)
    shown = forms.CharField(max_length=64, required=False)
    way = forms.ChoiceField(
        label="How it goes back",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how it goes back.", "invalid_choice": "Choose how it goes back."},
    )
    gl_code = forms.ChoiceField(label="GL code of the money", required=False)
    reference = forms.CharField(
        label="Reference",
        required=False,
        max_length=LONGEST_REFERENCE,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", "spellcheck": "false"}),
    )
    reason = forms.CharField(
        label="Reason",
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2, "data-longest": LONGEST_NOTE, "dir": "auto"}),
        error_messages={"required": "Say why; it is kept with the pay-out."},
    )

    def __init__(self, data: QueryDict | None = None, *, whole: PayOutPreview, cash_gl_codes: Sequence[GLCode]) -> None:
        to_method = whole.by_method_minor > 0
        first = {
            "key": uuid4().hex,
            "amount": whole.by_method_minor if to_method else whole.most_minor,
            "way": Way.GATEWAY if to_method else Way.BANK_TRANSFER,
            "gl_code": cash_gl_codes[0].code if cash_gl_codes else "",
        }
        super().__init__(data, initial=first, auto_id="pay_out_%s")
        amount = MoneyField(whole.customer.provider, label="Amount")
        amount.widget.attrs |= {"autofocus": True}
        self.fields["amount"] = amount
        words = format_html("<strong>{}</strong> <small>{}</small>", "To the payment method", TO_METHOD)
        ways = [(str(Way.GATEWAY), words)] if to_method else []
        self.fields["way"].choices = [*ways, *ways_by_hand()]  # type: ignore[attr-defined]  # a ChoiceField's
        self.codes = {code.code: code for code in cash_gl_codes}
        self.fields["gl_code"].choices = [(code.code, str(code)) for code in cash_gl_codes]  # type: ignore[attr-defined]

    @property
    def chosen_way(self) -> Way:
        """How it goes back, as far as the form says so far."""
        said = str(self["way"].value())
        return Way(said) if said in Way.values else Way.BANK_TRANSFER

    @property
    def asked(self) -> str:
        """What decides about the split, as far as the form says so far."""
        return f"{str(self['amount'].value() or '').strip()} {self.chosen_way}"

    @property
    def values(self) -> dict[str, Any]:
        """What is asked for, as the service takes it; of a form that is valid."""
        typed = self.cleaned_data
        by_hand = self.chosen_way != Way.GATEWAY
        return {
            "amount_minor": typed["amount"],
            "way": self.chosen_way,
            "gl_code": self.codes.get(typed["gl_code"]) if by_hand else None,
            "reference": typed["reference"] if by_hand else "",
            "reason": typed["reason"],
            "seen": typed["seen"] or None,
        }
