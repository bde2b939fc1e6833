"""Pages of Settings > Services > GL codes."""

from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from makegood.ledger.models import GLCode
from makegood.ledger.rules import CONTROL_TYPES
from makegood.ledger.selectors import get_gl_code_by_id, list_gl_codes
from makegood.ledger.services import (
    SHOWN_OF_GL_CODE,
    add_gl_code,
    change_gl_code,
    set_default_credit_gl_code,
    set_gl_code_active,
)
from makegood.providers.rules import Right
from makegood.web.frame.finding import or_404
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.settings.editing import SettingsForm, Window, back_with, seen_of, wanted_state, work_form

change_settings = needs_right(Right.SETTINGS, "change GL codes")


class GLCodeForm(SettingsForm):
    """A GL code."""

    rows = (("code", "type"), ("description",))

    code = forms.CharField(help_text="As your general ledger writes it, at most 20 characters.")
    description = forms.CharField(required=False)

    def __init__(self, *arguments: Any, present_type: str = "", **named: Any) -> None:
        super().__init__(*arguments, **named)
        types = [
            choice for choice in GLCode.Type.choices if choice[0] not in CONTROL_TYPES or choice[0] == present_type
        ]
        self.fields["type"] = forms.ChoiceField(
            choices=types, help_text="What the code is for. Fixed as soon as the code is used."
        )


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """All GL codes."""
    codes = list_gl_codes(request.membership.provider)
    return render(request, "settings/gl_codes.html", {"codes": codes, "control_types": CONTROL_TYPES})


@require_http_methods(["GET", "HEAD", "POST"])
@change_settings
def add(request: StaffRequest) -> HttpResponse:
    """Adds a GL code."""
    provider, staff_id = request.membership.provider, request.membership.staff_id

    def make(data: QueryDict | None) -> GLCodeForm:
        return GLCodeForm(data, initial={"type": "credit"})

    def save(values: dict[str, Any], seen: str | None) -> str:
        code = add_gl_code(provider=provider, staff_id=staff_id, **values)
        return f"GL code {code.code} is added."

    return work_form(request, Window("Add GL code", "Add GL code", reverse("gl-codes"), "gl-code-new"), make, save)


@require_http_methods(["GET", "HEAD", "POST"])
@change_settings
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Changes a GL code: code and type as long as nothing names it."""
    code = or_404(get_gl_code_by_id, request.membership.provider, pk)
    initial = {"code": code.code, "type": code.type, "description": code.description}
    note = "This is a control code: only its description can change." if code.type in CONTROL_TYPES else ""
    window = Window(f"Edit GL code {code.code}", "Save", reverse("gl-codes"), f"gl-code-{pk}", note)

    def make(data: QueryDict | None) -> GLCodeForm:
        return GLCodeForm(data, initial=initial, present_type=code.type)

    def save(values: dict[str, Any], seen: str | None) -> str:
        change_gl_code(gl_code=code, staff_id=request.membership.staff_id, seen=seen, **values)
        return f"GL code {code.code} is saved."

    return work_form(request, window, make, save, seen=seen_of(code, SHOWN_OF_GL_CODE))


@require_POST
@change_settings
def set_active(request: StaffRequest, pk: int) -> HttpResponse:
    """Offers a GL code, or no longer."""
    code = or_404(get_gl_code_by_id, request.membership.provider, pk)
    active = wanted_state(request)

    def change() -> str:
        set_gl_code_active(gl_code=code, active=active, staff_id=request.membership.staff_id)
        return f"GL code {code.code} is {'active' if active else 'no longer offered'}."

    return back_with(request, reverse("gl-codes"), change)


@require_POST
@change_settings
def make_default(request: StaffRequest, pk: int) -> HttpResponse:
    """Books credits that name no GL code on this one from now on."""
    code = or_404(get_gl_code_by_id, request.membership.provider, pk)

    def change() -> str:
        set_default_credit_gl_code(gl_code=code, staff_id=request.membership.staff_id)
        return f"Credits that name no GL code are booked on {code.code} from now on."

    return back_with(request, reverse("gl-codes"), change)
