"""Page of Settings > Billing > Limits."""

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from makegood.providers.models import Provider
from makegood.providers.rules import LIMIT_FIELDS, LimitField, Right
from makegood.providers.services import set_limits
from makegood.web.frame.money_field import MoneyField
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.settings.editing import SettingsForm, Window, seen_of, work_form

NAMES = tuple(limit.name for limit in LIMIT_FIELDS)


class LimitsForm(SettingsForm):
    """All limits of the provider."""

    rows = tuple((name,) for name in NAMES)

    def __init__(self, provider: Provider, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        for limit in LIMIT_FIELDS:
            self.fields[limit.name] = MoneyField(
                provider,
                zero_allowed=limit.smallest_minor == 0,
                required=not limit.optional,
                label=limit.label,
                help_text=_describe(limit),
            )


def _describe(limit: LimitField) -> str:
    return f"{limit.meaning} Empty: no limit." if limit.optional else limit.meaning


@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """What the limits are now, for everybody to read."""
    provider = request.membership.provider
    limits = [(limit, getattr(provider, limit.name)) for limit in LIMIT_FIELDS]
    return render(request, "settings/limits.html", {"limits": limits})


@require_http_methods(["GET", "HEAD", "POST"])
@needs_right(Right.SETTINGS, "change limits")
def edit(request: StaffRequest) -> HttpResponse:
    """Changes limits."""
    provider = request.membership.provider
    initial = {name: getattr(provider, name) for name in NAMES}

    def make(data: QueryDict | None) -> LimitsForm:
        return LimitsForm(provider, data, initial=initial)

    def save(values: dict[str, Any], seen: str | None) -> str:
        set_limits(provider=provider, staff_id=request.membership.staff_id, seen=seen, **values)
        return "The limits are saved. They hold from now on."

    window = Window("Edit limits", "Save", reverse("limits"), "limits")
    return work_form(request, window, make, save, seen=seen_of(provider, NAMES))
