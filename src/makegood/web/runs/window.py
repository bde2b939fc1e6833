"""A window that makes a run: over the selection on a list, or over one customer. See `window_kind`."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from makegood.customers.selectors import get_customer_by_id
from makegood.kit.money import parse_amount
from makegood.kit.refusal import Refused
from makegood.runs.models import Run
from makegood.runs.rules import State, hash_request
from makegood.runs.selectors import find_run_by_key
from makegood.web.frame.finding import or_404
from makegood.web.frame.form_refusals import add_refusal
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.frame.window import leave_window, show_window
from makegood.web.runs.recipients import Recipients, find_selected, one_customer
from makegood.web.runs.template_copy import copy_into
from makegood.web.runs.window_form import RunWindowForm
from makegood.web.runs.window_kind import Typed, WindowKind

LONGEST_AMOUNT = 20


def open_over_list(request: StaffRequest, kind: WindowKind, list_name: str) -> HttpResponse:
    """The window over a list, for everybody who is selected there."""
    try:
        recipients = find_selected(request.membership, list_name, reverse(kind.over_list, args=[list_name]))
    except Refused as refused:
        known = _find_asked_before(request, kind)
        if known is not None:
            return _show_known(request, known)
        context = {"kind": kind, "sentence": refused.message, "list_name": list_name, "back": reverse(list_name)}
        return show_window(request, "runs/nothing_selected.html", context)
    return _window(request, kind, recipients)


def open_over_customer(request: StaffRequest, kind: WindowKind, pk: int) -> HttpResponse:
    """The window on a customer's page."""
    customer = or_404(get_customer_by_id, request.membership.provider, pk)
    return _window(
        request, kind, one_customer(request.membership, customer, reverse(kind.over_customer, args=[customer.pk]))
    )


def answer_total(request: StaffRequest, kind: WindowKind) -> HttpResponse:
    """Count x amount = total, while somebody types; the list itself is looked at when the run is rehearsed."""
    provider = request.membership.provider
    form = _form(request, kind, request.GET)
    form.is_valid()
    context: dict[str, Any] = {"kind": kind, "form": form, "per": request.GET.get("per")}
    try:
        minor = parse_amount(request.GET.get("amount", ""), provider.currency_digits)
    except Refused as refused:
        problem = refused.message if request.GET.get("amount", "").strip() else ""
        return render(request, "runs/_window_total.html", {**context, "problem": problem})
    name = "shown_records" if request.GET.get("per") == Run.Unit.ORDER else "shown_customers"
    number = form.cleaned_data.get(name) or 0
    context |= {"number": number, "each": minor, "total": minor * number}
    return render(request, "runs/_window_total.html", context)


def _window(request: StaffRequest, kind: WindowKind, recipients: Recipients) -> HttpResponse:
    if request.method == "GET":
        form = _form(request, kind, initial=_first_values(request, kind, recipients))
        return _show(request, kind, recipients, form)
    if "do" in request.POST:
        return _copy_template(request, kind, recipients)
    form = _form(request, kind, request.POST)
    if form.is_valid():
        try:
            return _prepare(request, kind, recipients, form.cleaned_data)
        except Refused as refused:
            add_refusal(form, refused)
    return _show(request, kind, recipients, form, status=422)


def _prepare(request: StaffRequest, kind: WindowKind, recipients: Recipients, typed: Typed) -> HttpResponse:
    """Rehearses: the selection and the values become a draft. The same window sent again finds the same draft."""
    key = _key(request, kind, typed)
    known = find_run_by_key(request.membership.provider, key)
    if known is not None:
        return _show_known(request, known)
    run = kind.prepare(request.membership, recipients, typed, _asked(kind, typed), key)
    return leave_window(request, reverse("run", args=[run.pk]))


def _asked(kind: WindowKind, typed: Typed) -> dict[str, Any]:
    """The values in the words of the window."""
    return {name: typed[field] for name, field in kind.asked.items()} | {"template": typed["template"] or None}


