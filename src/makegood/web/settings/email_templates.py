"""Pages of Settings > Billing > E-mail templates: what there is, and who the e-mail comes from."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from makegood.emails.selectors import get_email_settings, get_known_kind, has_smtp
from makegood.emails.services.settings import MOST_PER_MINUTE, set_email_settings
from makegood.emails.services.templates import require_language, set_active
from makegood.emails.template_list import list_templates
from makegood.kit.refusal import Refused
from makegood.providers.rules import Right
from makegood.web.frame.finding import or_404
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.settings.editing import SettingsForm, Window, back_with, wanted_state, work_form

change_templates = needs_right(Right.SETTINGS, "change e-mail templates")


class SenderForm(SettingsForm):
    """Whom e-mail comes from."""

    rows = (("sender_name",), ("sender_address", "reply_to"), ("per_minute",))

    sender_name = forms.CharField(required=False, help_text="Empty: the provider's name.")
    sender_address = forms.CharField(
        required=False, help_text="Empty: the address of this installation. The mail server has to accept it."
    )
    reply_to = forms.CharField(
        label="Address for replies", required=False, help_text="Empty: replies go to the sender's address."
    )
    per_minute = forms.IntegerField(
        label="E-mails a minute",
        min_value=1,
        max_value=MOST_PER_MINUTE,
        help_text="No more than so many leave in a minute. What your mail server allows.",
    )


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """All e-mail templates with their languages, and the sender."""
    provider = request.membership.provider
    context = {
        "templates": list_templates(provider),
        "sender": get_email_settings(provider),
        "no_server": not has_smtp(),
    }
    return render(request, "settings/email_templates.html", context)


@require_POST
@change_templates
def switch(request: StaffRequest, name: str) -> HttpResponse:
    """Switches a template on or off."""
    kind = or_404(get_known_kind, name)
    active = wanted_state(request)

    def change() -> str:
        set_active(membership=request.membership, name=kind.name, active=active)
        return f"{kind.title} is {'active' if active else 'not active any more'}."

    return back_with(request, reverse("email-templates"), change)


@require_safe
@change_templates
def add_language(request: StaffRequest, name: str) -> HttpResponse:
    """Goes to the texts of the language that was typed."""
    kind = or_404(get_known_kind, name)
    try:
        language = require_language(request.GET.get("language", ""))
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("email-templates")
    return redirect("email-template", kind.name, language)


@require_http_methods(["GET", "HEAD", "POST"])
@change_templates
def edit_sender(request: StaffRequest) -> HttpResponse:
    """Changes whom e-mail comes from."""
    own = get_email_settings(request.membership.provider)
    initial = {name: getattr(own, name) for row in SenderForm.rows for name in row}
    window = Window("Sender", "Save", reverse("email-templates"), "email-sender")

    def make(data: QueryDict | None) -> SenderForm:
        return SenderForm(data, initial=initial)

    def save(values: dict[str, Any], seen: str | None) -> str:
        set_email_settings(membership=request.membership, **values)
        return "The sender of e-mails is saved."

    return work_form(request, window, make, save)
