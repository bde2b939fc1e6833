"""Windows: edit and void a credit. What will be booked is shown before."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from makegood.credits.change_preview import ChangePreview, preview_change, preview_void
from makegood.credits.models import Credit
from makegood.credits.selectors import find_last_change, get_credit
from makegood.credits.services.change_credit import change_credit, void_credit
from makegood.kit.money import format_money
from makegood.kit.refusal import Refused
from makegood.ledger.selectors import list_credit_gl_codes
from makegood.providers.rules import Right
from makegood.web.credits.forms import ChangeForm, EditCreditForm, merge_typed
from makegood.web.frame.finding import or_404
from makegood.web.frame.form_refusals import add_refusal
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.frame.window import leave_window, show_window

CHANGE = "change credits"
FIELDS = {"amount_minor": "amount"}
METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(METHODS)
@needs_right(Right.CREDIT_ONE, CHANGE, billing=True)
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """The credit's amount, description, GL code and expiry, with what a change will book."""
    credit = or_404(get_credit, request.membership.provider, pk)
    form = _edit_form(request, credit)
    if request.method == "POST" and form.is_valid():
        if request.POST.get("do") == "preview":
            return _show_edit(request, credit, form)
        try:
            return _save(request, credit, form)
        except Refused as refused:
            credit = get_credit(credit.provider, pk)
            form = _refused(credit, form, refused)
    return _show_edit(request, credit, form, status=422 if form.errors else 200)


@require_POST
@needs_right(Right.CREDIT_ONE, CHANGE, billing=True)
def preview(request: StaffRequest, pk: int) -> HttpResponse:
    """What the change that is being typed would book; books nothing."""
    credit = or_404(get_credit, request.membership.provider, pk)
    return render(request, "credits/_preview.html", _look_ahead(request, credit, _edit_form(request, credit)))


@require_http_methods(METHODS)
@needs_right(Right.CREDIT_ONE, CHANGE, billing=True)
def void(request: StaffRequest, pk: int) -> HttpResponse:
    """Says what voiding does, and does it."""
    credit = or_404(get_credit, request.membership.provider, pk)
    if request.method != "POST":
        return _show_void(request, credit)
    form = ChangeForm(request.POST, seen_change=0)
    if not form.is_valid():
        return _show_void(request, credit, "The window was not sent whole. Look at it and send it again.")
    try:
        change = void_credit(
            membership=request.membership,
            credit=credit,
            key=f"void:{form.cleaned_data['key']}",
            seen_change=form.cleaned_data["seen_change"],
            notify=form.cleaned_data["notify"],
        )
    except Refused as refused:
        return _show_void(request, get_credit(credit.provider, pk), refused.message)
    messages.success(request, f"{_money(credit, change.taken_back_minor)} of the credit is taken back.")
    return leave_window(request, _page(credit))


def _show_void(request: StaffRequest, credit: Credit, problem: str = "") -> HttpResponse:
    """The window as things stand now; after a refusal with a key of its own, for who wants it all the same."""
    form = ChangeForm(seen_change=_number_of_last_change(credit))
    context: dict[str, Any] = {"credit": credit, "form": form, "back": _page(credit), "problem": problem}
    try:
        context["preview"] = preview_void(membership=request.membership, credit=credit)
    except Refused as refused:
        context["refusal"] = "" if refused.message == problem else refused.message
    return show_window(request, "credits/void.html", context, status=422 if problem else 200)


def _save(request: StaffRequest, credit: Credit, form: EditCreditForm) -> HttpResponse:
    typed = form.cleaned_data
    change_credit(
        membership=request.membership,
        credit=credit,
        key=f"edit:{typed['key']}",
        seen_change=typed["seen_change"],
        notify=typed["notify"],
        **form.changed_values,
    )
    messages.success(request, "The credit is changed.")
    return leave_window(request, _page(credit))


def _refused(credit: Credit, form: EditCreditForm, refused: Refused) -> EditCreditForm:
    if refused.code == "changed_meanwhile":
        gl_codes = list_credit_gl_codes(credit.provider)
        form = merge_typed(form, credit, gl_codes, _number_of_last_change(credit))
        form.add_error(None, f"{refused.message} What you typed is kept; all else is shown as it is now.")
    elif refused.field == "key":
        # The key is hidden; nobody looks for a message beside it.
        form.add_error(None, refused.message)
    else:
        add_refusal(form, refused, FIELDS)
    return form


def _show_edit(request: StaffRequest, credit: Credit, form: EditCreditForm, *, status: int = 200) -> HttpResponse:
    context = {"credit": credit, "form": form, "back": _page(credit), "gone_minor": _gone(credit)}
    if {"key", "seen_change"} & set(form.errors):
        form.add_error(None, "The window was not sent whole. Close it and open it again.")
    if form.errors:
        # It is said beside the field; once is enough.
        return show_window(request, "credits/edit.html", {**context, "is_wrong": True}, status=status)
    return show_window(request, "credits/edit.html", {**context, **_look_ahead(request, credit, form)}, status=status)


def _look_ahead(request: StaffRequest, credit: Credit, form: EditCreditForm) -> dict[str, Any]:
    """What the typed change would book, or why it cannot be; nothing while nothing is typed."""
    if not form.is_bound:
        return {"credit": credit}
    if not form.is_valid():
        wrong = {name: errors for name, errors in form.errors.items() if name != "__all__"}
        return {"credit": credit, "refusal": next((errors[0] for errors in wrong.values()), "")}
    found: ChangePreview | None = None
    refusal = ""
    try:
        found = preview_change(membership=request.membership, credit=credit, **form.changed_values)
    except Refused as refused:
        refusal = "" if refused.code == "nothing_changed" else refused.message
    return {"credit": credit, "preview": found, "refusal": refusal}


def _edit_form(request: StaffRequest, credit: Credit) -> EditCreditForm:
    return EditCreditForm(
        request.POST if request.method == "POST" else None,
        credit=credit,
        gl_codes=list_credit_gl_codes(credit.provider),
        seen_change=_number_of_last_change(credit),
    )


def _number_of_last_change(credit: Credit) -> int:
    last = find_last_change(credit)
    return last.number if last else 0


def _gone(credit: Credit) -> int:
    return int(credit.issued_minor + credit.adjusted_minor - credit.remaining_minor)


def _page(credit: Credit) -> str:
    return reverse("credit", args=[credit.pk])


def _money(credit: Credit, minor: int) -> str:
    return format_money(minor, credit.provider.currency, credit.provider.currency_digits)
