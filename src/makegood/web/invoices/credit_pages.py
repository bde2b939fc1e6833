"""Window: a credit for what is due of an invoice. What it will do is shown while one types."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from makegood.credits.models import Kind
from makegood.credits.services.credit_invoice import InvoiceCredit, credit_invoice, preview_invoice_credit
from makegood.credits.services.give_credit import fill_values
from makegood.invoices.models import Invoice
from makegood.invoices.outlook import Outlook, foresee
from makegood.invoices.selectors import get_invoice_by_id
from makegood.kit.money import decimal_string, format_money
from makegood.kit.refusal import Refused
from makegood.ledger.models import GLCode
from makegood.ledger.selectors import get_balance, list_credit_gl_codes
from makegood.providers.rules import Right
from makegood.runs.models import Run
from makegood.runs.outcomes import get_outcome
from makegood.runs.rules import AT_WORK
from makegood.runs.selectors import find_run_by_key
from makegood.transaction_templates.selectors import get_credit_template, list_credit_templates
from makegood.web.frame.finding import or_404
from makegood.web.frame.form_refusals import add_refusal
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.frame.window import leave_window, show_window
from makegood.web.invoices.credit_form import InvoiceCreditForm
from makegood.web.runs.finish_here import finish_here
from makegood.web.runs.template_copy import copy_into, values_of

GIVE = "give credits"


@dataclass(frozen=True)
class Ahead:
    """What the credit that is being typed would do; minor units.

    uses_minor: what of it pays the invoice at once. outlook: what funds pay of it by themselves, as things stand.
    """

    amount_minor: int
    uses_minor: int
    left_minor: int
    funds_after_minor: int
    outlook: Outlook | None

    @property
    def over_minor(self) -> int:
        """What stays as Available Funds."""
        return self.amount_minor - self.uses_minor


@require_http_methods(["GET", "HEAD", "POST"])
@needs_right(Right.CREDIT_ONE, GIVE, billing=True)
def credit(request: StaffRequest, pk: int) -> HttpResponse:
    """A credit of what is due of the invoice, or of another amount; used for it at once if asked."""
    invoice = or_404(get_invoice_by_id, request.membership.provider, pk)
    offered = preview_invoice_credit(membership=request.membership, invoice=invoice)
    if request.POST.get("do", "").startswith(("copy", "use-")):
        return _copy_template(request, offered)
    form = _form(request, offered)
    if request.method == "POST" and form.is_valid() and request.POST.get("do") != "preview":
        try:
            return _give(request, invoice, form)
        except Refused as refused:
            add_refusal(form, refused, {"key": "", "use_for": "use_at_once"})
            if refused.code == "changed_meanwhile":
                _look_again(form, invoice)
    return _show(request, offered, form)


@require_POST
@needs_right(Right.CREDIT_ONE, GIVE, billing=True)
def preview(request: StaffRequest, pk: int) -> HttpResponse:
    """What the credit that is being typed would do; books nothing."""
    invoice = or_404(get_invoice_by_id, request.membership.provider, pk)
    offered = preview_invoice_credit(membership=request.membership, invoice=invoice)
    form = _form(request, offered)
    return render(request, "invoices/_credit_preview.html", _look_ahead(offered, form))


def _give(request: StaffRequest, invoice: Invoice, form: InvoiceCreditForm) -> HttpResponse:
    typed = form.cleaned_data
    key = f"invoice-credit:{typed['key']}"
    if known := find_run_by_key(invoice.provider, key):
        _say(request, invoice, finish_here(known))
        return leave_window(request, reverse("invoice", args=[invoice.pk]))
    if typed["seen"] != invoice.due_minor:
        raise Refused(
            "changed_meanwhile", "What is due of this invoice has changed since you looked. Look at it again."
        )
    template = get_credit_template(invoice.provider, typed["template"]) if typed["template"] else None
    # Without scripts a template can be chosen and not copied: then it fills what is left empty.
    is_copied = template is None or typed["copied"] == template.name
    values = fill_values(
        provider=invoice.provider,
        template=template,
        amount_minor=typed["amount"],
        description=typed["description"] if is_copied or typed["description"] else None,
        gl_code=form.gl_codes[typed["gl_code"]],
        notify=typed["notify"] if is_copied else None,
    )
    run = credit_invoice(
        membership=request.membership,
        invoice=invoice,
        values=values if template else replace(values, kind=Kind.CORRECTION),
        use_at_once=typed.get("use_at_once", False),
        key=key,
    )
    _say(request, invoice, finish_here(run))
    return leave_window(request, reverse("invoice", args=[invoice.pk]))


def _say(request: StaffRequest, invoice: Invoice, run: Run) -> None:
    """What became of it, above the invoice's page."""
    provider = invoice.provider
    if run.rows_done:
        amount = format_money(run.booked_minor, provider.currency, provider.currency_digits)
        used = " and used for this invoice" if run.credit_run.use_for_id else ""
        messages.success(request, f"A credit of {amount} is given{used}.")
    elif run.state in AT_WORK:
        messages.info(request, f"The credit is being booked. It stands here once credit run {run.pk} has finished.")
    else:
        row = run.rows.first()
        why = get_outcome(row.outcome).sentence if row and row.outcome else f"See credit run {run.pk}."
        messages.error(request, f"No credit was given. {why}")


