"""Preparing a charge run: the values of the charge window and the selection become a rehearsed draft.

A single charge is a run of one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from makegood.invoices.charge_rules import clean_charge_description, require_tax_rate, shown_rate
from makegood.invoices.charge_run_kind import CHARGE
from makegood.invoices.models import ChargeRun
from makegood.invoices.selectors import get_billing_settings, get_charge_gl_code
from makegood.kit.filters import FilterValues
from makegood.kit.refusal import Refused
from makegood.ledger.models import GLCode
from makegood.ledger.selectors import require_charge_gl_code
from makegood.providers.models import Membership, Provider
from makegood.providers.rules import Right
from makegood.providers.selectors import require_billing, require_right
from makegood.runs.models import Run, Selection
from makegood.runs.requests import describe_request
from makegood.runs.selectors import list_exceptions
from makegood.runs.services.create_run import Request, create_run
from makegood.runs.services.replace_draft import give_up_replaced
from makegood.transaction_templates.models import TransactionTemplate


@dataclass(frozen=True)
class ChargeValues:
    """What each charge of a run will be; the amount in minor units, the tax rate in percent."""

    amount_minor: int
    gl_code: GLCode
    description: str
    tax_rate: Decimal
    template: TransactionTemplate | None = None


def fill_charge_values(
    *,
    provider: Provider,
    template: TransactionTemplate | None,
    amount_minor: int | None,
    description: str | None,
    gl_code: GLCode | None,
    tax_rate: Decimal | None,
) -> ChargeValues:
    """The values of a charge: what was given counts, then the template, then the settings.

    Refused without an amount or a description, with a description that is too long, and with a GL code or a tax rate
    that a charge cannot have.
    """
    amount = amount_minor if amount_minor is not None else template.amount_minor if template else None
    if amount is None:
        raise Refused("amount_missing", "An amount is needed.", "amount")
    text = (description or "").strip() or (template.description if template else "")
    code = gl_code or (template.gl_code if template else None) or get_charge_gl_code(provider)
    require_charge_gl_code(code)
    rate = get_billing_settings(provider).charge_tax_rate if tax_rate is None else tax_rate
    return ChargeValues(
        amount_minor=amount,
        gl_code=code,
        description=clean_charge_description(text),
        tax_rate=require_tax_rate(Decimal(rate)),
        template=template,
    )


def prepare_charge_run(
    *,
    membership: Membership,
    selection: Selection,
    unit: str,
    values: ChargeValues,
    chosen: FilterValues | Sequence[str],
    asked: Mapping[str, Any] | None = None,
    key: str | None = None,
    shown: int | None = None,
    replaces: Run | None = None,
) -> tuple[Run, bool]:
    """Freezes the selection into a draft that can be rehearsed and started. Opens a transaction.

    chosen: the selection in the requester's own words (filter, or the numbers of the records); part of the request.
    asked: the values in the requester's own words, before template and settings filled them; the values if left out.
    shown: how many records the requester saw selected, to be held against what is found.
    replaces: a draft whose place the new one takes; it is cancelled in the same transaction.
    Returns the run and whether it is new; the same key with the same request gives the first run.
    Refused where the person may not bill, while End Customer Billing is off, and where the draft to be replaced was
    started meanwhile.
    """
    provider = membership.provider
    require_billing(provider)
    require_right(membership, Right.BILL, "add charges")
    if unit == Run.Unit.ORDER and selection.list_name != Selection.List.ORDERS:
        raise Refused("per_order_needs_orders", "One charge per order needs a selection on the Order List.", "per")
    request = Request(
        kind=CHARGE,
        unit=unit,
        list_name=selection.list_name,
        values=describe_request(
            kind=CHARGE,
            list_name=selection.list_name,
            unit=unit,
            chosen=chosen,
            exceptions=list_exceptions(selection),
            asked=_describe_values(values) if asked is None else asked,
        ),
        selection=selection,
        key=key,
        shown=shown,
    )

    def write_values(run: Run) -> None:
        if replaces is not None:
            give_up_replaced(draft=replaces, membership=membership, what="charges")
        ChargeRun.objects.create(
            run=run,
            provider=provider,
            amount_minor=values.amount_minor,
            description=values.description,
            gl_code=values.gl_code,
            tax_rate=values.tax_rate,
            template=values.template,
        )

    return create_run(membership=membership, request=request, write_values=write_values)


def _describe_values(values: ChargeValues) -> dict[str, Any]:
    return {
        "amount_minor": values.amount_minor,
        "description": values.description,
        "gl_code": values.gl_code.code,
        "tax_rate": shown_rate(values.tax_rate),
    }


def find_refusal_to_charge(run: Run, membership: Membership) -> Refused | None:
    """Why this person could not start this draft, for showing with the rehearsal; None if nothing stands against it."""
    try:
        require_billing(run.provider)
        require_charge_gl_code(run.charge_run.gl_code)
        require_right(membership, Right.BILL, "add charges")
    except Refused as refusal:
        return refusal
    return None
