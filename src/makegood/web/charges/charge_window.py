"""The charge window: *Add customer charge* for the selection on a list, and *Add Charge* for one customer."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from makegood.invoices.charge_rules import shown_rate
from makegood.invoices.charge_selectors import find_charge_draft_to_change, find_charge_run_to_replace
from makegood.invoices.selectors import get_billing_settings, get_charge_gl_code
from makegood.invoices.services.add_charge import fill_charge_values, prepare_charge_run
from makegood.kit.refusal import Refused
from makegood.ledger.models import GLCode
from makegood.ledger.selectors import get_gl_code_for_charges, list_charge_gl_codes
from makegood.providers.models import Membership, Provider
from makegood.providers.rules import Right
from makegood.runs.models import Run, Selection
from makegood.transaction_templates.selectors import get_charge_template, list_charge_templates
from makegood.web.charges.forms import ChargeWindowForm
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.runs.recipients import Recipients
from makegood.web.runs.template_copy import values_of
from makegood.web.runs.window import answer_total, open_over_customer, open_over_list
from makegood.web.runs.window_kind import Typed, WindowKind

ADD = "add charges"


def _default_gl_code(provider: Provider, gl_codes: Sequence[GLCode]) -> GLCode | None:
    try:
        return get_charge_gl_code(provider)
    except Refused:
        return None


def _plain(provider: Provider) -> dict[str, str]:
    return {"tax_rate": shown_rate(get_billing_settings(provider).charge_tax_rate)}


def _prepare(membership: Membership, recipients: Recipients, typed: Typed, asked: Mapping[str, Any], key: str) -> Run:
    provider = membership.provider
    values = fill_charge_values(
        provider=provider,
        template=get_charge_template(provider, typed["template"]) if typed["template"] else None,
        amount_minor=typed["amount"],
        description=typed["description"],
        gl_code=get_gl_code_for_charges(provider, typed["gl_code"]) if typed["gl_code"] else None,
        tax_rate=typed["tax_rate"],
    )
    run, _ = prepare_charge_run(
        membership=membership,
        selection=recipients.take(),
        unit=typed["per"] or Run.Unit.CUSTOMER,
        values=values,
        chosen=recipients.chosen,
        asked=asked,
        key=key,
        shown=typed["shown_records"],
        replaces=find_charge_run_to_replace(membership, typed["replaces"]),
    )
    return run


def _values_of_draft(draft: Run) -> dict[str, Any]:
    given = draft.charge_run
    return {
        "amount": given.amount_minor,
        "description": given.description,
        "gl_code": given.gl_code.code,
        "tax_rate": shown_rate(given.tax_rate),
    }


WINDOW = WindowKind(
    name="charge",
    title="Add customer charge",
    title_of_one="Add Charge",
    gets="is charged this amount",
    over_list="add-customer-charge",
    over_customer="customer-charge-new",
    total="charge-window-total",
    form_class=ChargeWindowForm,
    asked={"amount_minor": "amount", "description": "description", "gl_code": "gl_code", "tax_rate": "tax_rate_text"},
    templates=list_charge_templates,
    get_template=get_charge_template,
    gl_codes=list_charge_gl_codes,
    default_gl_code=_default_gl_code,
    plain=_plain,
    said=values_of,
    prepare=_prepare,
    find_draft=find_charge_draft_to_change,
    values_of_draft=_values_of_draft,
    ending="charges/_window_tax.html",
    needs_description=True,
)


@require_http_methods(["GET", "POST"])
@needs_right(Right.BILL, ADD, billing=True)
def add_to_selection(request: StaffRequest, list_name: str) -> HttpResponse:
    """The charge window over a list, for everybody who is selected there."""
    return open_over_list(request, WINDOW, list_name)


@require_http_methods(["GET", "POST"])
@needs_right(Right.BILL, ADD, billing=True)
def add_to_customer(request: StaffRequest, pk: int) -> HttpResponse:
    """The charge window on a customer's page."""
    return open_over_customer(request, WINDOW, pk)


@require_GET
@needs_right(Right.BILL, ADD, billing=True)
def show_total(request: StaffRequest) -> HttpResponse:
    """Count x amount = total, while somebody types."""
    return answer_total(request, WINDOW)


def change_url(run: Run) -> str:
    """The window again, with the values of a draft."""
    chosen = run.request.get("chosen")
    query = f"?change={run.pk}"
    if run.list_name == Selection.List.CUSTOMERS and isinstance(chosen, list) and len(chosen) == 1:
        only = run.rows.values_list("customer_id", flat=True).first()
        return reverse(WINDOW.over_customer, args=[only]) + query
    return reverse(WINDOW.over_list, args=[run.list_name]) + query
