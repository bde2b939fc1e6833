"""The credit window: *Add customer credit* for the selection on a list, and *Add Credit* for one customer."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from makegood.credits.run_selectors import find_draft_to_change, find_run_to_replace
from makegood.credits.services.give_credit import fill_values, prepare_credit_run
from makegood.ledger.models import GLCode
from makegood.ledger.selectors import get_credit_gl_code, list_credit_gl_codes
from makegood.providers.models import Membership, Provider
from makegood.providers.rules import Right
from makegood.runs.models import Run
from makegood.transaction_templates.models import TransactionTemplate
from makegood.transaction_templates.selectors import get_credit_template, list_credit_templates
from makegood.web.frame.rights import needs_right
from makegood.web.frame.staff_request import StaffRequest
from makegood.web.runs.recipients import Recipients
from makegood.web.runs.template_copy import values_of
from makegood.web.runs.window import answer_total, open_over_customer, open_over_list
from makegood.web.runs.window_form import CreditWindowForm
from makegood.web.runs.window_kind import Typed, WindowKind


def _said(template: TransactionTemplate, digits: int) -> dict[str, str]:
    return {"notify": "on" if template.notify else "", **values_of(template, digits)}


def _default_gl_code(provider: Provider, gl_codes: Sequence[GLCode]) -> GLCode | None:
    return next((code for code in gl_codes if code.default_for_credits), None)


def _prepare(membership: Membership, recipients: Recipients, typed: Typed, asked: Mapping[str, Any], key: str) -> Run:
    provider = membership.provider
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
        membership=membership,
        selection=recipients.take(),
        unit=typed["per"] or Run.Unit.CUSTOMER,
        values=values,
        chosen=recipients.chosen,
        asked=asked,
        key=key,
        shown=typed["shown_records"],
        replaces=find_run_to_replace(membership, typed["replaces"]),
    )
    return run


def _values_of_draft(draft: Run) -> dict[str, Any]:
    given = draft.credit_run
    return {
        "amount": given.amount_minor,
        "description": given.description,
        "gl_code": given.gl_code.code,
        "notify": given.notify,
    }


WINDOW = WindowKind(
    name="credit",
    title="Add customer credit",
    title_of_one="Add Credit",
    gets="gets this amount",
    over_list="add-customer-credit",
    over_customer="customer-credit-new",
    total="credit-window-total",
    form_class=CreditWindowForm,
    asked={"amount_minor": "amount", "description": "description", "gl_code": "gl_code", "notify": "notify"},
    templates=list_credit_templates,
    get_template=get_credit_template,
    gl_codes=list_credit_gl_codes,
    default_gl_code=_default_gl_code,
    plain=lambda provider: {"notify": ""},
    said=_said,
    prepare=_prepare,
    find_draft=find_draft_to_change,
    values_of_draft=_values_of_draft,
    ending="runs/_window_notify.html",
)


@require_http_methods(["GET", "POST"])
@needs_right(Right.CREDIT_ONE, "give credits", billing=True)
def add_to_selection(request: StaffRequest, list_name: str) -> HttpResponse:
    """The credit window over a list, for everybody who is selected there."""
    return open_over_list(request, WINDOW, list_name)


@require_http_methods(["GET", "POST"])
@needs_right(Right.CREDIT_ONE, "give credits", billing=True)
def add_to_customer(request: StaffRequest, pk: int) -> HttpResponse:
    """The credit window on a customer's page."""
    return open_over_customer(request, WINDOW, pk)


@require_GET
@needs_right(Right.CREDIT_ONE, "give credits", billing=True)
def show_total(request: StaffRequest) -> HttpResponse:
    """Count x amount = total, while somebody types."""
    return answer_total(request, WINDOW)
