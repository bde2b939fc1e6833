"""What settings pages have in common: a form as a window, refusals beside the field, what others saved meanwhile."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect

from makegood.kit.fingerprint import fingerprint_of
from makegood.kit.refusal import Refused
from makegood.web.frame.form_refusals import add_refusal
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.frame.window import leave_window, show_window

FORM = "settings/form.html"


class SettingsForm(forms.Form):
    """A form whose fields stand in rows. What a service refuses is said in the service's words.

    rows: names of fields, those of one row together.
    refusals: the form's names for the fields of the service, where they differ.
    """

    rows: tuple[tuple[str, ...], ...] = ()
    refusals: dict[str, str] = {}

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **{"label_suffix": "", **named})

    def full_clean(self) -> None:
        for name, field in self.fields.items():
            field.error_messages["required"] = f"{self[name].label} is needed."
        super().full_clean()

    def list_rows(self) -> list[list[forms.BoundField]]:
        """The fields as they stand on the page."""
        return [[self[name] for name in row] for row in self.rows]


@dataclass(frozen=True)
class Window:
    """What stands around a form. keep: the name under which the browser keeps what was typed."""

    title: str
    button: str
    back: str
    keep: str
    note: str = ""


Make = Callable[[QueryDict | None], SettingsForm]
Save = Callable[[dict[str, Any], str | None], str]


def work_form(
    request: StaffRequest,
    window: Window,
    make: Make,
    save: Save,
    *,
    seen: Callable[[], str] | None = None,
    template: str = FORM,
) -> HttpResponse:
    """Shows the form; on POST saves what was typed and goes back, or shows it again with what is wrong.

    save: is given the form's values and the fingerprint of what the person had seen; returns the sentence for the page.
    seen: the fingerprint of the record as it is now.
    """
    if request.method != "POST":
        return _show(request, window, template, make(None), seen() if seen else "")
    form = make(request.POST)
    seen_before = request.POST.get("seen", "")
    theirs: dict[str, str] = {}
    if form.is_valid():
        try:
            done = save(form.cleaned_data, seen_before if seen else None)
        except Refused as refused:
            add_refusal(form, refused, form.refusals)
            if refused.code == "changed_meanwhile" and seen:
                seen_before, theirs = seen(), _tell_saved(form)
        else:
            messages.success(request, done)
            return leave_window(request, window.back)
    return _show(request, window, template, form, seen_before, theirs)


def _show(
    request: StaffRequest,
    window: Window,
    template: str,
    form: SettingsForm,
    seen: str,
    theirs: dict[str, str] | None = None,
) -> HttpResponse:
    for name, saved in (theirs or {}).items():
        form.fields[name].saved_meanwhile = saved  # type: ignore[attr-defined]  # said beside the field
    context = {"window": window, "form": form, "seen": seen}
    return show_window(request, template, context, status=422 if form.is_bound else 200)


def _tell_saved(form: SettingsForm) -> dict[str, str]:
    """What is saved now, in words, of each field in which the form says something else."""
    told = {}
    for name in form.changed_data:
        bound = form[name]
        value = bound.field.prepare_value(bound.initial)
        if isinstance(value, bool):
            told[name] = "yes" if value else "no"
        elif isinstance(bound.field, forms.ChoiceField):
            told[name] = dict(_flatten(bound.field.choices)).get(str(value or ""), "")
        elif str(value or "") != bound.data:
            told[name] = str(value or "")
    return told


def _flatten(choices: Any) -> list[tuple[str, str]]:
    flat: list[tuple[str, str]] = []
    for value, words in choices:
        if isinstance(words, list | tuple):
            flat += [(str(below), str(text)) for below, text in words]
        else:
            flat.append((str(value), str(words)))
    return flat


def seen_of(record: Any, fields: Sequence[str]) -> Callable[[], str]:
    """The fingerprint of the record as it was read for this request."""
    return lambda: fingerprint_of(record, fields)


def back_with(request: StaffRequest, url: str, change: Callable[[], str]) -> HttpResponse:
    """Makes a change for which there is nothing to fill in, and goes back to the list with a sentence about it."""
    try:
        messages.success(request, change())
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect(url)


def wanted_state(request: StaffRequest) -> bool:
    """Whether the form asks for active or not; said, never toggled, so that a second click changes nothing."""
    return request.POST.get("active") == "yes"
