"""Window: make invoices, for everybody who is due or for the selection on a list. What comes of it are drafts."""

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from makegood.invoices.models import BillingSettings
from makegood.invoices.selectors import get_billing_settings
from makegood.invoices.services.invoice_run import prepare_invoice_run
from makegood.kit.refusal import Refused
from makegood.providers.calendar import today_of
from makegood.providers.rules import Right
from makegood.runs.models import Run, Selection
from makegood.runs.rules import hash_request
from makegood.web.frame.form_refusals import add_refusal
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.frame.window import leave_window, show_window
from makegood.web.runs.recipients import Recipients, find_selected


class MakeForm(forms.Form):
    """The day whose invoices are made. token: the same window sent twice makes one run."""

    day = forms.DateField(
        label="Bill periods that begin by",
        widget=forms.DateInput(attrs={"type": "date", "autofocus": True}, format="%Y-%m-%d"),
        error_messages={"required": "A day is needed.", "invalid": "Choose a day."},
    )
    token = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None, today: date) -> None:
        super().__init__(data, initial={"day": today, "token": uuid4().hex}, auto_id="make_%s")


@require_http_methods(["GET", "HEAD", "POST"])
@needs_right(Right.BILL, "make invoices", billing=True)
def make(request: StaffRequest) -> HttpResponse:
    """Drafts the invoices of everybody who is due, or with `of` in the address, of the selection on that list."""
    provider = request.membership.provider
    form = MakeForm(request.POST if request.method == "POST" else None, today_of(provider))
    context: dict[str, Any] = {"form": form, "address": request.get_full_path()}
    recipients = None
    if (list_name := request.GET.get("of", "")) in Selection.List.values:
        try:
            recipients = find_selected(request.membership, list_name, request.get_full_path())
        except Refused as refused:
            context = {"sentence": refused.message, "list_name": list_name, "back": reverse(list_name)}
            return show_window(request, "runs/nothing_selected.html", context)
        records, customers = recipients.count()
        context |= {"recipients": recipients, "records": records, "customers": customers}
    if request.method == "POST" and form.is_valid():
        try:
            run = _prepare(request, form.cleaned_data, recipients)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            return leave_window(request, reverse("run", args=[run.pk]))
    context |= {"billing": _settings(request), "back": recipients.back if recipients else reverse("invoices")}
    return show_window(request, "invoices/make.html", context, status=422 if form.errors else 200)


def _prepare(request: StaffRequest, typed: dict[str, Any], recipients: Recipients | None) -> Run:
    asked = {"day": typed["day"].isoformat(), "of": recipients.list_name if recipients else ""}
    run, _ = prepare_invoice_run(
        membership=request.membership,
        provider=request.membership.provider,
        day=typed["day"],
        selection=recipients.take() if recipients else None,
        chosen=recipients.chosen if recipients else None,
        key=f"window:{typed['token']}:{hash_request(asked)[:16]}",
    )
    return run


def _settings(request: StaffRequest) -> BillingSettings:
    return get_billing_settings(request.membership.provider)
