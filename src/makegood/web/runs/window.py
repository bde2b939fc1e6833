"""The credit window: *Add customer credit* for the selection on a list, and *Add Credit* for one customer."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from makegood.credits.run_selectors import find_draft_to_change, find_run_to_replace
from makegood.credits.services.give_credit import fill_values, prepare_credit_run
from makegood.customers.selectors import get_customer_by_id
from makegood.kit.money import parse_amount
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import get_credit_gl_code, list_credit_gl_codes
from makegood.providers.rules import Right
from makegood.runs.models import Run
from makegood.runs.rules import State, hash_request
from makegood.runs.selectors import find_run_by_key
from makegood.transaction_templates.selectors import get_credit_template, list_credit_templates
from makegood.web.frame.finding import or_404
from makegood.web.frame.form_refusals import add_refusal
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.frame.window import leave_window, show_window
from makegood.web.runs.recipients import Recipients, find_selected, one_customer
from makegood.web.runs.template_copy import copy_into, values_of, values_without_template
from makegood.web.runs.window_form import CreditWindowForm


@require_http_methods(["GET", "POST"])
@needs_right(Right.CREDIT_ONE, "give credits", billing=True)
def add_to_selection(request: StaffRequest, list_name: str) -> HttpResponse:
    """The credit window over a list, for everybody who is selected there."""
    try:
        recipients = find_selected(request.membership, list_name)
    except Refused as refused:
        known = _find_asked_before(request)
        if known is not None:
            return _show_known(request, known)
        context = {"sentence": refused.message, "list_name": list_name, "back": reverse(list_name)}
        return show_window(request, "runs/nothing_selected.html", context)
    return _window(request, recipients)


@require_http_methods(["GET", "POST"])
@needs_right(Right.CREDIT_ONE, "give credits", billing=True)
def add_to_customer(request: StaffRequest, pk: int) -> HttpResponse:
    """The credit window on a customer's page."""
    customer = or_404(get_customer_by_id, request.membership.provider, pk)
    return _window(request, one_customer(request.membership, customer))


@require_GET
@needs_right(Right.CREDIT_ONE, "give credits", billing=True)
def show_total(request: StaffRequest) -> HttpResponse:
    """Count x amount = total, while somebody types; the list itself is looked at when the credits are rehearsed."""
    provider = request.membership.provider
    form = _form(request, request.GET)
    form.is_valid()
    try:
        minor = parse_amount(request.GET.get("amount", ""), provider.currency_digits)
    except Refused as refused:
        problem = refused.message if request.GET.get("amount", "").strip() else ""
        per = request.GET.get("per")
        return render(request, "runs/_window_total.html", {"form": form, "problem": problem, "per": per})
    name = "shown_records" if request.GET.get("per") == Run.Unit.ORDER else "shown_customers"
    number = form.cleaned_data.get(name) or 0
    context = {"form": form, "number": number, "each": minor, "total": minor * number, "per": request.GET.get("per")}
    return render(request, "runs/_window_total.html", context)


def _window(request: StaffRequest, recipients: Recipients) -> HttpResponse:
    if request.method == "GET":
        return _show(request, recipients, _form(request, initial=_first_values(request, recipients)))
    if "do" in request.POST:
        return _copy_template(request, recipients)
    form = _form(request, request.POST)
    if form.is_valid():
        try:
            return _prepare(request, recipients, form.cleaned_data)
        except Refused as refused:
            add_refusal(form, refused)
    return _show(request, recipients, form, status=422)


def _prepare(request: StaffRequest, recipients: Recipients, typed: Mapping[str, Any]) -> HttpResponse:
    """Rehearses: the selection and the values become a draft. The same window sent again finds the same draft."""
    provider = request.membership.provider
    known = find_run_by_key(provider, _key(request, typed))
    if known is not None:
        return _show_known(request, known)
    template = get_credit_template(provider, typed["template"]) if typed["template"] else None
    # What a template says fills empty fields only if it was not copied yet: once copied, an empty field is meant.
    is_copied = template is None or typed["copied"] == template.name
    values = fill_values(
        provider=provider,
        template=template,
        amount_minor=typed["amount"],
        description=typed["description"] if is_copied or typed["description"] else None,
        gl_code=get_credit_gl_code(provider, typed["gl_code"]) if typed["gl_code"] else None,
        notify=typed["notify"] if is_copied else None,
    )
    run, _ = prepare_credit_run(
        membership=request.membership,
        selection=recipients.take(),
        unit=typed["per"] or Run.Unit.CUSTOMER,
        values=values,
        chosen=recipients.chosen,
        asked=_asked(typed),
        key=_key(request, typed),
        shown=typed["shown_records"],
        replaces=find_run_to_replace(request.membership, typed["replaces"]),
    )
    return leave_window(request, reverse("run", args=[run.pk]))


