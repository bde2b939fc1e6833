"""The forms of a credit's windows."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.safestring import SafeString

from makegood.credits.change_rules import is_given
from makegood.credits.models import Credit
from makegood.credits.rules import LONGEST_DESCRIPTION
from makegood.kit.money import decimal_string
from makegood.ledger.models import GLCode
from makegood.web.frame.money_field import MoneyField


class ChangeForm(forms.Form):
    """What every window of a credit carries. key: the same window sent twice books once.

    seen_change: the number of the last change that the person saw.
    """

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    seen_change = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    notify = forms.BooleanField(label="Send Notification to Customer", required=False)

    def __init__(self, data: QueryDict | None = None, *, seen_change: int, **initial: Any) -> None:
        super().__init__(data, initial={"key": uuid4().hex, "seen_change": seen_change, **initial}, auto_id="credit_%s")


class EditCreditForm(ChangeForm):
    """What can be changed of a credit. Each field carries what it said when the window was opened.

    So only what the person changed is asked for, and a change that somebody else made meanwhile is seen.
    """

    description = forms.CharField(
        label="Description",
        required=False,
        show_hidden_initial=True,
        widget=forms.Textarea(attrs={"rows": 2, "data-longest": LONGEST_DESCRIPTION, "dir": "auto"}),
    )
    gl_code = forms.ChoiceField(label="GL code", show_hidden_initial=True)
    expires_on = forms.DateField(
        label="Expires on",
        required=False,
        show_hidden_initial=True,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        credit: Credit,
        gl_codes: Sequence[GLCode],
        seen_change: int,
    ) -> None:
        super().__init__(data, seen_change=seen_change, **values_of(credit))
        amount = MoneyField(credit.provider, label="Amount", show_hidden_initial=True)
        amount.widget.attrs |= {"autofocus": True}
        self.fields["amount"] = amount
        self.gl_codes = {code.code: code for code in (*gl_codes, credit.gl_code)}
        codes = sorted(self.gl_codes.values(), key=lambda code: code.code)
        words = [(code.code, str(code) if code.active else f"{code} (not active)") for code in codes]
        self.fields["gl_code"].choices = words  # type: ignore[attr-defined]  # a ChoiceField's
        if not is_given(credit.kind, from_invoice=credit.from_invoice_id is not None):
            for name in ("amount", "gl_code", "expires_on"):
                del self.fields[name]

    def initials(self) -> list[SafeString]:
        """What each field said when the window was opened, as hidden inputs."""
        return [field.as_hidden(only_initial=True) for field in self if field.field.show_hidden_initial]

    @property
    def changed_values(self) -> dict[str, Any]:
        """What the person changed, as the service takes it."""
        cleaned = self.cleaned_data
        values = {
            "description": cleaned["description"],
            "gl_code": self.gl_codes.get(cleaned.get("gl_code", "")),
            "amount_minor": cleaned.get("amount"),
            "expires_on": cleaned.get("expires_on"),
        }
        changed = set(self.changed_data)
        return {name: value for name, value in values.items() if name.removesuffix("_minor") in changed}


def values_of(credit: Credit) -> dict[str, str]:
    """What the form says about a credit as it stands."""
    amount = decimal_string(credit.issued_minor + credit.adjusted_minor, credit.provider.currency_digits)
    return {
        "amount": amount,
        "description": credit.description,
        "gl_code": credit.gl_code.code,
        "expires_on": credit.expires_on.isoformat() if credit.expires_on else "",
    }


def merge_typed(form: EditCreditForm, credit: Credit, gl_codes: Sequence[GLCode], seen_change: int) -> EditCreditForm:
    """The form again, after somebody else changed the credit: what was typed stays, all else is as it is now.

    Where both changed the same field, what the other one saved is said beside it.
    """
    data = QueryDict(mutable=True)
    data.update(form.data)
    typed = set(form.changed_data)
    both = {}
    for name, value in values_of(credit).items():
        initial = form.add_initial_prefix(name)
        if name not in typed:
            data[name] = value
        elif data.get(initial, "") != value:
            both[name] = value
        data[initial] = value
    data["seen_change"] = str(seen_change)
    data["key"] = uuid4().hex
    merged = EditCreditForm(data, credit=credit, gl_codes=gl_codes, seen_change=seen_change)
    for name, value in both.items():
        merged.add_error(name, f"Somebody else saved “{value or 'nothing'}” here.")
    return merged
