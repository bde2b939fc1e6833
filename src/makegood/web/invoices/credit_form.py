"""The form of a credit for what is due of an invoice."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict

from makegood.credits.rules import LONGEST_DESCRIPTION
from makegood.invoices.models import Invoice
from makegood.ledger.models import GLCode
from makegood.transaction_templates.models import TransactionTemplate
from makegood.web.frame.money_field import MoneyField
from makegood.web.runs.window_form import hidden_text


class InvoiceCreditForm(forms.Form):
    """What the credit is. key: the same window sent twice gives one credit. seen: what was due when it was opened.

    was_…: what the window itself has filled in; what differs was typed, and no template writes over it. copied: the
    template whose values stand in the fields.
    """

    template = forms.CharField(label="Copy from Template", required=False, widget=forms.Select)

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput)
    gl_code = forms.ChoiceField(label="GL code")
    description = forms.CharField(
        label="Description",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "data-longest": LONGEST_DESCRIPTION, "dir": "auto"}),
    )
    use_at_once = forms.BooleanField(label="Use it for this invoice at once", required=False)
    notify = forms.BooleanField(label="Send Notification to Customer", required=False)
    copied = hidden_text()
    was_amount = hidden_text()
    was_description = hidden_text()
    was_gl_code = hidden_text()
    was_notify = hidden_text()

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        invoice: Invoice,
        can_use: bool,
        gl_codes: Sequence[GLCode],
        templates: Sequence[TransactionTemplate],
        initial: Mapping[str, Any],
    ) -> None:
        first = {"key": uuid4().hex, "seen": invoice.due_minor, "use_at_once": can_use}
        super().__init__(data, initial={**first, **initial}, auto_id="invoice_credit_%s")
        amount = MoneyField(invoice.provider, label="Amount")
        amount.widget.attrs |= {"autofocus": True}
        self.fields["amount"] = amount
        self.gl_codes = {code.code: code for code in gl_codes}
        choices = [(code.code, str(code)) for code in gl_codes]
        none = [] if any(code.default_for_credits for code in gl_codes) else [("", "Choose a GL code")]
        self.fields["gl_code"].choices = [*none, *choices]  # type: ignore[attr-defined]  # a ChoiceField's
        names = [("", "No template"), *((each.name, each.name) for each in templates)]
        self.fields["template"].widget.choices = names
        if not can_use:
            del self.fields["use_at_once"]
