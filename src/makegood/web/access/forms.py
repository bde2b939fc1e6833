"""The log-in form, in our words."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm


class LogInForm(AuthenticationForm):
    """Log-in by e-mail address. The answer is the same whether the address, the password or both are wrong."""

    error_messages = {
        "invalid_login": "This e-mail address and password do not go together. Check both and try again.",
        "inactive": "This e-mail address and password do not go together. Check both and try again.",
    }

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        email = self.fields["username"]
        email.label = "E-mail address"
        email.widget = forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True, "maxlength": 254})
        for field in self.fields.values():
            field.error_messages["required"] = f"Enter your {str(field.label).lower()}."


class OwnPasswordForm(PasswordChangeForm):
    """A person's own password: the present one, and the new one twice."""

    error_messages = PasswordChangeForm.error_messages | {
        "password_incorrect": "This is not your present password.",
        "password_mismatch": "The two new passwords differ.",
    }

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["old_password"].label = "Present password"
        self.fields["new_password2"].label = "New password, again"
        for field in self.fields.values():
            field.error_messages["required"] = "Fill in this field."