def _asked(typed: Mapping[str, Any]) -> dict[str, Any]:
    """The values in the words of the window."""
    names = {"amount_minor": "amount", "description": "description", "gl_code": "gl_code", "notify": "notify"}
    return {name: typed[field] for name, field in names.items()} | {"template": typed["template"] or None}


def _key(request: StaffRequest, typed: Mapping[str, Any]) -> str:
    asked = {**_asked(typed), "per": typed["per"], "window": request.path}
    return f"window:{typed['token']}:{hash_request(asked)[:16]}"


def _find_asked_before(request: StaffRequest) -> Run | None:
    """The run of this window when it is sent again after its selection was used."""
    form = _form(request, request.POST)
    if request.method != "POST" or not form.is_valid():
        return None
    return find_run_by_key(request.membership.provider, _key(request, form.cleaned_data))


def _show_known(request: StaffRequest, run: Run) -> HttpResponse:
    if run.state not in (State.PREPARING, State.DRAFT):
        messages.info(request, "This window was sent before: here is its run. Nothing is booked twice.")
    return leave_window(request, reverse("run", args=[run.pk]))


def _copy_template(request: StaffRequest, recipients: Recipients) -> HttpResponse:
    """Shows the window again with what a template fills, keeping what was typed."""
    provider = request.membership.provider
    sent = {name: request.POST.get(name, "") for name in request.POST}
    said: dict[str, str] = {}
    problem = ""
    if sent.get("template"):
        try:
            said = values_of(get_credit_template(provider, sent["template"]), provider.currency_digits)
        except Refused as refused:
            problem = refused.message
    gl_codes = list_credit_gl_codes(provider)
    plain = values_without_template(next((code for code in gl_codes if code.default_for_credits), None))
    copied = copy_into(sent, said, plain, take=sent["do"].removeprefix("use-"))
    initial = {**sent, **copied.values, "copied": sent.get("template", ""), "notify": bool(copied.values["notify"])}
    form = _form(request, initial=initial)
    return _show(request, recipients, form, offers=copied.offers, problem=problem)


def _form(request: StaffRequest, data: Any = None, initial: Mapping[str, Any] | None = None) -> CreditWindowForm:
    provider = request.membership.provider
    return CreditWindowForm(
        data,
        provider=provider,
        templates=list_credit_templates(provider),
        gl_codes=list_credit_gl_codes(provider),
        initial=initial,
    )


def _first_values(request: StaffRequest, recipients: Recipients) -> dict[str, Any]:
    """What the window shows when it opens: nothing but the default GL code, or the values of a draft to change."""
    provider = request.membership.provider
    gl_codes = list_credit_gl_codes(provider)
    plain = values_without_template(next((code for code in gl_codes if code.default_for_credits), None))
    records, customers = recipients.count()
    values: dict[str, Any] = {**plain, **{f"was_{name}": value for name, value in plain.items()}}
    values |= {"token": uuid4().hex, "shown_records": records, "shown_customers": customers, "per": Run.Unit.CUSTOMER}
    draft = find_draft_to_change(request.membership, request.GET.get("change", ""))
    if draft is not None:
        given = draft.credit_run
        values |= {
            "amount": given.amount_minor,
            "description": given.description,
            "gl_code": given.gl_code.code,
            "notify": given.notify,
            "per": draft.unit,
            "replaces": draft.pk,
        }
    return values


def _show(
    request: StaffRequest,
    recipients: Recipients,
    form: CreditWindowForm,
    *,
    offers: Mapping[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    hidden = {name: _value(form, name) for name in ("shown_records", "shown_customers")}
    context = {
        "form": form,
        "recipients": recipients,
        "records": int(hidden["shown_records"] or 0),
        "customers": int(hidden["shown_customers"] or 0),
        "offers": {f"credit_{name}": value for name, value in (offers or {}).items()},
        "problem": problem,
    }
    return show_window(request, "runs/window.html", context, status=status)


def _value(form: CreditWindowForm, name: str) -> str:
    text = str(form[name].value() or "")
    return text if text.isascii() and text.isdigit() and len(text) < 12 else ""
