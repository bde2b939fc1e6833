"""What a person found out at the processor, of what the processor itself does not say: the form of two windows."""

from typing import ClassVar

from django import forms
from django.http import QueryDict

from makegood.payments.rules import LONGEST_NOTE

DONE, NOT_DONE = "yes", "no"


class SettlementForm(forms.Form):
    """Whether it was done, what the processor calls it, and how the person knows.

    A subclass says what it is about. answer: the name of the field that says whether it was done; done, not_done: its
    choices in words; missing: said where none is chosen; kept_with: what the reason is kept with. longest_reference:
    how many characters the processor's name for it has at most.
    """

    answer: ClassVar[str]
    done: ClassVar[str]
    not_done: ClassVar[str]
    missing: ClassVar[str]
    kept_with: ClassVar[str]
    longest_reference: ClassVar[int]

    def __init__(self, data: QueryDict | None = None, *, reference: str, has_failed: bool) -> None:
        """reference: what the processor calls it, if that is known. has_failed: it counts as failed already, so that it
        can only have been done after all.
        """
        super().__init__(data, initial={"reference": reference}, auto_id="settlement_%s")
        choices = [(DONE, self.done)] if has_failed else [(DONE, self.done), (NOT_DONE, self.not_done)]
        if has_failed:
            self.initial[self.answer] = DONE
        self.fields[self.answer] = forms.ChoiceField(
            label="What stands at the processor",
            choices=choices,
            widget=forms.RadioSelect,
            error_messages={"required": self.missing},
        )
        self.fields["reference"] = forms.CharField(
            label="What the processor calls it",
            required=False,
            max_length=self.longest_reference,
            widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", "spellcheck": "false"}),
        )
        self.fields["reason"] = forms.CharField(
            label="How you know",
            max_length=LONGEST_NOTE,
            widget=forms.Textarea(attrs={"rows": 2, "data-longest": LONGEST_NOTE, "dir": "auto"}),
            error_messages={"required": f"Say how you know; it is kept with the {self.kept_with}."},
        )

    @property
    def is_done(self) -> bool:
        """Whether it was done; of a form that is valid."""
        return bool(self.cleaned_data[self.answer] == DONE)
