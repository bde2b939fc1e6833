"""A form's field for a GL code, in groups by type."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from makegood.ledger.models import GLCode


class GLCodeField(forms.ChoiceField):
    """The number of a GL code to the code itself; None for none. Offers the active ones, and `keep`, set now."""

    def __init__(self, codes: QuerySet[GLCode], *, keep: GLCode | None = None, required: bool = False, **named: Any):
        self._codes = {code.pk: code for code in codes if code.active or code == keep}
        groups: dict[str, list[tuple[str, str]]] = {}
        for code in self._codes.values():
            words = f"{code.code} · {code.description}" if code.description else code.code
            groups.setdefault(code.get_type_display(), []).append(
                (str(code.pk), words if code.active else f"{words} (not active)")
            )
        none = [("", "Choose one" if required else "None")]
        super().__init__(choices=[*none, *groups.items()], required=required, **named)

    def clean(self, value: Any) -> GLCode | None:
        """The code. One that is not offered, another provider's above all, is not known."""
        text = super().clean(value)
        if not text:
            return None
        code = self._codes.get(int(text))
        if code is None:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return code

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(initial or "") != str(data or "")