def _key(request: StaffRequest, kind: WindowKind, typed: Typed) -> str:
    asked = {**_asked(kind, typed), "per": typed["per"], "window": request.path}
    return f"window:{typed['token']}:{hash_request(asked)[:16]}"


def _find_asked_before(request: StaffRequest, kind: WindowKind) -> Run | None:
    """The run of this window when it is sent again after its selection was used."""
    form = _form(request, kind, request.POST)
    if request.method != "POST" or not form.is_valid():
        return None
    return find_run_by_key(request.membership.provider, _key(request, kind, form.cleaned_data))


def _show_known(request: StaffRequest, run: Run) -> HttpResponse:
    if run.state not in (State.PREPARING, State.DRAFT):
        messages.info(request, "This window was sent before: here is its run. Nothing is booked twice.")
    return leave_window(request, reverse("run", args=[run.pk]))


def _copy_template(request: StaffRequest, kind: WindowKind, recipients: Recipients) -> HttpResponse:
    """Shows the window again with what a template fills, keeping what was typed."""
    provider = request.membership.provider
    sent = {name: request.POST.get(name, "") for name in request.POST}
    said: Mapping[str, str] = {}
    problem = ""
    if sent.get("template"):
        try:
            said = kind.said(kind.get_template(provider, sent["template"]), provider.currency_digits)
        except Refused as refused:
            problem = refused.message
    copied = copy_into(sent, said, _plain(request, kind), take=sent["do"].removeprefix("use-"))
    form = _form(request, kind, initial={**sent, **copied.values, "copied": sent.get("template", "")})
    return _show(request, kind, recipients, form, offers=copied.offers, problem=problem)


def _plain(request: StaffRequest, kind: WindowKind) -> dict[str, str]:
    """What an untouched window holds."""
    provider = request.membership.provider
    default = kind.default_gl_code(provider, kind.gl_codes(provider))
    return {"amount": "", "description": "", "gl_code": default.code if default else "", **kind.plain(provider)}


def _form(
    request: StaffRequest, kind: WindowKind, data: Any = None, initial: Mapping[str, Any] | None = None
) -> RunWindowForm:
    provider = request.membership.provider
    gl_codes = kind.gl_codes(provider)
    return kind.form_class(
        data,
        name=kind.name,
        provider=provider,
        templates=kind.templates(provider),
        gl_codes=gl_codes,
        default=kind.default_gl_code(provider, gl_codes),
        initial=initial,
    )


def _first_values(request: StaffRequest, kind: WindowKind, recipients: Recipients) -> dict[str, Any]:
    """What the window shows when it opens: nothing but what the settings say, or the values of a draft to change."""
    plain = _plain(request, kind)
    records, customers = recipients.count()
    values: dict[str, Any] = {**plain, **{f"was_{name}": value for name, value in plain.items()}}
    values |= {"token": uuid4().hex, "shown_records": records, "shown_customers": customers, "per": Run.Unit.CUSTOMER}
    # As if typed: another window leads here and knows how much.
    values["amount"] = request.GET.get("amount", "")[:LONGEST_AMOUNT] or values["amount"]
    draft = kind.find_draft(request.membership, request.GET.get("change", ""))
    if draft is not None:
        values |= {**kind.values_of_draft(draft), "per": draft.unit, "replaces": draft.pk}
    return values


def _show(
    request: StaffRequest,
    kind: WindowKind,
    recipients: Recipients,
    form: RunWindowForm,
    *,
    offers: Mapping[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    hidden = {name: _value(form, name) for name in ("shown_records", "shown_customers")}
    context = {
        "kind": kind,
        "form": form,
        "recipients": recipients,
        "records": int(hidden["shown_records"] or 0),
        "customers": int(hidden["shown_customers"] or 0),
        "offers": {f"of_{name}": value for name, value in (offers or {}).items()},
        "problem": problem,
    }
    return show_window(request, "runs/window.html", context, status=status)


def _value(form: RunWindowForm, name: str) -> str:
    text = str(form[name].value() or "")
    return text if text.isascii() and text.isdigit() and len(text) < 12 else ""
