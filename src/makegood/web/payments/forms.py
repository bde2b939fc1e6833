"""The forms of payments."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.forms import BoundField
from django.http import QueryDict

from makegood.ledger.models import GLCode
from makegood.payments.rules import BY_HAND as METHODS_BY_HAND
from makegood.payments.rules import LONGEST_NOTE, LONGEST_REFERENCE, Method, Payable, field_of
from makegood.providers.calendar import today_of
from makegood.providers.models import Provider
from makegood.web.frame.money_field import MoneyField

OLDEST_FIRST, BY_HAND = "oldest", "hand"
_ALLOCATION = re.compile(r"allocation-([0-9]{1,18})")


@dataclass(frozen=True)
class AllocationRow:
    """An invoice with the field for what it gets."""

    payable: Payable
    field: BoundField


class PaymentForm(forms.Form):
    """A payment as it is typed. key: the same form sent twice records one payment.

    how: whether the oldest due is paid first or the person says what is paid. shown_how: which of it the form shows.
    There is a field for each invoice that could be paid, and for each that the person has typed something for.
    """

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    method = forms.ChoiceField(
        label="How it was paid",
        choices=[(method.value, method.label) for method in METHODS_BY_HAND],
        widget=forms.RadioSelect,
    )
    received_on = forms.DateField(
        label="Received on", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reference = forms.CharField(
        label="Reference",
        required=False,
        max_length=LONGEST_REFERENCE,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", "spellcheck": "false"}),
    )
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    gl_code = forms.ChoiceField(label="GL code")
    how = forms.ChoiceField(
        label="What it pays",
        choices=[(OLDEST_FIRST, "The oldest due first"), (BY_HAND, "What I type below")],
        widget=forms.RadioSelect,
    )
    shown_how = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        provider: Provider,
        gl_codes: Sequence[GLCode],
        payables: Sequence[Payable],
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        today = today_of(provider)
        first = {
            "key": uuid4().hex,
            "method": Method.BANK_TRANSFER,
            "received_on": today,
            "gl_code": gl_codes[0].code if gl_codes else "",
            "how": OLDEST_FIRST,
        }
        super().__init__(data, initial={**first, **(initial or {})}, auto_id="payment_%s")
        amount = MoneyField(provider, label="Amount")
        amount.widget.attrs |= {"autofocus": True}
        self.fields["amount"] = amount
        self.fields["received_on"].widget.attrs["max"] = today.isoformat()
        self.gl_codes = {code.code: code for code in gl_codes}
        self.fields["gl_code"].choices = [(code.code, str(code)) for code in gl_codes]  # type: ignore[attr-defined]
        self.payables = tuple(payables)
        for payable in payables:
            self.fields[field_of(payable.invoice_id)] = MoneyField(
                provider, label=f"What {payable.name.lower()} gets", required=False, zero_allowed=True
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        known = {payable.invoice_id for payable in self.payables}
        if self.by_hand and not known.issuperset(find_typed_invoices(self.data)):
            raise forms.ValidationError("Something is typed for an invoice that this customer does not have.")
        return cleaned

    @property
    def by_hand(self) -> bool:
        """Whether the person says what is paid, as far as the form says so far."""
        return bool(self["how"].value() == BY_HAND)

    @property
    def rows(self) -> list[AllocationRow]:
        return [AllocationRow(payable, self[field_of(payable.invoice_id)]) for payable in self.payables]

    @property
    def allocations(self) -> dict[int, int] | None:
        """By invoice id, in minor units, of a form that is valid; None for the oldest due first."""
        if self.cleaned_data["how"] == OLDEST_FIRST:
            return None
        typed = {each.invoice_id: self.cleaned_data[field_of(each.invoice_id)] for each in self.payables}
        return {invoice_id: minor for invoice_id, minor in typed.items() if minor}

    @property
    def values(self) -> dict[str, Any]:
        """What is recorded besides the allocations, as the service takes it."""
        names = ("method", "received_on", "reference", "note")
        return {
            **{name: self.cleaned_data[name] for name in names},
            "amount_minor": self.cleaned_data["amount"],
            "gl_code": self.gl_codes[self.cleaned_data["gl_code"]],
        }


def find_typed_invoices(data: Mapping[str, Any]) -> list[int]:
    """Ids of the invoices that the person has typed something for, whatever has become of them meanwhile."""
    found = ((_ALLOCATION.fullmatch(name), value) for name, value in data.items())
    return [int(match[1]) for match, value in found if match and str(value).strip()]


class ReversalForm(forms.Form):
    """Why a payment is reversed. key: the same window sent twice reverses once."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Reason",
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2, "data-longest": LONGEST_NOTE, "dir": "auto", "autofocus": True}),
        error_messages={"required": "Say why; it is kept with the payment."},
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"key": uuid4().hex}, auto_id="reversal_%s")