def _look_again(form: InvoiceCreditForm, invoice: Invoice) -> None:
    data = QueryDict(mutable=True)
    data.update(form.data)
    data["seen"] = str(invoice.due_minor)
    form.data = data


def _copy_template(request: StaffRequest, offered: InvoiceCredit) -> HttpResponse:
    """The window again with what a template fills, keeping what was typed."""
    provider = offered.invoice.provider
    sent = {name: request.POST.get(name, "") for name in request.POST}
    said: dict[str, str] = {}
    problem = ""
    if sent.get("template"):
        try:
            template = get_credit_template(provider, sent["template"])
            said = {"notify": "on" if template.notify else "", **values_of(template, provider.currency_digits)}
        except Refused as refused:
            problem = refused.message
    gl_codes = list_credit_gl_codes(provider)
    copied = copy_into(sent, said, _plain(offered, gl_codes), take=sent["do"].removeprefix("use-"))
    ticked = {"use_at_once": "use_at_once" in sent}
    values = {**sent, **ticked, **copied.values, "copied": sent.get("template", "")}
    form = _make_form(None, offered, gl_codes, values)
    return _show(request, offered, form, offers=copied.offers, problem=problem)


def _show(
    request: StaffRequest,
    offered: InvoiceCredit,
    form: InvoiceCreditForm,
    *,
    offers: Mapping[str, str] | None = None,
    problem: str = "",
) -> HttpResponse:
    if {"key", "seen"} & set(form.errors):
        form.add_error(None, "The window was not sent whole. Close it and open it again.")
    context = {
        "back": reverse("invoice", args=[offered.invoice.pk]),
        "offers": {f"of_{name}": value for name, value in (offers or {}).items()},
        "problem": problem,
        **_look_ahead(offered, form),
    }
    return show_window(request, "invoices/credit.html", context, status=422 if form.errors else 200)


def _look_ahead(offered: InvoiceCredit, form: InvoiceCreditForm) -> dict[str, Any]:
    """The form with what the credit would do; nothing while no amount is typed."""
    invoice = offered.invoice
    context: dict[str, Any] = {"invoice": invoice, "offered": offered, "form": form}
    try:
        amount_minor = form.fields["amount"].clean(form["amount"].value())
    except ValidationError:
        return context
    at_once = "use_at_once" in form.fields and bool(form["use_at_once"].value())
    uses_minor = min(amount_minor, invoice.due_minor) if at_once else 0
    funds_minor = get_balance(invoice.provider_id, invoice.customer_id).funds_minor
    ahead = Ahead(
        amount_minor=amount_minor,
        uses_minor=uses_minor,
        left_minor=invoice.due_minor - uses_minor,
        funds_after_minor=funds_minor + amount_minor - uses_minor,
        outlook=foresee([invoice]).get(invoice.pk),
    )
    return {**context, "ahead": ahead, "notify": bool(form["notify"].value())}


def _form(request: StaffRequest, offered: InvoiceCredit) -> InvoiceCreditForm:
    gl_codes = list_credit_gl_codes(offered.invoice.provider)
    plain = _plain(offered, gl_codes)
    first = {**plain, **{f"was_{name}": value for name, value in plain.items()}}
    return _make_form(request.POST if request.method == "POST" else None, offered, gl_codes, first)


def _make_form(
    data: QueryDict | None, offered: InvoiceCredit, gl_codes: Sequence[GLCode], initial: Mapping[str, Any]
) -> InvoiceCreditForm:
    return InvoiceCreditForm(
        data,
        invoice=offered.invoice,
        can_use=offered.use_refusal is None,
        gl_codes=gl_codes,
        templates=list_credit_templates(offered.invoice.provider),
        initial=initial,
    )


def _plain(offered: InvoiceCredit, gl_codes: Sequence[GLCode]) -> dict[str, str]:
    """What an untouched window holds."""
    default = next((code.code for code in gl_codes if code.default_for_credits), "")
    amount = decimal_string(offered.amount_minor, offered.invoice.provider.currency_digits)
    return {"amount": amount, "description": "", "gl_code": default, "notify": ""}
