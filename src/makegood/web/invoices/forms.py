"""The forms of an invoice's windows."""

from typing import cast

from django import forms
from django.http import QueryDict

from makegood.credits.services.void_invoice import LONGEST_REASON


class ReasonForm(forms.Form):
    """Why something is done with an invoice."""

    reason = forms.CharField(
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 2, "data-longest": LONGEST_REASON, "dir": "auto", "autofocus": True}),
        error_messages={"required": "Say why; it is kept with the invoice."},
    )

    def __init__(self, data: QueryDict | None = None, *, initial: dict[str, int] | None = None) -> None:
        super().__init__(data, initial=initial, auto_id="invoice_%s")


class EndForm(ReasonForm):
    """Why an invoice ends; seen: what the person saw of it, in minor units, so that a change meanwhile is noticed."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, seen: int) -> None:
        super().__init__(data, initial={"seen": seen})

    def look_again(self, seen: int) -> None:
        """Takes over what the person sees now, for another try."""
        data = cast(QueryDict, self.data).copy()
        data["seen"] = str(seen)
        self.data = data


class VoidForm(EndForm):
    """The same for voiding, which can make what was billed due for the next invoice."""

    bill_again = forms.BooleanField(label="Bill these days again", required=False)
    charges_wait = forms.BooleanField(
        label="One-off charges on it wait for the next invoice", required=False, initial=True
    )
