"""Pages of Settings > Billing > Transaction templates."""

from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from makegood.ledger.models import GLCode
from makegood.ledger.selectors import list_gl_codes
from makegood.providers.models import Provider
from makegood.providers.rules import Right
from makegood.transaction_templates.models import TransactionTemplate
from makegood.transaction_templates.selectors import get_template, list_templates
from makegood.transaction_templates.services import (
    SHOWN_OF_TEMPLATE,
    add_template,
    change_template,
    set_template_active,
)
from makegood.web.frame.finding import or_404
from makegood.web.frame.money_field import MoneyField
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.settings.editing import SettingsForm, Window, back_with, seen_of, wanted_state, work_form
from makegood.web.settings.gl_code_field import GLCodeField

change_settings = needs_right(Right.SETTINGS, "change transaction templates")


class TemplateForm(SettingsForm):
    """A transaction template."""

    rows = (("name",), ("direction", "kind"), ("amount", "gl_code"), ("description",), ("notify",))

    name = forms.CharField()
    direction = forms.ChoiceField(
        choices=TransactionTemplate.Direction.choices, help_text="A charge template is not offered for credits."
    )
    kind = forms.ChoiceField(choices=TransactionTemplate.Kind.choices)
    description = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Customers read it beside the credit or on the invoice. At most 500 characters.",
    )
    notify = forms.BooleanField(required=False, label="Send Notification to Customer when it is used")

    def __init__(self, provider: Provider, *arguments: Any, keep: GLCode | None = None, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["amount"] = MoneyField(
            provider, required=False, help_text="Left empty, it is typed each time the template is used."
        )
        self.fields["gl_code"] = GLCodeField(
            list_gl_codes(provider).exclude(type__in=("receivable", "available_funds", "clearing")),
            keep=keep,
            label="GL code",
            help_text="A credit needs one of type credit, a charge one of type fee or service; empty for the default.",
        )


def _values_of(form: dict[str, Any]) -> dict[str, Any]:
    names = ("name", "direction", "kind", "description", "gl_code", "notify")
    return {name: form[name] for name in names} | {"amount_minor": form["amount"]}


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """All templates, or those whose name or description has the words."""
    words = request.GET.get("q", "").strip()
    templates = list_templates(request.membership.provider)
    found = [template for template in templates if words.lower() in f"{template.name} {template.description}".lower()]
    return render(request, "settings/transaction_templates.html", {"templates": found, "words": words})


@require_http_methods(["GET", "HEAD", "POST"])
@change_settings
def add(request: StaffRequest) -> HttpResponse:
    """Adds a template."""
    provider, staff_id = request.membership.provider, request.membership.staff_id
    window = Window(
        "Add transaction template", "Add template", reverse("transaction-templates"), "transaction-template-new"
    )

    def make(data: QueryDict | None) -> TemplateForm:
        return TemplateForm(provider, data, initial={"direction": "credit", "kind": "goodwill"})

    def save(values: dict[str, Any], seen: str | None) -> str:
        template = add_template(provider=provider, staff_id=staff_id, **_values_of(values))
        return f"The template “{template.name}” is added."

    return work_form(request, window, make, save)


@require_http_methods(["GET", "HEAD", "POST"])
@change_settings
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Changes a template for the future."""
    provider, staff_id = request.membership.provider, request.membership.staff_id
    template = or_404(get_template, provider, pk)
    initial = {
        "name": template.name,
        "direction": template.direction,
        "kind": template.kind,
        "amount": template.amount_minor,
        "description": template.description,
        "gl_code": template.gl_code_id,
        "notify": template.notify,
    }
    window = Window(
        f"Edit “{template.name}”",
        "Save",
        reverse("transaction-templates"),
        f"transaction-template-{pk}",
        "What you change holds from now on. Credits and charges that were made with this template keep their values.",
    )

    def save(values: dict[str, Any], seen: str | None) -> str:
        change_template(template=template, staff_id=staff_id, seen=seen, **_values_of(values))
        return f"The template “{template.name}” is saved."

    return work_form(
        request,
        window,
        lambda data: TemplateForm(provider, data, initial=initial, keep=template.gl_code),
        save,
        seen=seen_of(template, SHOWN_OF_TEMPLATE),
    )


@require_POST
@change_settings
def set_active(request: StaffRequest, pk: int) -> HttpResponse:
    """Offers a template, or no longer."""
    template = or_404(get_template, request.membership.provider, pk)
    active = wanted_state(request)

    def change() -> str:
        set_template_active(template=template, active=active, staff_id=request.membership.staff_id)
        return f"The template “{template.name}” is {'active' if active else 'no longer offered'}."

    return back_with(request, reverse("transaction-templates"), change)
