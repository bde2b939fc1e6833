"""Preparing a credit run: the values of the credit window and the selection become a rehearsed draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from makegood.credits.credit_run_kind import CREDIT, require_right_to_start
from makegood.credits.models import CreditRun, Kind
from makegood.credits.rules import clean_description
from makegood.invoices.held import find_hold
from makegood.invoices.models import Invoice
from makegood.invoices.rules import OWED
from makegood.kit.filters import FilterValues
from makegood.kit.money import format_money
from makegood.kit.refusal import Refused
from makegood.ledger.models import GLCode
from makegood.ledger.selectors import get_default_credit_gl_code, require_credit_gl_code
from makegood.providers.models import Membership, Provider
from makegood.providers.rules import Right
from makegood.providers.selectors import require_billing, require_right
from makegood.runs.models import Run, Selection
from makegood.runs.requests import describe_request as describe_request_of_run
from makegood.runs.selected import selected_records
from makegood.runs.selectors import list_exceptions
from makegood.runs.services.create_run import Request, create_run
from makegood.runs.services.replace_draft import give_up_replaced
from makegood.transaction_templates.models import TransactionTemplate


@dataclass(frozen=True)
class CreditValues:
    """What each credit of a run will be; the amount in minor units."""

    amount_minor: int
    gl_code: GLCode
    description: str = ""
    kind: str = Kind.GOODWILL
    template: TransactionTemplate | None = None
    notify: bool = False


def fill_values(
    *,
    provider: Provider,
    template: TransactionTemplate | None,
    amount_minor: int | None,
    description: str | None,
    gl_code: GLCode | None,
    notify: bool | None = None,
) -> CreditValues:
    """The values of a credit: what was given counts, then the template, then the settings.

    Refused without an amount, with a description that is too long, and with a GL code that a credit cannot use.
    """
    amount = amount_minor if amount_minor is not None else template.amount_minor if template else None
    if amount is None:
        raise Refused("amount_missing", "An amount is needed.", "amount")
    text = clean_description(description if description is not None else template.description if template else "")
    code = gl_code or (template.gl_code if template else None) or get_default_credit_gl_code(provider)
    require_credit_gl_code(code)
    return CreditValues(
        amount_minor=amount,
        gl_code=code,
        description=text,
        kind=template.kind if template else Kind.GOODWILL,
        template=template,
        notify=notify if notify is not None else template.notify if template else False,
    )


def prepare_credit_run(
    *,
    membership: Membership,
    selection: Selection,
    unit: str,
    values: CreditValues,
    chosen: FilterValues | Sequence[str],
    asked: Mapping[str, Any] | None = None,
    key: str | None = None,
    shown: int | None = None,
    replaces: Run | None = None,
    use_for: Invoice | None = None,
) -> tuple[Run, bool]:
    """Freezes the selection into a draft that can be rehearsed and started. Opens a transaction.

    chosen: the selection in the requester's own words (filter, or the numbers of the records); part of the request.
    asked: the values in the requester's own words, before template and settings filled them; the values if left out.
    shown: how many records the requester saw selected, to be held against what is found.
    replaces: a draft whose place the new one takes; it is cancelled in the same transaction.
    use_for: an invoice of the one customer who is selected; the credit is used for it as soon as it is booked.
    Returns the run and whether it is new; the same key with the same request gives the first run.
    Refused where the person may not give credits, while End Customer Billing is off, and where the draft to be replaced
    was started meanwhile.
    """
    provider = membership.provider
    require_billing(provider)
    require_right(membership, Right.CREDIT_ONE, "give credits")
    _require_possible(provider, values, selection, unit)
    said = _describe_values(values) if asked is None else dict(asked)
    if use_for is not None:
        said["use_for"] = use_for.number
    request = Request(
        kind=CREDIT,
        unit=unit,
        list_name=selection.list_name,
        values=describe_request(
            list_name=selection.list_name,
            unit=unit,
            chosen=chosen,
            exceptions=list_exceptions(selection),
            asked=said,
        ),
        selection=selection,
        key=key,
        shown=shown,
    )

    def write_values(run: Run) -> None:
        if use_for is not None:
            _require_usable(provider, use_for, selection)
        if replaces is not None:
            give_up_replaced(draft=replaces, membership=membership, what="credits")
        _write(run, values, use_for)

    return create_run(membership=membership, request=request, write_values=write_values)


def _write(run: Run, values: CreditValues, use_for: Invoice | None) -> None:
    CreditRun.objects.create(
        run=run,
        provider=run.provider,
        amount_minor=values.amount_minor,
        description=values.description,
        gl_code=values.gl_code,
        kind=values.kind,
        template=values.template,
        notify=values.notify,
        use_for=use_for,
    )


def describe_request(
    *,
    list_name: str,
    unit: str,
    chosen: FilterValues | Sequence[str],
    exceptions: Sequence[int] = (),
    asked: Mapping[str, Any],
) -> dict[str, Any]:
    """A request for credits in words and values: what decides whether two requests are the same."""
    return describe_request_of_run(
        kind=CREDIT, list_name=list_name, unit=unit, chosen=chosen, exceptions=exceptions, asked=asked
    )


def _describe_values(values: CreditValues) -> dict[str, Any]:
    return {
        "amount_minor": values.amount_minor,
        "description": values.description,
        "gl_code": values.gl_code.code,
        "credit_kind": values.kind,
        "notify": values.notify,
    }


def _require_usable(provider: Provider, invoice: Invoice, selection: Selection) -> None:
    """Refused for an invoice of somebody else than the one who is selected, and for one of which nothing is due."""
    is_of_customers = selection.list_name == Selection.List.CUSTOMERS
    selected = list(selected_records(selection).values_list("pk", flat=True)[:2]) if is_of_customers else []
    if invoice.provider_id != provider.pk or selected != [invoice.customer_id]:
        raise Refused("invoice_unknown", "The customer has no such invoice.", "use_for")
    if invoice.state not in OWED:
        raise Refused("nothing_due", "Nothing is due of the invoice, so no credit can be used for it.", "use_for")
    if refusal := find_refusal_to_use(invoice):
        raise refusal


def find_refusal_to_use(invoice: Invoice) -> Refused | None:
    """Why no credit can be used for the invoice now: a payment or a refund of it is on its way. None if it can be."""
    if invoice.in_flight_minor:
        return Refused(
            "invoice_in_flight",
            f"A payment for invoice {invoice.number} is on its way, so the credit cannot be used for it now.",
            "use_for",
        )
    hold = find_hold(invoice)
    return Refused(hold.code, hold.message, "use_for") if hold else None


def _require_possible(provider: Provider, values: CreditValues, selection: Selection, unit: str) -> None:
    if values.amount_minor > provider.largest_funds_minor:
        most = format_money(provider.largest_funds_minor, provider.currency, provider.currency_digits)
        raise Refused(
            "amount_over_funds_limit", f"No customer may have more than {most} of Available Funds; give less.", "amount"
        )
    if unit == Run.Unit.ORDER and selection.list_name != Selection.List.ORDERS:
        raise Refused("per_order_needs_orders", "One credit per order needs a selection on the Order List.", "per")


def find_refusal_to_start(run: Run, membership: Membership) -> Refused | None:
    """Why this person could not start this draft, for showing with the rehearsal; None if nothing stands against it."""
    try:
        require_right_to_start(run, membership)
    except Refused as refusal:
        return refusal
    return None
