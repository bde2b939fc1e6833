"""Preparing an invoice run: everybody who is due gets a draft, which can be looked at and issued."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from makegood.customers.models import Customer
from makegood.invoices.invoice_run_kind import INVOICE
from makegood.invoices.models import BillingAccount, Charge, InvoiceRun
from makegood.invoices.selectors import get_billing_settings, get_tax_gl_code
from makegood.kit.filters import FilterValues
from makegood.kit.refusal import Refused
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership, Provider
from makegood.providers.rules import Right
from makegood.providers.selectors import require_billing, require_right
from makegood.runs.models import Run, Selection
from makegood.runs.requests import describe_request
from makegood.runs.selectors import describe_selection, list_exceptions
from makegood.runs.services.create_run import LARGEST_LIST_FROZEN_AT_ONCE, Request, create_run
from makegood.runs.services.select import select_listed
from makegood.runs.services.start_run import start_run


def prepare_invoice_run(
    *,
    membership: Membership | None,
    provider: Provider,
    day: date,
    selection: Selection | None = None,
    chosen: FilterValues | Sequence[str] | None = None,
    key: str | None = None,
) -> tuple[Run, bool]:
    """Drafts the invoices that are due on a day of the provider. Opens a transaction.

    membership: who asks; None for the provider's day, whose list is frozen at once, however long it is.
    selection: only these customers, each with a row; else everybody who is due. chosen: the selection in the
    requester's own words. A customer gets one period: what is left of others is due for the next run.
    Returns the run and whether it is new; the same key with the same request gives the first run. Refused while End
    Customer Billing is off, without the right to bill, before the first day that invoices are made for, for a day that
    has not come, and (*nobody_due*) where nobody is due.
    """
    _require_may_bill(membership, provider, "make invoices")
    _require_day(provider, day)
    return _create(
        membership,
        provider,
        day,
        Request(
            kind=INVOICE,
            unit=Run.Unit.CUSTOMER,
            list_name=selection.list_name if selection else Selection.List.CUSTOMERS,
            values=_describe(selection, chosen, {"day": day.isoformat()}),
            selection=selection,
            key=key,
            at_once=_freezes_at_once(membership, provider, day) if selection is None else None,
        ),
    )


def bill_now(*, membership: Membership, customer: Customer, key: str) -> Run:
    """Puts the customer's waiting charges on an invoice of their own, and issues it: a run of one.

    Opens a transaction. Refused while End Customer Billing is off, without the right to bill, for a customer whose
    billing is disabled, and where nothing waits. The same key gives the first run.
    """
    provider = membership.provider
    _require_may_bill(membership, provider, "make invoices")
    today = today_of(provider)
    values = _describe(None, [customer.number], {"charges_only": True})
    if not customer.billing_enabled:
        raise Refused("billing_disabled", f"Automatic billing is disabled for customer {customer.number}.", "customer")
    waiting = Charge.objects.filter(provider=provider, customer=customer, state=Charge.State.WAITING)
    selection = select_listed(membership=membership, list_name="customers", record_ids=[customer.pk])
    request = Request(
        kind=INVOICE, unit=Run.Unit.CUSTOMER, list_name="customers", values=values, selection=selection, key=key
    )
    if not waiting.exists() and not Run.objects.filter(provider=provider, key=key).exists():
        raise Refused("nothing_waits", f"No charge of customer {customer.number} waits for an invoice.", "customer")
    run, _ = _create(membership, provider, today, request, charges_only=True)
    return start_run(run=run, membership=membership)


def is_anybody_due(provider: Provider, day: date) -> bool:
    """Whether somebody's next period has begun by that day; new and ended orders are found by the run itself."""
    return BillingAccount.objects.filter(provider=provider, next_period_on__lte=day).exists()


def _create(
    membership: Membership | None, provider: Provider, day: date, request: Request, *, charges_only: bool = False
) -> tuple[Run, bool]:
    def write_values(run: Run) -> None:
        InvoiceRun.objects.create(run=run, provider=provider, day=day, charges_only=charges_only)

    try:
        return create_run(membership=membership, provider=provider, request=request, write_values=write_values)
    except Refused as refused:
        if refused.code == "selection_empty":
            raise Refused("nobody_due", f"Nobody has anything to be billed on {day:%Y-%m-%d}.", "day") from None
        raise


def _describe(
    selection: Selection | None, chosen: FilterValues | Sequence[str] | None, asked: dict[str, Any]
) -> dict[str, Any]:
    if selection is not None and chosen is None:
        chosen = describe_selection(selection)
    return describe_request(
        kind=INVOICE,
        list_name=selection.list_name if selection else Selection.List.CUSTOMERS,
        unit=Run.Unit.CUSTOMER,
        chosen=chosen or [],
        exceptions=list_exceptions(selection) if selection else (),
        asked=asked,
    )


def _require_may_bill(membership: Membership | None, provider: Provider, what: str) -> None:
    require_billing(provider)
    if membership is not None:
        require_right(membership, Right.BILL, what)
    get_tax_gl_code(provider)


def _require_day(provider: Provider, day: date) -> None:
    invoices_from = get_billing_settings(provider).invoices_from
    if invoices_from is None:
        raise Refused(
            "invoices_off",
            f"{provider.name} makes no invoices yet: the billing settings name no first day for them.",
            "day",
        )
    if day < invoices_from:
        raise Refused("too_early", f"Invoices are made from {invoices_from:%Y-%m-%d} on.", "day")
    if day > today_of(provider):
        raise Refused("day_to_come", f"{day:%Y-%m-%d} has not come yet.", "day")


def _freezes_at_once(membership: Membership | None, provider: Provider, day: date) -> bool:
    """Whether so few are due at most that a person can wait for it."""
    if membership is None:
        return True
    accounts = BillingAccount.objects.filter(provider=provider)
    due = accounts.filter(next_period_on__lte=day) | accounts.filter(next_period_on=None)
    return due.values("pk")[: LARGEST_LIST_FROZEN_AT_ONCE + 1].count() <= LARGEST_LIST_FROZEN_AT_ONCE
