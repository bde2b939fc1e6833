"""A form's field for an amount in the provider's currency."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from makegood.kit.money import decimal_string, parse_amount
from makegood.kit.refusal import Refused
from makegood.providers.models import Provider


class MoneyField(forms.CharField):
    """Text of a person to minor units; what is no amount is refused in words. Leaves an empty optional field None."""

    def __init__(self, provider: Provider, *, zero_allowed: bool = False, **options: Any) -> None:
        self.provider = provider
        self.zero_allowed = zero_allowed
        widget = forms.TextInput(
            attrs={"inputmode": "decimal", "autocomplete": "off", "class": "amount", "data-unit": provider.currency}
        )
        super().__init__(widget=widget, **options)
        self.error_messages["required"] = "An amount is needed."

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if text in self.empty_values:
            return None
        try:
            return parse_amount(text, self.provider.currency_digits, zero_allowed=self.zero_allowed)
        except Refused as refused:
            raise ValidationError(refused.message, refused.code) from None

    def prepare_value(self, value: Any) -> Any:
        return decimal_string(value, self.provider.currency_digits) if isinstance(value, int) else value
