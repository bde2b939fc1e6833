"""Page: a person who was invited, or has lost the password, chooses one. Reached by a link that works once."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator

from makegood.providers.invitations import is_of_one_provider
from makegood.providers.models import Staff
from makegood.providers.services import change_password
from makegood.web.frame.middleware import without_membership


class FirstPasswordForm(SetPasswordForm):  # type: ignore[type-arg]  # generic only for the type checker
    """A new password, twice."""

    error_messages = SetPasswordForm.error_messages | {"password_mismatch": "The two passwords differ."}

    def __init__(self, user: Any, *arguments: Any, **named: Any) -> None:
        super().__init__(user, *arguments, **named)
        self.fields["new_password1"].label = "Password"
        self.fields["new_password2"].label = "Password, again"
        for field in self.fields.values():
            field.help_text = ""
            cast(forms.CharField, field).error_messages["required"] = "Fill in this field."


@method_decorator(without_membership, name="dispatch")
class ChoosePassword(views.PasswordResetConfirmView):
    """Takes the token out of the address first, so that it stands in no referrer; then asks for a password."""

    template_name = "access/choose_password.html"
    form_class = FirstPasswordForm

    def render_to_response(self, context: dict[str, Any], **named: Any) -> HttpResponse:
        status = 200 if context.get("validlink", True) else 410
        return super().render_to_response(context, status=status, **named)

    def form_valid(self, form: Any) -> HttpResponse:
        change_password(staff=form.user, password=form.cleaned_data["new_password1"])
        self.request.session.pop(views.INTERNAL_RESET_SESSION_TOKEN, None)
        messages.success(self.request, "Your password is set. Log in with it.")
        return redirect(reverse("login"))

    def get_user(self, uidb64: str) -> Staff | None:
        """Who the link is for, if the person may still log in and works for nobody else meanwhile."""
        found = super().get_user(uidb64)
        return found if isinstance(found, Staff) and found.is_active and is_of_one_provider(found) else None
