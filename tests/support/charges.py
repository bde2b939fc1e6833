"""Charges made for tests, by the services that people use."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from makegood.customers.models import Customer
from makegood.invoices.models import Charge, OrderAdjustment
from makegood.invoices.services.add_charge import fill_charge_values, prepare_charge_run
from makegood.invoices.services.adjustments import add_adjustment, fill_adjustment_values
from makegood.invoices.services.cancel_charge import prepare_cancellation
from makegood.ledger.selectors import get_gl_code
from makegood.orders.models import Order
from makegood.providers.models import Membership, Provider
from makegood.runs.models import Run
from makegood.runs.services.select import select_listed, select_matching
from makegood.transaction_templates.selectors import get_active_template, get_charge_template
from tests.support.records import FIRST_DAY, finish, start


def draft_charge(
    membership: Membership,
    *,
    area: str | None = None,
    customers: Sequence[Customer] | None = None,
    list_name: str = "customers",
    per: str = "customer",
    amount_minor: int | None = 1000,
    description: str | None = "Technician visit",
    gl_code: str | None = None,
    tax_rate: str | None = None,
    template: str | None = None,
    key: str | None = None,
) -> Run:
    """A rehearsed charge run of 10.00 each: for the customers, else for who matches the area, else for all."""
    provider = membership.provider
    values = fill_charge_values(
        provider=provider,
        template=get_charge_template(provider, template) if template else None,
        amount_minor=amount_minor,
        description=description,
        gl_code=get_gl_code(provider, gl_code) if gl_code else None,
        tax_rate=Decimal(tax_rate) if tax_rate else None,
    )
    if customers is not None:
        ids = [customer.pk for customer in customers]
        selection = select_listed(membership=membership, list_name="customers", record_ids=ids)
        chosen: Any = [customer.number for customer in customers]
    else:
        chosen = {"area": [area]} if area else {}
        selection = select_matching(membership=membership, list_name=list_name, values=chosen)
    run, _ = prepare_charge_run(
        membership=membership, selection=selection, unit=per, values=values, chosen=chosen, key=key
    )
    return run


def charge(membership: Membership, **asked: Any) -> Run:
    """A charge run from the asking (see `draft_charge`) to its end."""
    return finish(start(draft_charge(membership, **asked), membership))


def cancel_run_of(membership: Membership, run: Run, key: str | None = None) -> Run:
    """A cancellation of the run's charges, carried out."""
    draft, _ = prepare_cancellation(membership=membership, run=run, key=key)
    return finish(start(draft, membership))


def charge_of(provider: Provider, number: str = "C1") -> Charge:
    """The customer's newest charge."""
    return Charge.objects.filter(provider=provider, customer__number=number).order_by("-id")[0]


def charges_of_all(provider: Provider) -> list[tuple[str, int, str]]:
    """Customer number, amount and state of every charge, in the order in which they came."""
    charges = Charge.objects.filter(provider=provider).order_by("id")
    return list(charges.values_list("customer__number", "amount_minor", "state"))


def adjust(membership: Membership, order: Order, **asked: Any) -> OrderAdjustment:
    """A discount of 5.00 on the order from its first day, or what is asked for."""
    given: dict[str, Any] = {"direction": "credit", "amount_minor": 500, "description": "Loyalty", "from_on": FIRST_DAY}
    given |= {"until_on": None} | asked
    template, gl_code = given.pop("template", None), given.pop("gl_code", None)
    provider = membership.provider
    values = fill_adjustment_values(
        provider=provider,
        template=get_active_template(provider, template) if template else None,
        gl_code=get_gl_code(provider, gl_code) if gl_code else None,
        **given,
    )
    return add_adjustment(membership=membership, order=order, values=values)
