"""The form of a refund of an invoice."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.html import format_html

from makegood.ledger.models import GLCode
from makegood.payments.refunding import RefundPreview
from makegood.payments.rules import LONGEST_NOTE, LONGEST_REFERENCE, Follow, Way
from makegood.payments.ways import ByHand
from makegood.web.frame.money_field import MoneyField

MEANINGS = {
    Follow.SETTLE: "A credit of the same amount pays the invoice at once, so nothing more is due of it.",
    Follow.LEAVE_OPEN: "The amount is due again, and people collect it: no autopay, no Available Funds by themselves, "
    "no reminder, no late fee and no suspension.",
}
BY_HAND = (
    (Way.BANK_TRANSFER, "By bank transfer", "You make the transfer; it is booked now."),
    (Way.CASH, "In cash", "You hand the money over; it is booked now."),
)


def ways_by_hand() -> list[tuple[str, Any]]:
    """The ways in which a person gives money back, each with what it means."""
    return [
        (str(way), format_html("<strong>{}</strong> <small>{}</small>", words, meaning))
        for way, words, meaning in BY_HAND
    ]


class RefundForm(forms.Form):
    """A refund as it is typed. key: the same window sent twice gives back once.

    seen: the fingerprint of what was shown; shown: what it was for, see `asked`.
    by_hand: how money goes back whose method is gone; offered only then.
    """

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    seen = forms.CharField(max_length=64, required=False)
    shown = forms.CharField(max_length=64, required=False)
    follow = forms.ChoiceField(
        label="What follows",
        choices=[
            (follow.value, format_html("<strong>{}</strong> <small>{}</small>", follow.label, MEANINGS[follow]))
            for follow in Follow
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what follows.", "invalid_choice": "Choose what follows."},
    )
    gl_code = forms.ChoiceField(label="GL code of the credit", required=False)
    reason = forms.CharField(
        label="Reason",
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2, "data-longest": LONGEST_NOTE, "dir": "auto"}),
        error_messages={"required": "Say why; it is kept with the refund."},
    )
    by_hand = forms.ChoiceField(
        label="How it goes back", choices=ways_by_hand(), required=False, widget=forms.RadioSelect
    )
    cash_gl_code = forms.ChoiceField(label="GL code of the money", required=False)
    reference = forms.CharField(
        label="Reference",
        required=False,
        max_length=LONGEST_REFERENCE,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        whole: RefundPreview,
        gl_codes: Sequence[GLCode],
        cash_gl_codes: Sequence[GLCode],
    ) -> None:
        default = next((code.code for code in gl_codes if code.default_for_credits), "")
        first = {
            "key": uuid4().hex,
            "amount": whole.amount_minor,
            "follow": Follow.LEAVE_OPEN if whole.settle_refusal else Follow.SETTLE,
            "gl_code": default,
            "cash_gl_code": cash_gl_codes[0].code if cash_gl_codes else "",
        }
        super().__init__(data, initial=first, auto_id="refund_%s")
        amount = MoneyField(whole.invoice.provider, label="Amount")
        amount.widget.attrs |= {"autofocus": True}
        self.fields["amount"] = amount
        self.codes = {code.code: code for code in (*gl_codes, *cash_gl_codes)}
        none = [] if default else [("", "Choose a GL code")]
        self._offer("gl_code", [*none, *((code.code, str(code)) for code in gl_codes)])
        self._offer("cash_gl_code", [(code.code, str(code)) for code in cash_gl_codes])
        if not whole.way_gone:
            for name in ("by_hand", "cash_gl_code", "reference"):
                del self.fields[name]

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # a ChoiceField's

    @property
    def settles(self) -> bool:
        """Whether a credit is to settle the invoice, as far as the form says so far."""
        return bool(self["follow"].value() == Follow.SETTLE)

    @property
    def hand(self) -> ByHand | None:
        """How money goes back whose method is gone, as far as the form says so far."""
        if "by_hand" not in self.fields or not (way := self["by_hand"].value()) or way not in Way.values:
            return None
        reference = str(self["reference"].value() or "").strip()[:LONGEST_REFERENCE]
        return ByHand(way, self.codes.get(str(self["cash_gl_code"].value())), reference)

    @property
    def asked(self) -> str:
        """What decides about the split, as far as the form says so far."""
        way = self.hand.way if self.hand else ""
        return f"{str(self['amount'].value() or '').strip()} {way}".strip()

    @property
    def values(self) -> dict[str, Any]:
        """What is asked for, as the service takes it; of a form that is valid."""
        typed = self.cleaned_data
        return {
            "amount_minor": typed["amount"],
            "follow": typed["follow"],
            "gl_code": self.codes.get(typed["gl_code"]) if typed["follow"] == Follow.SETTLE else None,
            "reason": typed["reason"],
            "by_hand": self.hand,
            "seen": typed["seen"] or None,
        }
